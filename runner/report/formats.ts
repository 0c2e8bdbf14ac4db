import type { SliceDistribution } from '../analysis/slice-distribution.ts'
import type { Result } from '../result/model.ts'
import { RESULT, type ReportFile } from '../result/run-folder.ts'

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
    render: async ({ result }) => [{ name: RESULT, text: (await import('../result/json.ts')).renderJson(result) }],
  },
  md: {
    description: 'report.md, whose tables can be pasted into GitHub or a blog',
    written: 'round',
    render: async ({ result }) => [{ name: 'report.md', text: (await import('./run-report.ts')).renderMarkdown(result) }],
  },
  csv: {
    description: 'table.csv, a line per cell; and a file for every table of a study',
    written: 'round',
    render: async ({ result }) => (await import('./csv.ts')).renderCsvFiles(result),
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
    render: async ({ result }) => (await import('./charts/chart-files.ts')).renderChartFiles(result),
  },
  slides: {
    description: 'slides.md for reveal.js, with tables and the charts beside it',
    written: 'asked',
    async render({ result }) {
      const [{ renderSlides }, { renderChartFiles }] = await Promise.all([
        import('./run-report.ts'),
        import('./charts/chart-files.ts'),
      ])
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
