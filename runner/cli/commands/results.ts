import type { FormatId } from '../../report/formats.ts'
import { plainText } from '../../result/plain-text.ts'
import { type DiffFormat, diffFormats } from '../diff-formats.ts'
import { EXIT } from '../exit-status.ts'

const LONGEST_REMARK = 1000

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
  if (said !== null) remark(said)
  return EXIT.valid
}

interface DiffValues {
  readonly failOn?: number
  readonly format?: DiffFormat
}

export async function runDiff(before: string, after: string, { failOn, format = 'text' }: DiffValues): Promise<number> {
  const { diffRuns, failsOn } = await import('../diff/diff-command.ts')
  const diff = await diffRuns(before, after, failOn ?? null)
  process.stdout.write(await diffFormats[format](diff))
  return failsOn(diff) ? EXIT.notValid : EXIT.valid
}

export async function runHistory(runs: string, values: { readonly endpoint?: string; readonly out?: string }): Promise<number> {
  const { showHistory } = await import('../history/history-command.ts')
  const { text, paths, remarks } = await showHistory(runs, { endpoint: values.endpoint ?? null, out: values.out ?? null })
  process.stdout.write(text)
  for (const one of remarks) remark(`left out: ${one}`)
  for (const path of paths) remark(`written to ${path}`)
  return EXIT.valid
}

export async function runPublish(run: string): Promise<number> {
  const { publishResults } = await import('../publish.ts')
  writeLines(await publishResults(run))
  return EXIT.valid
}

function writeLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

/** What a user or an app has put into a text must not steer the terminal. */
function remark(sentence: string): void {
  process.stderr.write(`${plainText(sentence, LONGEST_REMARK)}\n`)
}
