import { UserError } from './errors.ts'
import { nearest } from './plain-text.ts'

type Parser = (option: string, low: number, high: number) => (text: string) => number

/** A whole number within limits, both included. */
export const wholeNumber = within('a whole number', Number.isInteger)
/** A number within limits, both included. */
export const number = within('a number', Number.isFinite)

function within(kind: string, isOne: (value: number) => boolean): Parser {
  return (option, low, high) => (text) => {
    const value = Number(text)
    if (text.trim() !== '' && isOne(value) && value >= low && value <= high) return value
    throw new UserError('bad-value', `${option} takes ${kind} from ${low} to ${high}, not "${text}"`, {
      hint: `for example ${option} ${low}`,
    })
  }
}

/** Names separated by commas; at least one. */
export function list(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new UserError('bad-value', `"${text}" is not a list of names`, {
    hint: 'separate names with single commas, for example koa,express',
  })
}

/** Whole numbers within limits, separated by commas. */
export function listOfWholeNumbers(option: string, low: number, high: number): (text: string) => number[] {
  const one = wholeNumber(option, low, high)
  return (text) => list(text).map(one)
}

/** A folder, to be made perhaps. What begins with a dash is mostly the next option, its own value having been forgotten. */
export function folder(option: string): (text: string) => string {
  return (text) => {
    const isName = text.trim() !== '' && !text.includes('\0')
    if (isName && !text.startsWith('-')) return text
    throw new UserError('bad-value', `${option} must name a folder, not ${JSON.stringify(text)}`, {
      hint: `for example ${option} ${isName ? `./${text}` : 'results'}`,
    })
  }
}

/** One of a set of names; a near miss is suggested. */
export function chosenFrom<T extends string>(what: string, known: readonly T[], text: string): T {
  const found = known.find((name) => name === text)
  if (found !== undefined) return found
  const suggestion = nearest(text, known)
  throw new UserError(`unknown-${what}`, `unknown ${what} "${text}"`, {
    hint: `${suggestion === null ? '' : `did you mean "${suggestion}"? `}known ${what}s are ${known.join(', ')}`,
  })
}
