import { compareOptions, resumeOption } from '../measure/options.ts'
import { calibrateOptions } from '../questions/calibration/options.ts'
import { comparison } from '../questions/question.ts'
import { failOnOption, pair } from '../questions/studies/pair.ts'
import { runtimes, runtimesOption } from '../questions/studies/runtimes.ts'
import { type FormatId, formatIds, reportFormats } from '../report/formats.ts'
import { nameOf } from '../result/asked-app.ts'
import { UserError } from '../result/errors.ts'
import { chosenFrom, folder, number } from '../result/option-values.ts'
import type { CommandRow, OptionValues } from './add-command.ts'
import { appsOfPair, configOption, nodeOption, pairOption } from './compare-options.ts'
import { EXIT, writeError, writeLines } from './output.ts'

/** How two runs side by side can be shown, by the function of `diff-report.ts` that does. */
const diffFormats = { text: 'renderDiff', md: 'renderDiffMarkdown', json: 'renderDiffJson' } as const
const diffFormatIds = Object.keys(diffFormats) as (keyof typeof diffFormats)[]
const LONGEST_SOAK_MINUTES = 600

/** The registry: every command but `study`, which `add-command.ts` makes of the studies there are. */
export const commands: readonly CommandRow[] = [
  {
    name: 'compare',
    description: 'measure apps side by side: CPU microseconds per request over bare node:http',
    options: [
      ...compareOptions,
      pairOption,
      failOnOption,
      nodeOption,
      { ...runtimesOption, shownDefault: 'this Node' },
      configOption,
      resumeOption,
    ],
    help: `
Examples:
  npm run compare                                         all apps, all endpoints, ±1 %
  npm run compare -- --quick                              a first look in two or three minutes
  npm run compare -- --apps koa,express --endpoints hello
  npm run compare -- --apps fastify,./mine/app.ts         your own app beside a framework
  npm run compare -- --apps express@4,express@5           two versions side by side
  npm run compare -- --apps koa,./examples/python         a server in any language (docs/any-server.md)
  npm run compare -- --pair base=../koa-main head=../koa-pr --fail-on 1   is head more expensive? Also: npm run study -- pair --help
  npm run compare -- --config examples/compare.json       a file in place of a long command line
  npm run compare -- --precision 0.5 --max-minutes 30     narrower intervals
  npm run --silent compare -- --json > result.json        for programs
  npm run compare -- --resume results/latest              go on with a run that was stopped

Results go to stdout and to a folder below --out, progress to stderr.
Exit status: 0 measured, nothing invalid; 1 something failed or is invalid; 2 usage; 130 interrupted.`,
    run: runCompare,
  },
  {
    name: 'doctor',
    description: 'is this machine fit for measuring? Facts, what would improve them, and a speed score',
    options: [
      { flags: '--json', description: 'print facts and score as JSON' },
      {
        flags: '--study <name>',
        description: 'only what a study needs and this machine lacks, with the command that installs it',
        parse: (text) => text,
      },
    ],
    help: `
Examples:
  npm run doctor                                  what is good and what is poor about this machine
  npm run --silent doctor -- --json > here.json   the same for programs, to be set beside another machine's
  npm run doctor -- --study frameworks            what that study lacks here, and the one line that installs it

It changes nothing: commands it shows are for you to run. Keep the machine as quiet as for a comparison meanwhile.
Exit status: 0 fit, poor points or not; 1 not fit; 2 usage.`,
    async run({ study, ...values }) {
      const { runDoctor, runStudyDoctor } = await import('./commands/doctor.ts')
      return study === undefined ? runDoctor(values) : runStudyDoctor(study)
    },
  },
  {
    name: 'soak',
    description:
      'a long run of a small matrix: memory, open files and the A/A pair have to stay where they are; then 40 apps at once',
    options: [
      {
        flags: '--minutes <n>',
        description: 'length of the long run',
        shownDefault: '30',
        parse: number('--minutes', 0.1, LONGEST_SOAK_MINUTES),
      },
    ],
    help: `
Examples:
  npm run soak                            30 minutes, then 40 apps on 4 endpoints
  npm run soak -- --minutes 240           over night

What the runner keeps is read after a garbage collection and tells a leak within minutes; all its memory grows for the first ten.
It writes no files. Exit status: 0 everything holds; 1 something grows or drifts; 2 usage; 130 interrupted.`,
    run: async (values) => (await import('./commands/suite.ts')).runSoak(values),
  },
  {
    name: 'calibrate',
    description: 'measure the suite itself on this machine, and write docs/calibration.md',
    options: calibrateOptions,
    help: `
Examples:
  npm run calibrate                                       everything, an hour, docs/calibration.md
  npm run calibrate -- --parts identical,planted          two parts again; the page keeps the others
  npm run calibrate -- --minutes 180                      more repetitions
  npm run calibrate -- --parts today --minutes 400        an hour beside the usual procedures, at 45 s and 5 min
  npm run calibrate -- --page                             only the page, from what is published

Nothing else may run on the machine meanwhile. Progress goes to stderr, the paths written to stdout.
Exit status: 0 done; 1 a part failed; 2 usage; 130 interrupted, finished repetitions are kept below --out.`,
    run: async (values) => (await import('./commands/suite.ts')).runCalibrate(values),
  },
  {
    name: 'report',
    description: 'make any report of a run again, from its result and samples',
    operands: [['<run>', 'folder of a run or its result.json, for example results/latest']],
    options: [
      {
        flags: '--format <name>',
        description: `one of ${formatIds.map((id) => `${id} (${reportFormats[id].description})`).join('; ')}`,
        shownDefault: 'all that a run writes',
        parse: (text) => chosenFrom('format', formatIds, text),
      },
      {
        flags: '--out <folder>',
        description: 'where to write',
        shownDefault: 'beside the result',
        parse: folder('--out'),
      },
      { flags: '--print', description: 'print the one file of --format instead of writing it' },
      { flags: '--open', description: 'show report.html' },
    ],
    help: `
Examples:
  npm run report -- results/latest                        report.html, charts, report.md and table.csv again
  npm run report -- results/latest --open                 and show the page
  npm run report -- results/latest --format slides --out talk
  npm run --silent report -- results/latest --format md --print > post.md

Everything is made from result.json and the samples beside it, which are not touched. Paths written go to stdout.
Exit status: 0 done; 1 a file could not be written; 2 usage.`,
    run: (values, [run]) => runReport(run!, values),
  },
  {
    name: 'diff',
    description: 'what changed from one run to another, cell by cell',
    operands: [
      ['<before>', 'folder of a run or its result.json'],
      ['<after>', 'the same of the later run'],
    ],
    options: [
      {
        flags: '--fail-on <percent>',
        description:
          'exit 1 when a cell is proven more expensive by more, or has no valid number any more; never for a change between two machines',
        parse: failOnOption.parse,
      },
      {
        flags: '--format <name>',
        description: `one of ${diffFormatIds.join(', ')}`,
        shownDefault: 'text',
        parse: (text) => chosenFrom('format', diffFormatIds, text),
      },
    ],
    help: `
Examples:
  npm run diff -- results/2026-11-20T10-00-00Z-compare results/latest
  npm run diff -- before.json after.json --fail-on 2      for a CI: exit 1 when a cell is proven more than 2 % more expensive
  npm run --silent diff -- before.json after.json --format md

A change is proven after Holm's correction for all cells together; whatever is not proven is shown as unchanged.
Exit status: 0 compared; 1 with --fail-on: a regression beyond it is proven, or a number is lost; or a run is invalid; 2 usage, or runs that cannot be compared.`,
    async run({ failOn = null, format = 'text' }, [before, after]) {
      const [{ diffRuns, failsOn }, report] = await Promise.all([import('./diff.ts'), import('./diff-report.ts')])
      const diff = await diffRuns(before!, after!, failOn)
      process.stdout.write(report[diffFormats[format as keyof typeof diffFormats]](diff))
      return failsOn(diff) ? EXIT.notValid : EXIT.valid
    },
  },
  {
    name: 'history',
    description: "list the runs of a folder and draw each app's ratio over time",
    operands: [['<folder>', 'folder of runs, for example results']],
    options: [
      { flags: '--endpoint <name>', description: 'an endpoint, or overall', shownDefault: 'overall', parse: (text) => text },
      {
        flags: '--out <folder>',
        description: 'where history.md and its charts go',
        shownDefault: 'the folder of the runs',
        parse: folder('--out'),
      },
    ],
    help: `
Examples:
  npm run history -- results                              all runs there, and history.md with charts
  npm run history -- results --endpoint hello --out docs

Exit status: 0 done; 1 a file could not be written; 2 usage, or nothing to list.`,
    async run({ endpoint = null, out = null }, [runs]) {
      const { text, paths, remarks } = await (await import('./history.ts')).showHistory(runs!, { endpoint, out })
      process.stdout.write(text)
      writeError(...remarks.map((one) => `left out: ${one}`), ...paths.map((path) => `written to ${path}`))
      return EXIT.valid
    },
  },
  {
    name: 'clean',
    description: 'remove the packages that comparisons such as koa@2 have installed',
    options: [],
    help: `
They are kept below ~/.cache/framework-cost (or $XDG_CACHE_HOME), so that nothing is installed twice. Results are not touched.
Exit status: 0 nothing is left.`,
    async run() {
      const { packageCacheFolder, removePackages } = await import('../servers/package-cache.ts')
      writeLines([removePackages() ? `removed ${packageCacheFolder()}` : `there is nothing in ${packageCacheFolder()}`])
      return EXIT.valid
    },
  },
  {
    name: 'publish-results',
    description:
      'make a valid run the published one: results/README.md, charts, and the table in README.md; of a study: docs/studies.md',
    operands: [['<run>', 'folder of a run, for example results/latest']],
    options: [
      {
        flags: '--as <name>',
        description: 'a place in docs/any-server.md: languages, endpoints or runtimes',
        shownDefault: 'what the run is',
        parse: (text) => text,
      },
    ],
    help: '',
    async run({ as = null }, [run]) {
      writeLines(await (await import('./publish.ts')).publishResults(run!, as))
      return EXIT.valid
    },
  },
]

