import type { SliceDistribution } from '../analysis/slice-distribution.ts'
import type { Result } from '../result/model.ts'
import type { ReportFile } from '../result/run-files.ts'
import { RESULT } from '../result/run-files.ts'

/** What a report is made from. */
export interface ReportSource {
  readonly result: Result
  /** How slices spread; empty without samples. All of them are read for it, so only who shows it asks. */
  distributions(): Promise<readonly SliceDistribution[]>
}

export interface ReportFormat {
  readonly description: string
  /**
   * `round`: written after every round. `end`: at the end of a run, because drawing takes a second. `asked`: by `npm run report` only.
   */
  readonly written: 'round' | 'end' | 'asked'
  render(source: ReportSource): Promise<ReportFile[]>
}

/**
 * Every form a result can be given, by the name that `npm run report -- --format` takes; the result itself before what is made from it.
 * What makes one is loaded with it.
 */
export const reportFormats = {
  json: {
    description: 'result.json itself, in the newest form of its format',
    written: 'round',
    async render({ result }) {
      const { renderJson } = await import('../result/json.ts')
      return [{ name: RESULT, text: renderJson(result) }]
    },
  },
  md: {
    description: 'report.md, whose tables can be pasted into GitHub or a blog',
    written: 'round',
    async render({ result }) {
      const { renderMarkdown } = await import('./run-report.ts')
      return [{ name: 'report.md', text: renderMarkdown(result) }]
    },
  },
  csv: {
    description: 'table.csv, a line per cell; and a file for every table of a study',
    written: 'round',
    async render({ result }) {
      const { renderAnswerCsv, renderCsv } = await import('./csv.ts')
      return [{ name: 'table.csv', text: renderCsv(result) }, ...renderAnswerCsv(result)]
    },
  },
  html: {
    description: 'report.html, one file with charts and a table to sort and filter',
    written: 'end',
    async render({ result, distributions }) {
      const { renderReportPage } = await import('./html/report-page.ts')
      return [{ name: 'report.html', text: await renderReportPage(result, await distributions()) }]
    },
  },
  svg: {
    description: 'the charts, light and dark',
    written: 'end',
    async render({ result }) {
      const { renderChartFiles } = await import('./charts/chart-files.ts')
      return renderChartFiles(result)
    },
  },
  slides: {
    description: 'slides.md for reveal.js, with tables and the charts beside it',
    written: 'asked',
    async render({ result }) {
      const { renderSlides } = await import('./run-report.ts')
      const { renderChartFiles } = await import('./charts/chart-files.ts')
      return [{ name: 'slides.md', text: renderSlides(result) }, ...(await renderChartFiles(result))]
    },
  },
} as const satisfies Record<string, ReportFormat>

export type FormatId = keyof typeof reportFormats
export const formatIds = Object.keys(reportFormats) as FormatId[]

/** All files that are written at one moment of a run. */
export async function renderFormats(written: ReportFormat['written'], source: ReportSource): Promise<ReportFile[]> {
  const formats: ReportFormat[] = Object.values(reportFormats)
  const files = formats.filter((format) => format.written === written).map((format) => format.render(source))
  return (await Promise.all(files)).flat()
}
