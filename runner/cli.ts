import { Command, CommanderError } from 'commander'
import { calibrate } from './calibrate.ts'
import { type CalibrateOptions, calibrateOptions } from './calibration/options.ts'
import { type CompareContext, compare } from './compare.ts'
import { EXAMINATION_SECONDS, examineMachine } from './doctor.ts'
import { UserError } from './errors.ts'
import { CALIBRATE_EXAMPLES, COMPARE_EXAMPLES, DOCTOR_EXAMPLES, SOAK_EXAMPLES } from './help.ts'
import type { KeptRun } from './keep-run.ts'
import { number } from './option-values.ts'
import { type CompareOptions, compareOptions, type OptionRow, resumeOption } from './options.ts'
import { createCalibrationProgress } from './report/calibration-progress.ts'
import { renderExamination } from './report/doctor-report.ts'
import { prettyJson, renderJson } from './report/json.ts'
import { plainText } from './report/plain-text.ts'
import { createProgress } from './report/progress.ts'
import { shellQuote } from './report/shell-quote.ts'
import { renderSoak, soakHolds } from './report/soak-report.ts'
import { renderTerminal, type TerminalOptions } from './report/terminal.ts'
import type { Result } from './result.ts'
import { addResultCommands } from './result-commands.ts'
import { soak } from './soak/soak.ts'
import type { Study } from './studies/study.ts'
import { measureStudy, type StudyCall } from './study.ts'
import { addStudyCommand } from './study-command.ts'

const EXIT = { valid: 0, notValid: 1, usage: 2, interrupted: 130 } as const
const WIDTH_WITHOUT_TERMINAL = 160
const LONGEST_MESSAGE = 1000
const SAME_KEY_MILLISECONDS = 300
const SOAK_MINUTES = 30
const LONGEST_SOAK_MINUTES = 600

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
addOption(compareCommand, resumeOption)

program
  .command('doctor')
  .description('is this machine fit for measuring? Facts, what would improve them, and a speed score')
  .option('--json', 'print facts and score as JSON')
  .allowExcessArguments(false)
  .addHelpText('after', DOCTOR_EXAMPLES)
  .action(runDoctor)

program
  .command('soak')
  .description(
    'a long run of a small matrix: memory, open files and the A/A pair have to stay where they are; then 40 apps at once',
  )
  .option('--minutes <n>', 'length of the long run (default: 30)', number('--minutes', 0.1, LONGEST_SOAK_MINUTES))
  .allowExcessArguments(false)
  .addHelpText('after', SOAK_EXAMPLES)
  .action(runSoak)

const calibrateCommand = program
  .command('calibrate')
  .description('measure the suite itself on this machine, and write docs/calibration.md')
  .allowExcessArguments(false)
  .addHelpText('after', CALIBRATE_EXAMPLES)
  .action(runCalibrate)
for (const row of calibrateOptions) addOption(calibrateCommand, row)

addStudyCommand(program, { print: (text) => void process.stdout.write(text), run: runStudy })

addResultCommands(program, {
  print: (text) => void process.stdout.write(text),
  remark: (sentence) => void process.stderr.write(`${oneLine(sentence)}\n`),
  failed: () => {
    process.exitCode = EXIT.notValid
  },
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

async function runCompare(given: Partial<CompareOptions> & { resume?: string }): Promise<void> {
  await interruptible(createProgress(process.stderr), async (context) => {
    const kept = await compare(given, context)
    context.listener.stop()
    const { folder, mayGoOn, problem, result } = kept
    showRun(kept, given.json)
    if (folder !== null && mayGoOn && (problem !== null || result.stoppedBecause === 'interrupted')) {
      process.stderr.write(`to go on: npm run compare -- --resume ${shellQuote(folder)}\n`)
    }
  })
}

async function runStudy(study: Study, call: StudyCall): Promise<void> {
  await interruptible(createProgress(process.stderr), async (context) => {
    const kept = await measureStudy(study, call, context)
    context.listener.stop()
    showRun(kept, call.given.json)
  })
}

/** The result on stdout, where it was written on stderr, and the exit status. */
function showRun({ result, folder, writtenRounds, problem }: KeptRun, json = false): void {
  process.stdout.write(json ? renderJson(result) : renderTerminal(result, terminalOptions()))
  process.exitCode = problem === null ? exitStatus(result) : report(problem)
  if (folder === null) return
  const written = writtenRounds < result.rounds ? `the first ${writtenRounds} rounds are kept in` : 'written to'
  process.stderr.write(`${written} ${folder}\n`)
}

async function runCalibrate(given: Partial<CalibrateOptions>): Promise<void> {
  await interruptible(createCalibrationProgress(process.stderr), async (context) => {
    const { folder, pages, interrupted, problem } = await calibrate(given, context)
    context.listener.stop()
    for (const path of pages) process.stdout.write(`${path}\n`)
    if (folder !== null) process.stderr.write(`written to ${folder}\n`)
    if (problem !== null) process.exitCode = report(problem)
    else process.exitCode = interrupted ? EXIT.interrupted : EXIT.valid
  })
}

async function runSoak({ minutes = SOAK_MINUTES }: { minutes?: number }): Promise<void> {
  await interruptible(createProgress(process.stderr), async (context) => {
    const outcome = await soak({ ...context, minutes, seed: context.freshSeed })
    context.listener.stop()
    process.stdout.write(renderSoak(outcome))
    process.exitCode = context.signal.aborted ? EXIT.interrupted : soakHolds(outcome) ? EXIT.valid : EXIT.notValid
  })
}

/** Work that the first Ctrl-C asks to end and the second one ends. */
async function interruptible<Reporter extends { remark(sentence: string): void; stop(): void }>(
  listener: Reporter,
  work: (context: CompareContext & { readonly listener: Reporter }) => Promise<void>,
): Promise<void> {
  const controller = new AbortController()
  let interruptedAt = 0
  const interrupt = () => {
    const now = performance.now()
    // The second time at once: children end when they lose the runner. One Ctrl-C may arrive twice: from the terminal and from npm.
    if (controller.signal.aborted && now - interruptedAt < SAME_KEY_MILLISECONDS) return
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    interruptedAt = now
    controller.abort()
    listener.remark('stopping after this slice; press Ctrl-C again to stop at once')
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const startedAt = new Date()
    const freshSeed = startedAt.getTime() >>> 0
    await work({ cwd: process.cwd(), signal: controller.signal, listener, freshSeed, startedAt })
  } finally {
    listener.stop()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

async function runDoctor({ json }: { json?: boolean }): Promise<void> {
  process.stderr.write(`looking at this machine for about ${EXAMINATION_SECONDS} seconds\n`)
  const examination = await examineMachine(new Date())
  const text = json ? prettyJson(examination) : renderExamination(examination, terminalOptions())
  process.stdout.write(text)
  process.exitCode = examination.fit ? EXIT.valid : EXIT.notValid
}

function terminalOptions(): TerminalOptions {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR
  return { colour, width: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL }
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
    const command = program.commands.map((one) => one.name()).find((name) => name === process.argv[2]) ?? 'compare'
    process.stderr.write(`error: ${oneLine(sentence)}\nhint: see --help, for example npm run ${command} -- --help\n`)
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
