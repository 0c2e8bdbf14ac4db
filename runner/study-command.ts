import { type Command, Option } from 'commander'
import { UserError } from './errors.ts'
import { nearest } from './nearest.ts'
import { type CompareOptions, compareOptions, type OptionRow } from './options.ts'
import { studies } from './studies/registry.ts'
import type { Study } from './studies/study.ts'
import type { StudyCall } from './study.ts'

/** Adds `study`, with a command for every study of the registry below it. */
export function addStudyCommand(
  program: Command,
  { print, run }: { print(text: string): void; run(study: Study, call: StudyCall): Promise<void> },
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
  for (const study of studies) addStudy(command, study, run)
}

function addStudy(parent: Command, study: Study, run: (study: Study, call: StudyCall) => Promise<void>): void {
  const texts: Record<string, string> = {}
  const command = parent
    .command(study.id)
    .description(study.question)
    .allowExcessArguments(false)
    .addHelpText('after', `\nExamples:\n${study.examples.map((line) => `  ${line}`).join('\n')}\n\n${STATUS}`)
    .action(async (values: Record<string, unknown>) => {
      const isOwn = (name: string) => own.some((row) => nameOf(row) === name)
      const pick = (wanted: boolean) => Object.fromEntries(Object.entries(values).filter(([name]) => isOwn(name) === wanted))
      await run(study, { given: pick(false) as Partial<CompareOptions>, own: pick(true), texts })
    })
  const own = study.ownOptions
  for (const row of [...own, ...optionsOf(study)]) addOption(command, row, texts)
}

/** Options of `compare` that mean something for the study, with its own defaults. */
export function optionsOf({ defaults, quick, without }: Study): OptionRow[] {
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

const STATUS = `Results go to stdout and to a folder below --out, progress to stderr. What no row changes is as for compare.
Exit status: 0 measured, nothing invalid; 1 something failed or is invalid; 2 usage, or a program is missing; 130 interrupted.`

function nameOf({ flags }: OptionRow): keyof CompareOptions {
  return new Option(flags).attributeName() as keyof CompareOptions
}

function addOption(command: Command, row: OptionRow, texts: Record<string, string>): void {
  const { flags, description, shownDefault, parse } = row
  const [flag] = flags.split(' ') as [string]
  const described = `${description} (default: ${shownDefault})`
  const keep = (text: string) => {
    texts[flag] = text
  }
  if (parse === undefined) {
    command.option(flags, described).on(`option:${nameOf(row)}`, () => keep(''))
    return
  }
  command.option(flags, described, (text: string) => {
    keep(text)
    return parse(text)
  })
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
