import type { Command } from 'commander'
import { type CompareOptions, compareOptions, type OptionRow, optionName, resumeOption } from '../measure/options.ts'
import type { QuestionCall } from '../questions/measure-question.ts'
import { studies } from '../questions/studies/registry.ts'
import type { Study } from '../questions/studies/study.ts'
import { UserError } from '../result/errors.ts'
import { nearest } from '../result/plain-text.ts'

/** Values of options by their names, as they were parsed. */
// biome-ignore lint/suspicious/noExplicitAny: commander gives what the rows of the command parse
export type OptionValues = any

/** One command as data; what it does is loaded when it is called, so that --help and mistakes in the call are answered at once. */
export interface CommandRow {
  readonly name: string
  readonly description: string
  /** `<run>`, and what it is. */
  readonly operands?: readonly (readonly [name: string, description: string])[]
  readonly options: readonly OptionRow[]
  /** Shown by --help below the options. */
  readonly help: string
  /**
   * @param texts all options as they were written, by their flags; empty for switches
   * @returns the exit status
   */
  run(values: OptionValues, operands: readonly string[], texts: Readonly<Record<string, string>>): Promise<number>
}

/** Is given the exit status to come. */
type Ended = (status: Promise<number>) => Promise<void>

export function addCommand(parent: Command, row: CommandRow, ended: Ended): void {
  const { name, description, operands = [], options, help, run } = row
  const texts: Record<string, string> = {}
  const command = parent.command(name).description(description).allowExcessArguments(false).addHelpText('after', help)
  for (const operand of operands) command.argument(...operand)
  for (const option of options) addOption(command, option, texts)
  command.action(async (...given) => ended(run(given[operands.length], given.slice(0, operands.length), texts)))
}

function addOption(command: Command, row: OptionRow, texts: Record<string, string>): void {
  const { flags, description, shownDefault, parse } = row
  const flag = flags.split(' ')[0]!
  command.on(`option:${flag.slice(2)}`, (text: string | null) => {
    texts[flag] = text ?? ''
  })
  const described = shownDefault === undefined ? description : `${description} (default: ${shownDefault})`
  if (parse === undefined) command.option(flags, described)
  else if (flags.includes('...'))
    command.option(flags, described, (text: string, before: unknown[] = []) => [...before, parse(text)])
  else command.option(flags, described, (text: string) => parse(text))
}

const STATUS = `Results go to stdout and to a folder below --out, progress to stderr. What no row changes is as for compare.
Exit status: 0 measured, nothing invalid; 1 something failed or is invalid; 2 usage, or a program is missing; 130 interrupted.`

/** Adds `study`, with a command for every study of the registry below it. */
export function addStudyCommand(
  program: Command,
  print: (text: string) => void,
  run: (study: Study, call: QuestionCall) => Promise<number>,
  ended: Ended,
): void {
  const command = program
    .command('study')
    .description('one question beyond the comparison: what else moves throughput, cost and latency')
    .usage('<name> [options]')
    .option('--list', 'the studies and their questions')
    .argument('[name]', 'one of the studies')
    .allowExcessArguments(true)
    .addHelpText('after', `\nEvery study has its own --help: npm run study -- ${studies[0]!.id} --help`)
    .action((name: string | undefined, { list: wanted }: { list?: boolean }) => {
      if (wanted !== true) throw unknownStudy(name)
      const width = Math.max(...studies.map(({ id }) => id.length))
      print(studies.map(({ id, question }) => `${id.padEnd(width)}  ${question}\n`).join(''))
    })
  for (const study of studies) {
    const { id, question, ownOptions, examples } = study
    const row: CommandRow = {
      name: id,
      description: question,
      options: [...ownOptions, ...optionsOf(study), resumeOption],
      help: `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n\n${STATUS}`,
      run: (values, _operands, texts) => run(study, callOf(study, values, texts)),
    }
    addCommand(command, row, ended)
  }
}

/** What was given, told apart: options of the study alone, and those of every comparison. */
function callOf({ ownOptions }: Study, { resume, ...values }: OptionValues, texts: QuestionCall['texts']): QuestionCall {
  const own = new Set(ownOptions.map(optionName))
  const pick = (wanted: boolean) => Object.fromEntries(Object.entries(values).filter(([name]) => own.has(name) === wanted))
  return { given: pick(false), own: pick(true), texts, ...(resume === undefined ? {} : { resume }) }
}

/** Options of `compare` that mean something for the study, with its own defaults. */
export function optionsOf({ defaults, quick: { rounds, precision, maxMinutes }, without = [] }: Study): OptionRow[] {
  const quickly = rounds == null ? `precision ${precision}` : `${rounds} rounds`
  return compareOptions.flatMap((row): OptionRow[] => {
    const name = optionName(row) as keyof CompareOptions
    if (without.includes(name)) return []
    if (name === 'quick') return [{ ...row, description: `${quickly}, ${maxMinutes} minutes: a first look` }]
    const usual = defaults[name]
    return [usual === undefined ? row : { ...row, shownDefault: String(usual) }]
  })
}

function unknownStudy(name: string | undefined): UserError {
  const known = studies.map(({ id }) => id)
  if (name === undefined)
    return new UserError('no-study', 'which study?', { hint: `npm run study -- --list; they are ${known.join(', ')}` })
  const meant = nearest(name, known)
  return new UserError('unknown-study', `unknown study "${name}"`, {
    hint: `${meant === null ? '' : `did you mean "${meant}"? `}studies are ${known.join(', ')}`,
  })
}
