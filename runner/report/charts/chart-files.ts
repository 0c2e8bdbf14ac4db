import type { Result } from '../../result.ts'
import type { ReportFile } from '../files.ts'
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
  const files = Object.entries(charts).map(async ([name, specOf]) => {
    const spec = specOf(result)
    return spec === null ? [] : renderThemes(name, spec)
  })
  return (await Promise.all(files)).flat()
}
