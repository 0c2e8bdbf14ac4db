import type { AnswerChart } from '../../result/answer.ts'
import type { Result } from '../../result/model.ts'
import { fileStem, type ReportFile } from '../../result/run-folder.ts'
import { answerChart } from './answer-chart.ts'
import { overheadOverview } from './cell-charts.ts'
import type { ChartSpec } from './marks.ts'
import { renderThemes } from './render-svg.ts'
import { shareChart } from './share-chart.ts'

type Named = readonly [name: string, spec: ChartSpec | null]

/** `overhead-light.svg`, `overhead-dark.svg` and so on; a chart without anything to draw is left out. */
export async function renderChartFiles(result: Result): Promise<ReportFile[]> {
  // What a study varies has too many cells for the charts of a comparison, and has its own.
  if (result.answer !== null) return renderAnswerCharts(result.answer.charts)
  return render([
    ['overhead', overheadOverview(result)],
    ['share', shareChart(result)],
  ])
}

/** The same for the charts of an answer, named after their ids. */
export async function renderAnswerCharts(charts: readonly AnswerChart[]): Promise<ReportFile[]> {
  return render(charts.map((chart) => [fileStem(chart.id), answerChart(chart)]))
}

async function render(charts: readonly Named[]): Promise<ReportFile[]> {
  const files = charts.map(async ([name, spec]) => (spec === null ? [] : renderThemes(name, spec)))
  return (await Promise.all(files)).flat()
}
