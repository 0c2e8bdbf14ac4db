import { Command, CommanderError } from 'commander'
import type { QuestionCall } from '../questions/measure-question.ts'
import type { Study } from '../questions/studies/study.ts'
import { RunError, UserError } from '../result/errors.ts'
import { addCommand, addStudyCommand } from './add-command.ts'
import { commands } from './commands.ts'
import { allowUnread, EXIT, writeError } from './output.ts'
import { refuseSwallowedOptions } from './swallowed-options.ts'

allowUnread([process.stdout, process.stderr], (error) => {
  const status = report(new RunError('output', `the output cannot be written (${error.message})`))
  // After the command has set its own.
  process.once('exit', () => {
    process.exitCode ||= status
  })
})

/** One call of the command line, of the words after its name; returns the exit status. */
export async function main(words: readonly string[]): Promise<number> {
  let status: number = EXIT.valid
  const ended = async (end: Promise<number>) => {
    status = await end
  }
  const program = new Command('framework-cost')
    .description('What a Node.js web framework costs before it hits your code.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError(true)
  for (const row of commands) addCommand(program, row, ended)
  const runStudy = async (study: Study, call: QuestionCall) => (await import('./commands/measure.ts')).runQuestion(study, call)
  addStudyCommand(program, (text) => void process.stdout.write(text), runStudy, ended)
  const [name, ...args] = words
  const command = program.commands.find((one) => one.name() === name)
  try {
    if (command !== undefined) refuseSwallowedOptions(command, args, process.env)
    await program.parseAsync(words, { from: 'user' })
    return status
  } catch (error) {
    return report(error, command?.name())
  }
}

/** The one place where an error becomes words; returns the exit status. */
function report(error: unknown, command = 'compare'): number {
  if (error instanceof CommanderError) {
    // Help and version are no errors; commander has printed them already.
    if (error.exitCode === 0) return EXIT.valid
    // Called without a command, commander only prints its help.
    const message = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '')
    const sentence = message.replace(/\n\(?/g, ' ').replace(/\)$/, '')
    writeError(`error: ${sentence}`, `hint: see --help, for example npm run ${command} -- --help`)
    return EXIT.usage
  }
  if (error instanceof UserError) {
    writeError(`error: ${error.message}`, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]))
    return error.exitStatus
  }
  process.stderr.write(`this is a bug in the suite, please report it:\n${error instanceof Error ? error.stack : error}\n`)
  return EXIT.notValid
}
