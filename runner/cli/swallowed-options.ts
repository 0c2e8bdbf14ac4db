import type { Command, Option } from 'commander'
import { UserError } from '../result/errors.ts'
import { nearest, shellQuote } from '../result/plain-text.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** An option that npm has taken. */
interface Taken {
  readonly option: Option
  /** null: it has none, or it is among the arguments. */
  readonly value: string | null
  /** As with `--no-quick`. */
  readonly isOff: boolean
}

const PREFIX = 'npm_config_'
/** npm reads `--apps` as `-a -p -p -s`, short forms of options of its own, and leaves these two behind. */
const LEFT_BY_APPS = ['npm_config_all', 'npm_config_parseable']

/**
 * npm takes options that stand before `--`: it puts them into the environment, and leaves their values among the arguments. So do npm 9,
 * 10 and 11. A name that was mistyped is found too.
 * @param script the command, which has the name of its npm script
 * @param args what came after that name
 * @throws UserError with the line that was meant
 */
export function refuseSwallowedOptions(script: Command, args: readonly string[], environment: Environment): void {
  if (environment.npm_lifecycle_event !== script.name()) return
  const command = script.commands.find((one) => args.includes(one.name())) ?? script
  const given = split(command, args)
  const operands = command === script ? given.operands : given.operands.filter((one) => one !== command.name())
  const free = command.options.filter(({ long }) => !given.options.some((one) => one.split('=')[0] === long))
  const taken = takenOptions(free, environment)
  const isSpare = () => operands.length - command.registeredArguments.length > taken.filter(lacksValue).length
  const find = (long: string) => free.find((option) => option.long === long)
  const [apps, format] = [find('--apps'), find('--format')]
  if (apps !== undefined && isSpare() && LEFT_BY_APPS.every((name) => environment[name] === 'true')) taken.push(without(apps))
  // npm reads it as its own --format-package-lock, which is on anyway: nothing is left but the value.
  if (format !== undefined && isSpare() && operands.some((text) => accepts(format, text))) taken.push(without(format))
  if (taken.length === 0) return
  throw new UserError('options-before-dashes', 'options go after --: npm takes what stands before it for its own', {
    hint: meantLine({ script, command, taken, operands, options: given.options }),
  })
}

function takenOptions(options: readonly Option[], environment: Environment): Taken[] {
  const byName = new Map(options.map((option) => [option.long!.replace(/^--/, ''), option]))
  return Object.entries(environment).flatMap(([variable, value = '']): Taken[] => {
    if (!variable.startsWith(PREFIX)) return []
    const name = nearest(variable.slice(PREFIX.length).replaceAll('_', '-'), [...byName.keys()])
    if (name === null) return []
    const option = byName.get(name)!
    return [{ option, value: option.required && value !== 'true' ? value : null, isOff: value === '' || value === 'false' }]
  })
}

function without(option: Option): Taken {
  return { option, value: null, isOff: false }
}

function lacksValue({ option, value, isOff }: Taken): boolean {
  return option.required && value === null && !isOff
}

/** What came after `--` in good order, and all other arguments. */
function split({ options: known }: Command, args: readonly string[]): { operands: string[]; options: string[] } {
  const isOption = (arg: string, index: number) =>
    arg.startsWith('-') || known.some(({ long, required }) => required && long === args[index - 1])
  return { operands: args.filter((arg, index) => !isOption(arg, index)), options: args.filter(isOption) }
}

interface Call {
  readonly script: Command
  readonly command: Command
  readonly taken: readonly Taken[]
  readonly operands: readonly string[]
  readonly options: readonly string[]
}

/** Where it cannot be told which argument belongs where, the line names the places instead. */
function meantLine({ script, command, taken, operands, options }: Call): string {
  const { values, left } = assign(
    taken.filter(lacksValue).map(({ option }) => option),
    operands,
  )
  const places = command.registeredArguments.filter(({ required }) => required).map((argument) => `<${argument.name()}>`)
  const words = [
    ...(command === script ? [] : [command.name()]),
    ...(left.length === places.length ? left.map(shellQuote) : places),
    ...taken
      .filter(({ isOff }) => !isOff)
      .flatMap(({ option, value }) =>
        option.required ? [option.long!, shown(option, value ?? values.get(option))] : [option.long!],
      ),
    ...options.map(shellQuote),
  ]
  const isJson = words.includes('--json')
  const line = ['npm', 'run', ...(isJson ? ['--silent'] : []), script.name(), ...(words.length === 0 ? [] : ['--', ...words])]
  // npm passes on what stands in its own files as if it had been given.
  return `${line.join(' ')}${isJson ? `; where an .npmrc says json=true: npm run ${script.name()} --no-json` : ''}`
}

/** Gives an option its value as long as only one can be meant. */
function assign(options: readonly Option[], operands: readonly string[]): { values: Map<Option, string>; left: string[] } {
  const values = new Map<Option, string>()
  let left = [...operands]
  const next = () => options.find((one) => !values.has(one) && left.filter((text) => accepts(one, text)).length === 1)
  for (let option = next(); option !== undefined; option = next()) {
    const value = left.find((text) => accepts(option!, text))!
    values.set(option, value)
    left = left.filter((text) => text !== value)
  }
  return { values, left }
}

function accepts({ parseArg }: Option, text: string): boolean {
  try {
    parseArg?.(text, undefined)
    return true
  } catch {
    return false
  }
}

/** Its value, or `<n>`. */
function shown({ flags }: Option, value: string | undefined): string {
  return value === undefined ? flags.replace(/^\S+ /, '') : shellQuote(value)
}
