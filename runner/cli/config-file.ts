import { existsSync, readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { compareOptions, type OptionRow, optionName } from '../measure/options.ts'
import { failOnOption } from '../questions/studies/pair.ts'
import { runtimesOption } from '../questions/studies/runtimes.ts'
import { AskedApp } from '../result/asked-app.ts'
import { UserError } from '../result/errors.ts'
import { readRun } from '../result/json.ts'
import { readJsonFile } from '../result/json-file.ts'
import { OwnEndpoint } from '../result/own-endpoint.ts'
import { nodeOption } from './compare-options.ts'

const rows = [...compareOptions, failOnOption, nodeOption, runtimesOption]
const texts = z.array(z.string()).min(1)
/** Where a file can say more than a command line, or a list. */
const richer: Readonly<Record<string, z.ZodType>> = {
  apps: z.array(AskedApp).min(1),
  endpoints: z.array(z.union([z.string(), OwnEndpoint])).min(1),
  nodeFlags: texts,
  node: texts,
  runtimes: texts,
}

/** One field per option, named as in a result: `maxMinutes` for --max-minutes. Lists are arrays. */
export const Config = z.strictObject({
  $schema: z.string().optional(),
  ...Object.fromEntries(
    rows.map((row) => {
      const name = optionName(row)
      const usual = row.parse === undefined ? z.boolean() : z.union([z.string(), z.number()])
      const value = name in richer ? z.union([z.string(), richer[name]!]) : usual
      return [name, value.describe(row.description).optional()]
    }),
  ),
  pair: z.strictObject({ base: AskedApp, head: AskedApp }).describe('is head more expensive than base?').optional(),
})

const HINT = 'examples/compare.json is one, and examples/compare.schema.json tells editors what belongs there'

/**
 * Options of a comparison from a file, or from the result of an earlier one, parsed as on the command line.
 * @throws UserError for a mistake in it, with line and field
 */
export async function readConfig(path: string): Promise<Record<string, unknown>> {
  const config = isResult(path) ? await configOfRun(path) : readJsonFile(path, Config, { code: 'config-broken', hint: HINT })
  const given: Readonly<Record<string, unknown>> = config
  const known = rows.filter((row) => given[optionName(row)] !== undefined)
  const values = Object.fromEntries(known.map((row) => [optionName(row), parsed(row, given[optionName(row)], path)]))
  const endpoints = values.endpoints as readonly (string | OwnEndpoint)[] | undefined
  const written = endpoints?.filter((one) => typeof one !== 'string') ?? []
  return {
    ...values,
    ...(endpoints && { endpoints: endpoints.map((one) => (typeof one === 'string' ? one : one.id)) }),
    ...(written.length > 0 && { ownEndpoints: written }),
    ...(given.pair !== undefined && { pair: given.pair }),
  }
}

/** A folder is that of a run; a result says its format. */
function isResult(path: string): boolean {
  if (!existsSync(path)) return false
  if (statSync(path).isDirectory()) return true
  try {
    return 'format' in JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
}

async function configOfRun(path: string): Promise<z.output<typeof Config>> {
  const { result } = await readRun(path)
  const config = Config.safeParse(result.config)
  if (config.success) return config.data
  throw new UserError('config-broken', `${path} does not hold what it was asked for: it is a study, or older than that`, {
    hint: 'its report.md has the command that asks for the same again',
  })
}

function parsed({ parse, ...row }: OptionRow, value: unknown, path: string): unknown {
  if (parse === undefined) return value
  try {
    if (!Array.isArray(value)) return parse(String(value))
    return value.flatMap((one) => (typeof one === 'string' ? parse(one) : [one]))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError('config-broken', `${path}: ${optionName(row)}: ${error.message}`, {
      ...(error.hint && { hint: error.hint }),
    })
  }
}
