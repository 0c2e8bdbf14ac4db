import { Option } from 'commander'
import { type EndpointId, endpointIds } from '../../apps/endpoints.ts'
import { type DriverId, drivers } from '../load/drivers.ts'
import { MOST_CONNECTIONS } from '../result/load-shape.ts'
import { chosenFrom, folder, list, number, wholeNumber } from '../result/option-values.ts'

/** The options of `compare`, all of them with a value. */
export interface CompareOptions {
  /** Ids and paths, as given. */
  readonly apps: readonly string[]
  readonly endpoints: readonly EndpointId[]
  readonly connections: number
  readonly transport: 'tcp' | 'unix'
  /** Percent. */
  readonly precision: number
  readonly maxMinutes: number
  /** null: as many as the precision takes. */
  readonly rounds: number | null
  readonly quick: boolean
  readonly driver: DriverId
  readonly seed: number
  readonly out: string
  readonly json: boolean
  /** Milliseconds; null: as the driver likes it. */
  readonly slice: number | null
  /** null: as many as make most of a round measuring. */
  readonly blocks: number | null
  /** Seconds; null: sized by the pilot. */
  readonly warmUp: number | null
}

/** One option: parsing, --help and the table in the README are made from it. */
export interface OptionRow {
  readonly flags: string
  readonly description: string
  /** Shown as the default; what is really used is in `withDefaults`. Absent: there is none, or the option is off. */
  readonly shownDefault?: string
  /** Throws a UserError that names the option. Absent for a switch. */
  readonly parse?: (text: string) => unknown
}

/** The name of its value: `maxMinutes` of `--max-minutes <n>`. */
export function optionName({ flags }: OptionRow): string {
  return new Option(flags).attributeName()
}

const DEFAULTS = { connections: 16, precision: 1, maxMinutes: 10, out: 'results' } as const
export const DEFAULT_SLICE_MILLISECONDS = 20
const QUICK = { precision: 3, maxMinutes: 2 } as const
const LONGEST_MINUTES = 180

export const compareOptions: readonly OptionRow[] = [
  {
    flags: '--apps <list>',
    description: 'apps to compare: ids, or paths to a module of your own',
    shownDefault: 'all of them',
    parse: list,
  },
  {
    flags: '--endpoints <list>',
    description: 'endpoints to ask for',
    shownDefault: endpointIds.join(','),
    parse: (text) => list(text).map((name) => chosenFrom('endpoint', endpointIds, name)),
  },
  {
    flags: '--connections <n>',
    description: 'connections kept open to each app',
    shownDefault: String(DEFAULTS.connections),
    parse: wholeNumber('--connections', 1, MOST_CONNECTIONS),
  },
  {
    flags: '--transport <name>',
    description: 'tcp on loopback, or a unix socket',
    shownDefault: 'tcp',
    parse: (text) => chosenFrom('transport', ['tcp', 'unix'] as const, text),
  },
  {
    flags: '--precision <percent>',
    description: 'stop when every ratio is known to this half-width',
    shownDefault: String(DEFAULTS.precision),
    parse: number('--precision', 0.01, 100),
  },
  {
    flags: '--max-minutes <n>',
    description: 'stop after this time at the latest',
    shownDefault: String(DEFAULTS.maxMinutes),
    parse: number('--max-minutes', 0.1, LONGEST_MINUTES),
  },
  {
    flags: '--rounds <n>',
    description: 'exactly so many rounds, whatever the precision',
    shownDefault: 'until precise',
    parse: wholeNumber('--rounds', 2, 1000),
  },
  {
    flags: '--quick',
    description: `precision ${QUICK.precision}, ${QUICK.maxMinutes} minutes: a first look`,
    shownDefault: 'off',
  },
  {
    flags: '--driver <name>',
    description:
      'what makes the load: autocannon; autocannon-sleeping (shows the price of wake-ups), wrk (cross-check of requests/s), fake (tests)',
    shownDefault: 'autocannon',
    parse: (text) => chosenFrom('driver', Object.keys(drivers) as DriverId[], text),
  },
  {
    flags: '--seed <n>',
    description: 'repeats the random order of an earlier run',
    shownDefault: 'from the clock',
    parse: wholeNumber('--seed', 0, 2 ** 32 - 1),
  },
  { flags: '--out <folder>', description: 'where runs are written', shownDefault: DEFAULTS.out, parse: folder('--out') },
  { flags: '--json', description: 'print result.json instead of the tables', shownDefault: 'off' },
  {
    flags: '--slice <ms>',
    description: 'length of a slice',
    shownDefault: `${DEFAULT_SLICE_MILLISECONDS}; 1000 with wrk`,
    parse: number('--slice', 5, 5000),
  },
  {
    flags: '--blocks <n>',
    description: 'blocks per round',
    shownDefault: 'enough to measure for most of a round',
    parse: wholeNumber('--blocks', 1, 500),
  },
  {
    flags: '--warm-up <seconds>',
    description: 'warm-up of every fresh process',
    shownDefault: 'by pilot',
    parse: number('--warm-up', 0.1, 60),
  },
]

/** Not an option of a new run: it takes all the others from the run that goes on. */
export const resumeOption: OptionRow = {
  flags: '--resume <run>',
  description: 'go on with a run that was stopped, with its own options; --max-minutes may be new',
  shownDefault: 'a new run',
  parse: (text) => text,
}

/** Fills in what was not given. */
export function withDefaults(given: Partial<CompareOptions>, knownApps: readonly string[], freshSeed: number): CompareOptions {
  const base = given.quick ? QUICK : DEFAULTS
  const rounds = given.rounds ?? null
  const options: CompareOptions = {
    apps: given.apps ?? knownApps,
    endpoints: given.endpoints ?? endpointIds,
    connections: given.connections ?? DEFAULTS.connections,
    transport: given.transport ?? 'tcp',
    precision: given.precision ?? base.precision,
    maxMinutes: given.maxMinutes ?? base.maxMinutes,
    rounds,
    quick: given.quick ?? false,
    driver: given.driver ?? 'autocannon',
    seed: given.seed ?? freshSeed,
    out: folder('--out')(given.out ?? DEFAULTS.out),
    json: given.json ?? false,
    slice: given.slice ?? null,
    blocks: given.blocks ?? null,
    warmUp: given.warmUp ?? null,
  }
  return { ...options, endpoints: [...new Set(options.endpoints)] }
}
