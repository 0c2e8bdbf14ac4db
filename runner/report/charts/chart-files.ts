import type { Result } from '../../result.ts'
import type { ReportFile } from '../files.ts'
import { fileStem } from '../run-files.ts'
import { answerChart } from './answer-chart.ts'
import { overheadOverview } from './overhead-chart.ts'
import { type ChartSpec, renderThemes } from './render-svg.ts'
import { shareChart } from './share-chart.ts'

/** Charts of a run that stand on their own, by the first part of their file's name. */
const charts: Readonly<Record<string, (result: Result) => ChartSpec | null>> = {
  overhead: overheadOverview,
  share: shareChart,
}

/** `overhead-light.svg`, `overhead-dark.svg` and so on; a chart without anything to draw is left out. */
export async function renderChartFiles(result: Result): Promise<ReportFile[]> {
  const ofAnswer = (result.answer?.charts ?? []).map((chart) => [fileStem(chart.id), answerChart(chart)] as const)
  const ofCells = Object.entries(charts).map(([name, specOf]) => [name, specOf(result)] as const)
  // What a study varies has too many cells for the charts of a comparison, and has its own.
  const files = (result.answer === null ? ofCells : ofAnswer).map(async ([name, spec]) =>
    spec === null ? [] : renderThemes(name, spec),
  )
  return (await Promise.all(files)).flat()
}
