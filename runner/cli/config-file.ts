import { z } from 'zod'
import { compareOptions, type OptionRow, optionName } from '../measure/options.ts'
import { UserError } from '../result/errors.ts'
import { readJsonFile } from '../result/json-file.ts'

/** A file in place of a long command line. */
export const configOption: OptionRow = {
  flags: '--config <file>',
  description: 'take options from a JSON file; what is given beside it wins',
  shownDefault: 'none',
  parse: (text) => text,
}

const Value = z.union([z.string(), z.number(), z.array(z.string()).min(1)])

/** One field per option, named as in a result: `maxMinutes` for --max-minutes. Lists are arrays. */
export const Config = z.strictObject({
  $schema: z.string().optional(),
  ...Object.fromEntries(
    compareOptions.map((row) => [
      optionName(row),
      (row.parse === undefined ? z.boolean() : Value).describe(row.description).optional(),
    ]),
  ),
})

/** Options of a comparison from a file, parsed as on the command line. @throws UserError for a mistake in it, with line and field */
export function readConfig(path: string): Record<string, unknown> {
  const hint = 'examples/compare.json is one, and examples/compare.schema.json tells editors what belongs there'
  const mistake = { code: 'config-broken', hint }
  const given: Readonly<Record<string, unknown>> = readJsonFile(path, Config, mistake)
  const rows = compareOptions.filter((row) => given[optionName(row)] !== undefined)
  return Object.fromEntries(rows.map((row) => [optionName(row), parsed(row, given[optionName(row)], path)]))
}

function parsed(row: OptionRow, value: unknown, path: string): unknown {
  if (row.parse === undefined) return value
  try {
    return row.parse(Array.isArray(value) ? value.join(',') : String(value))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError('config-broken', `${path}: ${optionName(row)}: ${error.message}`, {
      ...(error.hint && { hint: error.hint }),
    })
  }
}
