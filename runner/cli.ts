import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { calibrateOptions } from './calibration/options.ts'
import { RunError, UserError } from './errors.ts'
import { EXIT } from './exit-status.ts'
import { CALIBRATE_EXAMPLES, COMPARE_EXAMPLES, DOCTOR_EXAMPLES, SOAK_EXAMPLES } from './help.ts'
import { number } from './option-values.ts'
import { compareOptions, type OptionRow, resumeOption } from './options.ts'
import { plainText } from './report/plain-text.ts'
import { addResultCommands } from './result-commands.ts'
import { addStudyCommand } from './study-command.ts'
import { refuseSwallowedOptions } from './swallowed-options.ts'
import { allowUnread } from './unread-output.ts'

const LONGEST_MESSAGE = 1000
const LONGEST_SOAK_MINUTES = 600

// Of the runner alone: servers and load generators start as they always did. Where the folder cannot be written, nothing is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/runner', import.meta.url)))

allowUnread([process.stdout, process.stderr], (error) => {
  const status = report(new RunError('output', `the output cannot be written (${error.message})`))
  // After the command has set its own.
  process.once('exit', () => {
    process.exitCode ||= status
  })
})

// What a command does is loaded when it is called, so that --help and mistakes in the call are answered at once.
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
  .action(async (given) => endWith((await import('./commands/compare.ts')).runCompare(given)))
for (const row of compareOptions) addOption(compareCommand, row)
addOption(compareCommand, resumeOption)

program
  .command('doctor')
  .description('is this machine fit for measuring? Facts, what would improve them, and a speed score')
  .option('--json', 'print facts and score as JSON')
  .allowExcessArguments(false)
  .addHelpText('after', DOCTOR_EXAMPLES)
  .action(async (given) => endWith((await import('./commands/doctor.ts')).runDoctor(given)))

program
  .command('soak')
  .description(
    'a long run of a small matrix: memory, open files and the A/A pair have to stay where they are; then 40 apps at once',
  )
  .option('--minutes <n>', 'length of the long run (default: 30)', number('--minutes', 0.1, LONGEST_SOAK_MINUTES))
  .allowExcessArguments(false)
  .addHelpText('after', SOAK_EXAMPLES)
  .action(async (given) => endWith((await import('./commands/soak.ts')).runSoak(given)))

const calibrateCommand = program
  .command('calibrate')
  .description('measure the suite itself on this machine, and write docs/calibration.md')
  .allowExcessArguments(false)
  .addHelpText('after', CALIBRATE_EXAMPLES)
  .action(async (given) => endWith((await import('./commands/calibrate.ts')).runCalibrate(given)))
for (const row of calibrateOptions) addOption(calibrateCommand, row)

addStudyCommand(program, {
  print: (text) => void process.stdout.write(text),
  run: async (study, call) => endWith((await import('./commands/study.ts')).runStudy(study, call)),
})

addResultCommands(program, {
  print: (text) => void process.stdout.write(text),
  remark: (sentence) => void process.stderr.write(`${oneLine(sentence)}\n`),
  failed: () => {
    process.exitCode = EXIT.notValid
  },
})

try {
  const [, , name, ...args] = process.argv
  const script = program.commands.find((one) => one.name() === name)
  if (script !== undefined) refuseSwallowedOptions(script, args, process.env)
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

async function endWith(status: Promise<number>): Promise<void> {
  process.exitCode = await status
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
