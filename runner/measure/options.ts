import { resolve } from 'node:path'
import { Option } from 'commander'
import { BASELINE, endpointIds, knownEndpointIds, moreEndpointIds } from '../../apps/app.ts'
import { type DriverId, driverNotes, drivers } from '../load/drivers.ts'
import type { AskedApp } from '../result/asked-app.ts'
import { UserError } from '../result/errors.ts'
import { MOST_CONNECTIONS } from '../result/load-shape.ts'
import { chosenFrom, folder, list, number, wholeNumber } from '../result/option-values.ts'
import { type OwnEndpoint, readEndpointsFile } from '../result/own-endpoint.ts'

/** One option: parsing, --help and the table in the README are made from it. */
export interface OptionRow {
  readonly flags: string
  readonly description: string
  /** Absent: there is none, or the option is off. */
  readonly shownDefault?: string
  /** Throws a UserError that names the option. Absent for a switch. */
  readonly parse?: (text: string) => unknown
}

/** The name of its value: `maxMinutes` of `--max-minutes <n>`. */
export function optionName({ flags }: OptionRow): string {
  return new Option(flags).attributeName()
}

export const DEFAULT_SLICE_MILLISECONDS = 20
/** Six rounds take two minutes on a machine of some speed, and no run of fewer is trusted; a slow machine gets the time for them. */
const QUICK = { precision: 3, maxMinutes: 3 }
const LONGEST_MINUTES = 180
const MOST_LANES = 64
const driverList = Object.entries(driverNotes).map(([id, note]) => (note === null ? id : `${id} (${note})`))

const isFile = (name: string) => name.endsWith('.json') || name.includes('/')
const endpoints = (text: string): readonly string[] =>
  list(text).map((name) => (isFile(name) ? name : chosenFrom('endpoint', knownEndpointIds, name)))
const nodeFlags = (text: string): readonly string[] => {
  const flags = text.split(/\s+/).filter((flag) => flag !== '')
  if (flags.length > 0 && flags.every((flag) => flag.startsWith('-'))) return flags
  throw new UserError('bad-value', `--node-flags takes flags of Node, not "${text}"`, {
    hint: '--node-flags "--max-semi-space-size=16 --no-opt"; the value of a flag goes behind a =',
  })
}
const transport = (text: string) => chosenFrom('transport', ['tcp', 'unix'] as const, text)
const driver = (text: string) => chosenFrom('driver', Object.keys(drivers) as DriverId[], text)

/** By the names of their values. `usual` holds when none is given, but for what comes from --quick, the clock or the apps there are. */
const rows = {
  /** Ids and paths, as given. */
  apps: option(
    '--apps <list>',
    'apps to compare: ids, versions such as koa@2, or paths to a module or program of your own',
    list as (text: string) => readonly AskedApp[],
    [],
    'all of them',
  ),
  baseline: option('--baseline <app>', 'app that every other is compared with', (text) => text, BASELINE),
  endpoints: option(
    '--endpoints <list>',
    `endpoints to ask for (also ${moreEndpointIds.join(', ')}), or a file with your own`,
    endpoints,
    [...endpointIds],
  ),
  connections: numeric('--connections <n>', 'connections kept open to each app', [wholeNumber, 1, MOST_CONNECTIONS], 16),
  nodeFlags: option(
    '--node-flags <flags>',
    'flags of Node for all apps that it runs, in one pair of quotes: "--max-semi-space-size=16"',
    nodeFlags,
    [],
    'none',
  ),
  transport: option('--transport <name>', 'tcp on loopback, or a unix socket', transport, 'tcp'),
  /** Percent. */
  precision: numeric('--precision <percent>', 'stop when every ratio is known to this half-width', [number, 0.01, 100], 1),
  maxMinutes: numeric('--max-minutes <n>', 'stop after this time at the latest', [number, 0.1, LONGEST_MINUTES], 5),
  /** null: as many as the precision takes. */
  rounds: numeric(
    '--rounds <n>',
    'exactly so many rounds, whatever the precision',
    [wholeNumber, 2, 1000],
    null,
    'until precise',
  ),
  /** null: as many as fit. */
  lanes: numeric(
    '--lanes <n>',
    'rounds at the same time, on CPUs of their own; fewer where that changes what is measured',
    [wholeNumber, 1, MOST_LANES],
    null,
    'as many as fit',
  ),
  quick: option(
    '--quick',
    `precision ${QUICK.precision}, at most ${QUICK.maxMinutes} minutes: a first look`,
    undefined,
    false,
    'off',
  ),
  driver: option('--driver <name>', `what makes the load: ${driverList.join(', ')}`, driver, 'autocannon'),
  seed: numeric('--seed <n>', 'repeats the random order of an earlier run', [wholeNumber, 0, 2 ** 32 - 1], 0, 'from the clock'),
  out: option('--out <folder>', 'where runs are written', folder('--out'), 'results'),
  json: option('--json', 'print result.json instead of the tables', undefined, false, 'off'),
  /** Milliseconds; null: as the driver likes it. */
  slice: numeric(
    '--slice <ms>',
    'length of a slice',
    [number, 5, 5000],
    null,
    `${DEFAULT_SLICE_MILLISECONDS}; 1000 with wrk, ab, httperf, h2load`,
  ),
  /** null: as many as narrow the intervals soonest. */
  blocks: numeric('--blocks <n>', 'blocks per round', [wholeNumber, 1, 500], null, 'what narrows the intervals soonest'),
  /** Seconds; null: until V8 has compiled the app. */
  warmUp: numeric('--warm-up <seconds>', 'warm-up of every fresh process', [number, 0.1, 60], null, 'until compiled'),
}