/** A comparison, or one of the two studies that its options ask for as well. */
async function runCompare(values: OptionValues, _operands: readonly string[], texts: Readonly<Record<string, string>>) {
  const { resume, config, ...here } = values
  const all = config === undefined ? here : { ...(await (await import('./config-file.ts')).readConfig(config)), ...here }
  const { pair: both, failOn, node, runtimes: asked = node, ...given } = all
  const { '--pair': _pair, '--node': _node, ...told } = texts
  const { runQuestion } = await import('./commands/measure.ts')
  if (both !== undefined) {
    const [base, head] = appsOfPair(both)
    const call = { given: { ...given, apps: [base, head] }, own: { failOn }, config: { pair: { base, head }, failOn } }
    const flags = { '--apps': [base, head].map(nameOf).join(','), ...(failOn !== undefined && { '--fail-on': String(failOn) }) }
    return runQuestion(pair, { ...call, texts: { ...told, ...flags }, resume })
  }
  if (failOn !== undefined) {
    const hint = 'npm run compare -- --pair base=koa@2 head=koa@3 --fail-on 1'
    throw new UserError('bad-value', '--fail-on is about a pair', { hint })
  }
  if (asked === undefined) return runQuestion(comparison, { given, config: {}, resume })
  const own = { runtimes: asked }
  return runQuestion(runtimes, { given, own, config: own, texts: { ...told, '--runtimes': asked.join(',') }, resume })
}

interface ReportValues {
  readonly format?: FormatId
  readonly out?: string
  readonly print?: boolean
  readonly open?: boolean
}

/** Makes reports again, and prints their paths or the one report. */
async function runReport(run: string, { format, out, print, open }: ReportValues): Promise<number> {
  const { openFile, printReport, rebuildReports } = await import('../questions/rebuild.ts')
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
