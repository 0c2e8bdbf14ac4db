import type { Command } from 'commander'
import { DIFF_EXAMPLES, HISTORY_EXAMPLES, REPORT_EXAMPLES } from './help.ts'
import { chosenFrom, folder, number } from './option-values.ts'
import { type DiffFormat, diffFormatIds, diffFormats } from './report/diff-formats.ts'
import { type FormatId, formatIds, reportFormats } from './report/formats.ts'

/** What a command may do to the world. */
export interface CommandOutput {
  /** To stdout. */
  print(text: string): void
  /** To stderr, one line. */
  remark(sentence: string): void
  /** The command did its work, and the answer is no. */
  failed(): void
}

const LARGEST_PERCENT = 1000

/** Commands that measure nothing: they read runs that were measured before. What one does is loaded when it is called. */
export function addResultCommands(program: Command, output: CommandOutput): void {
  program
    .command('report')
    .description('make any report of a run again, from its result and samples')
    .argument('<run>', 'folder of a run or its result.json, for example results/latest')
    .option(
      '--format <name>',
      `one of ${formatIds.map((id) => `${id} (${reportFormats[id].description})`).join('; ')} (default: all that a run writes)`,
      (text) => chosenFrom('format', formatIds, text),
    )
    .option('--out <folder>', 'where to write (default: beside the result)', folder('--out'))
    .option('--print', 'print the one file of --format instead of writing it')
    .option('--open', 'show report.html')
    .allowExcessArguments(false)
    .addHelpText('after', REPORT_EXAMPLES)
    .action(async (run: string, options: ReportOptions) => runReport(run, options, output))

  program
    .command('diff')
    .description('what changed from one run to another, cell by cell')
    .argument('<before>', 'folder of a run or its result.json')
    .argument('<after>', 'the same of the later run')
    .option(
      '--fail-on <percent>',
      'exit 1 when a cell is proven more expensive by more, or has no valid number any more; never for a change between two machines',
      number('--fail-on', 0, LARGEST_PERCENT),
    )
    .option('--format <name>', `one of ${diffFormatIds.join(', ')} (default: text)`, (text) =>
      chosenFrom('format', diffFormatIds, text),
    )
    .allowExcessArguments(false)
    .addHelpText('after', DIFF_EXAMPLES)
    .action(async (before: string, after: string, options: { failOn?: number; format?: DiffFormat }) => {
      const { diffRuns, failsOn } = await import('./diff/diff-command.ts')
      const diff = await diffRuns(before, after, options.failOn ?? null)
      output.print(await diffFormats[options.format ?? 'text'](diff))
      if (failsOn(diff)) output.failed()
    })

  program
    .command('history')
    .description("list the runs of a folder and draw each app's ratio over time")
    .argument('<folder>', 'folder of runs, for example results')
    .option('--endpoint <name>', 'an endpoint, or overall (default: overall)')
    .option('--out <folder>', 'where history.md and its charts go (default: the folder of the runs)', folder('--out'))
    .allowExcessArguments(false)
    .addHelpText('after', HISTORY_EXAMPLES)
    .action(async (runs: string, options: { endpoint?: string; out?: string }) => {
      const { showHistory } = await import('./history/history-command.ts')
      const { text, paths, remarks } = await showHistory(runs, { endpoint: options.endpoint ?? null, out: options.out ?? null })
      output.print(text)
      for (const remark of remarks) output.remark(`left out: ${remark}`)
      for (const path of paths) output.remark(`written to ${path}`)
    })

  program
    .command('publish-results')
    .description(
      'make a valid run the published one: results/README.md, charts, and the table in README.md; of a study: docs/studies.md',
    )
    .argument('<run>', 'folder of a run, for example results/latest')
    .allowExcessArguments(false)
    .action(async (run: string) => {
      const { publishResults } = await import('./publish.ts')
      for (const path of await publishResults(run)) output.print(`${path}\n`)
    })
}

interface ReportOptions {
  readonly format?: FormatId
  readonly out?: string
  readonly print?: boolean
  readonly open?: boolean
}

async function runReport(run: string, { format, out, print, open }: ReportOptions, output: CommandOutput): Promise<void> {
  const { openFile, printReport, rebuildReports } = await import('./rebuild.ts')
  if (print) return output.print(await printReport(run, format ?? 'md'))
  const paths = await rebuildReports(run, { format: format ?? null, out: out ?? null })
  for (const path of paths) output.print(`${path}\n`)
  const page = paths.find((path) => path.endsWith('.html'))
  if (!open) return
  const remark = page === undefined ? 'there is no page to open; leave out --format' : await openFile(page)
  if (remark !== null) output.remark(remark)
}
