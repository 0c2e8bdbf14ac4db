import type { Command } from 'commander'
import { type CompareOptions, compareOptions, type OptionRow, optionName, resumeOption } from '../measure/options.ts'
import type { QuestionCall } from '../questions/measure-question.ts'
import { studies } from '../questions/studies/registry.ts'
import type { Study } from '../questions/studies/study.ts'
import { UserError } from '../result/errors.ts'
import { nearest } from '../result/plain-text.ts'
import { addCommand } from './add-command.ts'

const STATUS = `Results go to stdout and to a folder below --out, progress to stderr. What no row changes is as for compare.
Exit status: 0 measured, nothing invalid; 1 something failed or is invalid; 2 usage, or a program is missing; 130 interrupted.`

type RunStudy = (study: Study, call: QuestionCall) => Promise<number>

/** Adds `study`, with a command for every study of the registry below it. */
export function addStudyCommand(
  program: Command,
  { print, run, ended }: { print(text: string): void; run: RunStudy; ended(status: Promise<number>): Promise<void> },
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
      print(list())
    })
  for (const study of studies) {
    const { id, question, ownOptions, examples } = study
    const row = {
      name: id,
      description: question,
      options: [...ownOptions, ...optionsOf(study), resumeOption],
      help: `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n\n${STATUS}`,
      run: (values: Readonly<Record<string, unknown>>, _operands: unknown, texts: Readonly<Record<string, string>>) =>
        run(study, callOf(study, values, texts)),
    }
    addCommand(command, row, ended)
  }
}

/** What was given, told apart: options of the study alone, and those of every comparison. */
function callOf(
  { ownOptions }: Study,
  { resume, ...values }: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>>,
): QuestionCall {
  const own = new Set(ownOptions.map(optionName))
  const pick = (wanted: boolean) => Object.fromEntries(Object.entries(values).filter(([name]) => own.has(name) === wanted))
  const call = { given: pick(false) as Partial<CompareOptions>, own: pick(true), texts }
  return typeof resume === 'string' ? { ...call, resume } : call
}

/** Options of `compare` that mean something for the study, with its own defaults. */
export function optionsOf({ defaults, quick, without = [] }: Study): OptionRow[] {
  const nameOf = (row: OptionRow) => optionName(row) as keyof CompareOptions
  return compareOptions
    .filter((row) => !without.includes(nameOf(row)))
    .map((row) => {
      const name = nameOf(row)
      if (name === 'quick') return { ...row, description: `${quickly(quick)}, ${quick.maxMinutes} minutes: a first look` }
      const usual = defaults[name]
      return usual === undefined ? row : { ...row, shownDefault: String(usual) }
    })
}

function quickly({ rounds, precision }: Study['quick']): string {
  return rounds == null ? `precision ${precision}` : `${rounds} rounds`
}

function list(): string {
  const width = Math.max(...studies.map(({ id }) => id.length))
  return studies.map(({ id, question }) => `${id.padEnd(width)}  ${question}\n`).join('')
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
