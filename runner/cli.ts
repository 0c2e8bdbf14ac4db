import { Command, CommanderError } from 'commander'
import { compare } from './compare.ts'
import { UserError } from './errors.ts'
import { type CompareOptions, compareOptions, type OptionRow } from './options.ts'
import { publishResults } from './publish.ts'
import { renderJson } from './report/json.ts'
import { plainText } from './report/plain-text.ts'
import { createProgress } from './report/progress.ts'
import { renderTerminal } from './report/terminal.ts'
import type { Result } from './result.ts'

const EXIT = { valid: 0, notValid: 1, usage: 2, interrupted: 130 } as const
const WIDTH_WITHOUT_TERMINAL = 160
const LONGEST_MESSAGE = 1000
const SAME_KEY_MILLISECONDS = 300

const COMPARE_EXAMPLES = `
Examples:
  npm run compare                                         all apps, all endpoints, ±1 %
  npm run compare -- --quick                              a first look in two minutes
  npm run compare -- --apps koa,express --endpoints hello
  npm run compare -- --apps fastify,./mine/app.ts         your own app beside a framework
  npm run compare -- --precision 0.5 --max-minutes 30     narrower intervals
  npm run --silent compare -- --json > result.json        for programs

Results go to stdout and to a folder below --out, progress to stderr.
Exit status: 0 measured, nothing invalid; 1 something failed or is invalid; 2 usage; 130 interrupted.`

const program = new Command('framework-cost')
  .description('What a Node.js web framework costs before it hits your code.')
  .exitOverride()
  .configureOutput({ writeErr: () => {} })
  .showSuggestionAfterError(true)

const compareCommand = program
  .command('compare')
  .description('measure apps side by side: CPU microseconds per request over bare node:http')
  .allowExcessArguments(false)
  .addHelpText('after', COMPARE_EXAMPLES)
  .action(runCompare)
for (const row of compareOptions) addOption(compareCommand, row)

program
  .command('publish-results')
  .description('make a valid run the published one: results/README.md and the table in README.md')
  .argument('<run>', 'folder of a run, for example results/latest')
  .allowExcessArguments(false)
  .action(async (run: string) => {
    for (const path of await publishResults(run)) process.stdout.write(`${path}\n`)
  })

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

async function runCompare(given: Partial<CompareOptions>): Promise<void> {
  const progress = createProgress(process.stderr)
  const controller = new AbortController()
  let interruptedAt = 0
  const interrupt = () => {
    const now = performance.now()
    // The second time at once: children end when they lose the runner. One Ctrl-C may arrive twice: from the terminal and from npm.
    if (controller.signal.aborted && now - interruptedAt < SAME_KEY_MILLISECONDS) return
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    interruptedAt = now
    controller.abort()
    progress.remark('stopping after this slice; press Ctrl-C again to stop at once')
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const startedAt = new Date()
    const { result, folder, problem } = await compare(given, {
      cwd: process.cwd(),
      signal: controller.signal,
      listener: progress,
      freshSeed: startedAt.getTime() % 2 ** 32,
      startedAt,
    })
    progress.stop()
    const colour = process.stdout.isTTY === true && !process.env.NO_COLOR
    const width = process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL
    process.stdout.write(given.json ? renderJson(result) : renderTerminal(result, { colour, width }))
    process.stderr.write(`written to ${folder}\n`)
    process.exitCode = problem === null ? exitStatus(result) : report(problem)
  } finally {
    progress.stop()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

function exitStatus(result: Result): number {
  if (result.stoppedBecause === 'interrupted') return EXIT.interrupted
  const complete = result.cells.every(({ state }) => state === 'measured')
  return complete && result.verdict !== 'invalid' ? EXIT.valid : EXIT.notValid
}

function addOption(command: Command, { flags, description, shownDefault, parse }: OptionRow): void {
  const described = `${description} (default: ${shownDefault})`
  if (parse === undefined) command.option(flags, described)
  else command.option(flags, described, parse)
}

/** The one place where an error becomes words; returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are no errors; commander has printed them already.
    if (error.exitCode === 0) return EXIT.valid
    // Called without a command, commander only prints its help.
    const message = error.code === 'commander.help' ? 'a command is missing' : error.message
    const sentence = message
      .replace(/^error: /, '')
      .replace(/\n\(?/g, ' ')
      .replace(/\)$/, '')
    process.stderr.write(`error: ${oneLine(sentence)}\nhint: see --help, for example npm run compare -- --help\n`)
    return EXIT.usage
  }
  if (error instanceof UserError) {
    process.stderr.write(`error: ${oneLine(error.message)}\n${error.hint === undefined ? '' : `hint: ${oneLine(error.hint)}\n`}`)
    return error.exitStatus
  }
  process.stderr.write(`this is a bug in the suite, please report it:\n${error instanceof Error ? error.stack : error}\n`)
  return EXIT.notValid
}

/** What a user or an app has put into a message must not steer the terminal. */
function oneLine(text: string): string {
  return plainText(text, LONGEST_MESSAGE)
}