/** @param usual its value when it is not given */
export function option<Value>(
  flags: string,
  description: string,
  parse: ((text: string) => Value) | undefined,
  usual: Value,
  shownDefault = String(usual),
): OptionRow & { readonly usual: Value } {
  return { flags, description, shownDefault, parse, usual }
}

export function numeric<Usual extends number | null>(
  flags: string,
  description: string,
  [kind, low, high]: readonly [kind: typeof number, low: number, high: number],
  usual: Usual,
  shownDefault = String(usual),
) {
  return option<number | Usual>(flags, description, kind(flags.split(' ')[0]!, low, high), usual, shownDefault)
}

type Rows = typeof rows
/** The options of `compare`, all of them with a value. */
type GivenOptions = { readonly [Name in keyof Rows]: Readonly<Rows[Name]['usual']> }
export type CompareOptions = GivenOptions & OwnEndpoints

/** The user's own endpoints among those that are asked for. */
export interface OwnEndpoints {
  readonly ownEndpoints: readonly OwnEndpoint[]
  /** How they were asked for, files among them; null: there are none. */
  readonly givenEndpoints: readonly string[] | null
}

/** Options with the endpoints that are in files beside those that are written out. @param cwd where their paths start @throws UserError for mistakes in them */
export function withOwnEndpoints(options: CompareOptions, cwd: string): CompareOptions {
  const { endpoints: given, baseline, ownEndpoints: written } = options
  const isFromFile = given.some(isFile)
  if (!isFromFile && written.length === 0) return options
  if (baseline === BASELINE) {
    const hint = '--baseline <app> names what your apps are compared with, for example a skeleton of your own'
    throw new UserError('no-skeleton', `${BASELINE} does not answer your own endpoints`, { hint })
  }
  const asked = given.map((name) => (isFile(name) ? readEndpointsFile(resolve(cwd, name)) : name))
  const ownEndpoints = [...written, ...asked.flatMap((one) => (typeof one === 'string' ? [] : one))]
  const endpoints = asked.flatMap((one) => (typeof one === 'string' ? [one] : one.map(({ id }) => id)))
  const names = [...knownEndpointIds, ...ownEndpoints.map(({ id }) => id)]
  const twice = names.find((id, index) => names.indexOf(id) < index)
  if (twice !== undefined)
    throw new UserError('endpoints-broken', `two endpoints are called ${twice}`, { hint: 'give yours another id' })
  return { ...options, endpoints, ownEndpoints, givenEndpoints: isFromFile ? given : null }
}

/**
 * The same as a file says it: whatever has a value, by the names of the options, with endpoints written out.
 * @param beside what else it says; a pair is its apps
 */
export function configOf(options: CompareOptions, beside: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { out: _, json: _json, ...values } = options
  const own = new Map(options.ownEndpoints.map((one) => [one.id, one]))
  const isEmpty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0)
  const isSaid = (name: keyof Rows) => name in values && !isEmpty(options[name]) && !(name === 'apps' && 'pair' in beside)
  const names = (Object.keys(rows) as (keyof Rows)[]).filter(isSaid)
  const given = Object.fromEntries(names.map((name) => [name, options[name]]))
  return { ...given, endpoints: options.endpoints.map((id) => own.get(id) ?? id), ...beside }
}

export const compareOptions: readonly OptionRow[] = Object.values(rows)

/** Not an option of a new run: it takes all the others from the run that goes on. */
export const resumeOption: OptionRow = {
  flags: '--resume <run>',
  description: 'go on with a run that was stopped, with its own options; --max-minutes may be new',
  shownDefault: 'a new run',
  parse: (text) => text,
}

/** Fills in what was not given. */
export function withDefaults(given: Partial<CompareOptions>, knownApps: readonly string[], freshSeed: number): CompareOptions {
  const now: Partial<CompareOptions> = { ...(given.quick ? QUICK : {}), apps: knownApps, seed: freshSeed }
  const names = Object.keys(rows) as (keyof Rows)[]
  const options = Object.fromEntries(names.map((name) => [name, given[name] ?? now[name] ?? rows[name].usual])) as GivenOptions
  const { ownEndpoints = [], givenEndpoints = null } = given
  return {
    ...options,
    ownEndpoints,
    givenEndpoints,
    endpoints: [...new Set(options.endpoints)],
    out: folder('--out')(options.out),
  }
}
