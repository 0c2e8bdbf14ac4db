import type { FormatId } from '../../report/formats.ts'
import { EXIT, writeError, writeLines } from '../output.ts'

/** How two runs side by side can be shown, by the function of `diff-report.ts` that does. */
const diffFormats = { text: 'renderDiff', md: 'renderDiffMarkdown', json: 'renderDiffJson' } as const
type DiffFormat = keyof typeof diffFormats
export const diffFormatIds = Object.keys(diffFormats) as DiffFormat[]

interface ReportValues {
  readonly format?: FormatId
  readonly out?: string
  readonly print?: boolean
  readonly open?: boolean
}

/** Makes reports again, and prints their paths or the one report. @returns the exit status */
export async function runReport(run: string, { format, out, print, open }: ReportValues): Promise<number> {
  const { openFile, printReport, rebuildReports } = await import('../../questions/rebuild.ts')
  if (print) {
    process.stdout.write(await printReport(run, format ?? 'md'))
    return EXIT.valid
  }
  const paths = await rebuildReports(run, { format: format ?? null, out: out ?? null })
  writeLines(paths)
  if (!open) return EXIT.valid
  const page = paths.find((path) => path.endsWith('.html'))
  const said = page === undefined ? 'there is no page to open; leave out --format' : await openFile(page)
  if (said !== null) writeError(said)
  return EXIT.valid
}

export async function runDiff(
  before: string,
  after: string,
  { failOn, format = 'text' }: { readonly failOn?: number; readonly format?: DiffFormat },
): Promise<number> {
  const [{ diffRuns, failsOn }, report] = await Promise.all([import('../diff.ts'), import('../diff-report.ts')])
  const diff = await diffRuns(before, after, failOn ?? null)
  process.stdout.write(report[diffFormats[format]](diff))
  return failsOn(diff) ? EXIT.notValid : EXIT.valid
}

export async function runHistory(runs: string, values: { readonly endpoint?: string; readonly out?: string }): Promise<number> {
  const { showHistory } = await import('../history.ts')
  const { text, paths, remarks } = await showHistory(runs, { endpoint: values.endpoint ?? null, out: values.out ?? null })
  process.stdout.write(text)
  writeError(...remarks.map((one) => `left out: ${one}`), ...paths.map((path) => `written to ${path}`))
  return EXIT.valid
}

export async function runPublish(run: string): Promise<number> {
  const { publishResults } = await import('../publish.ts')
  writeLines(await publishResults(run))
  return EXIT.valid
}
