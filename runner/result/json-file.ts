import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { UserError } from './errors.ts'

/** What is said of a file with a mistake. */
interface Mistake {
  readonly code: string
  readonly hint: string
}

/**
 * Reads a JSON file that a person has written.
 * @throws UserError with the line of the mistake and the name of the field, or why it cannot be read
 */
export function readJsonFile<Schema extends z.ZodType>(path: string, schema: Schema, { code, hint }: Mistake): z.output<Schema> {
  const broken = (line: number | null, what: string) =>
    new UserError(code, `${path}${line === null ? '' : `:${line}`}: ${what}`, { hint })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw broken(null, `it cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const line = /\(line (\d+) column \d+\)/.exec(message)?.[1]
    throw broken(line === undefined ? null : Number(line), `not JSON: ${message.replace(/ \(line .*$/s, '')}`)
  }
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const [{ path: place, message, ...issue }] = parsed.error.issues as [z.core.$ZodIssue]
  const unknown = 'keys' in issue ? (issue.keys as string[])[0] : undefined
  const field = [...place.map(String), ...(unknown === undefined ? [] : [unknown])]
  throw broken(lineOf(text, field), field.length === 0 ? message : `${field.join('.')}: ${message}`)
}

/** Line of the last name on the way to a field; null: it is not there. */
function lineOf(text: string, field: readonly string[]): number | null {
  let at = 0
  let found: number | null = null
  for (const name of field) {
    const next = text.indexOf(JSON.stringify(name), at)
    if (next < 0) continue
    at = next
    found = text.slice(0, next).split('\n').length
  }
  return found
}
