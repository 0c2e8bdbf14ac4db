import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BASELINE, knownEndpointIds } from '../../apps/app.ts'
import { type DriverId, drivers } from '../load/drivers.ts'
import { differingPoints, environmentPoints, type Point, type StartEnvironment } from '../machine/environment-points.ts'
import { type CompareOptions, type OptionRow, optionName } from '../measure/options.ts'
import {
  type AppPreflight,
  type RoundRecord,
  type RunState,
  readSamples,
  restoreRound,
  type Slice,
  StoredRound,
} from '../measure/records.ts'
import type { KeptRounds } from '../report/files.ts'
import { UserError } from '../result/errors.ts'
import { readRun } from '../result/json.ts'
import { readJsonLines } from '../result/json-lines.ts'
import type { Result } from '../result/model.ts'
import { chosenFrom } from '../result/option-values.ts'
import { ROUNDS, SAMPLES } from '../result/run-folder.ts'
import type { OwnValues } from './question.ts'

/** A run that was stopped before its end, with everything that is needed to go on. */
export interface StoppedRun {
  readonly folder: string
  readonly result: Result
  /** Finished rounds in the order in which they ended; at least one. */
  readonly records: readonly RoundRecord[]
  readonly state: RunState
  readonly elapsedNs: number
  /** What its files have to hold before anything is added to them; null: they hold it already. */
  readonly repair: KeptRounds | null
}

/** Ends after which there is nothing left to do. */
const FINISHED = new Set(['precision', 'rounds', 'only-baseline'])

/**
 * Reads a stopped run of a question back.
 * @throws {UserError} `other-question` when it is of another one, `run-finished` when it is complete, `nothing-to-resume` when no round of it was kept, and what `readRun` throws
 */
export async function readStoppedRun(run: string, question: string): Promise<StoppedRun> {
  const known = await readRun(run)
  const { result } = known
  // `latest` is a link that will be set again: to itself, if it were taken for the folder.
  const folder = await realpath(known.folder)
  if (result.study !== question) {
    throw new UserError('other-question', `the run in ${folder} is one of ${result.study}, not of ${question}`, {
      hint: `npm run ${result.study === 'compare' ? 'compare --' : `study -- ${result.study}`} --resume <run> goes on with it`,
    })
  }
  if (FINISHED.has(result.stoppedBecause)) {
    throw new UserError('run-finished', `the run in ${folder} is finished: there is nothing to resume`, {
      hint: 'start a new one; npm run diff compares the two',
    })
  }
  // A runner that is killed while it writes leaves half an entry.
  let isDamaged = false
  const damaged = () => {
    isDamaged = true
  }
  const stored: object[] = []
  const rounds: ReturnType<typeof StoredRound.parse>[] = []
  for await (const line of readJsonLines(join(folder, ROUNDS), damaged)) {
    const parsed = StoredRound.safeParse(line)
    // In the order in which they ended: with several lanes that is not the order of their numbers.
    if (!parsed.success || rounds.some(({ round }) => round === parsed.data.round)) continue
    stored.push(line)
    rounds.push(parsed.data)
  }
  const samples: Slice[] = []
  for await (const slice of readSamples(join(folder, SAMPLES), damaged)) samples.push(slice)
  const slices = Map.groupBy(samples, ({ round }) => round)
  const last = rounds.at(-1)
  if (last === undefined || rounds.some(({ round }) => !slices.has(round))) {
    throw new UserError('nothing-to-resume', `no finished round of the run in ${folder} was kept`, {
      hint: existsSync(join(folder, ROUNDS))
        ? `${ROUNDS} and ${SAMPLES} do not belong together; start a new run`
        : 'it was measured by a suite that could not resume; start a new run',
    })
  }
  const records = rounds.map((one) => restoreRound(one, slices.get(one.round)!))
  // Slices of a round that was not finished have to go: the round will be measured again.
  const isLoose = [...slices.keys()].some((round) => rounds.every((kept) => kept.round !== round))
  return {
    folder,
    result,
    elapsedNs: last.elapsedNs,
    records,
    state: last.state,
    repair: isLoose || isDamaged ? { slices: records.map((record) => record.slices), stored } : null,
  }
}

/** What may be said again: none of it changes what a round is. */
const CHANGEABLE = new Set(['resume', 'maxMinutes', 'json'])
/** For rounds that were requested by their number. */
const ANY_PRECISION = 1

/**
 * The options of the run that goes on, and a new time limit if one is given.
 * @throws {UserError} `resume-alone` when anything else is requested; `unknown-endpoint`, `unknown-driver` for a run of another suite
 */
export function resumedOptions(
  { result, folder, state }: StoppedRun,
  given: Partial<CompareOptions> & OwnValues,
): CompareOptions {
  const other = Object.keys(given).find((name) => !CHANGEABLE.has(name))
  if (other !== undefined) {
    const flag = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new UserError('resume-alone', `a run goes on with its own options: --${flag} cannot be given with --resume`, {
      hint: 'only --max-minutes and --json can; start a new run for anything else',
    })
  }
  const { options, seed } = result
  return {
    apps: options.apps,
    baseline: result.apps[0]?.given ?? BASELINE,
    endpoints: options.endpoints.map((name) =>
      options.ownEndpoints.some(({ id }) => id === name) ? name : chosenFrom('endpoint', knownEndpointIds, name),
    ),
    ownEndpoints: options.ownEndpoints,
    givenEndpoints: options.givenEndpoints ?? null,
    connections: options.connections,
    transport: options.transport,
    nodeFlags: options.nodeFlags,
    precision: options.precisionPercent ?? ANY_PRECISION,
    maxMinutes: given.maxMinutes ?? options.maxMinutes,
    rounds: options.rounds,
    lanes: state.lanes,
    quick: options.quick,
    driver: chosenFrom('driver', Object.keys(drivers) as DriverId[], options.driver),
    seed,
    out: dirname(folder),
    json: given.json ?? false,
    slice: options.sliceMilliseconds,
    blocks: state.blocksPerRound,
    // A warm-up that was not given ends by itself, and its limits are in the state.
    warmUp: state.leastWarmUpMilliseconds === state.warmUpMilliseconds ? state.warmUpMilliseconds / 1000 : null,
  }
}

/** What only the question of the stopped run has been told, parsed again. */
export function resumedValues({ result }: Pick<StoppedRun, 'result'>, rows: readonly OptionRow[]): OwnValues {
  const values = rows.flatMap((row) => {
    const text = result.options.given[row.flags.split(' ')[0]!]
    return text === undefined ? [] : [[optionName(row), row.parse === undefined ? true : row.parse(text)]]
  })
  return Object.fromEntries(values)
}

/** Beside what makes any environment: CPUs by their numbers. */
const points: readonly Point<StartEnvironment>[] = [
  ...environmentPoints,
  { name: 'V8', of: ({ v8 }) => v8 },
  { name: 'CPU of the server', of: ({ serverCpu }) => serverCpu },
  { name: 'CPU of the load generator', of: ({ loadCpu }) => loadCpu },
  { name: 'CPUs of further lanes', of: ({ moreLanes }) => moreLanes.flatMap(Object.values).join(', ') || 'none' },
]

/**
 * A run may go on only where it began: rounds of two environments would be one number that means neither.
 * @throws {UserError} `environment-changed`
 */
export function assertSameEnvironment(before: StartEnvironment, now: StartEnvironment): void {
  const [first] = differingPoints(points, before, now)
  if (first !== undefined) throw changed(first.point.name, first.before, first.after)
}

/** The same for the apps. @throws {UserError} `environment-changed` */
export function assertSameApps(before: readonly AppPreflight[], now: readonly AppPreflight[]): void {
  for (const { app, version, package: name } of now) {
    const known = before.find((one) => one.app === app)
    if (known !== undefined && (known.version !== version || known.package !== name)) {
      throw changed(app, `${known.package} ${known.version}`, `${name} ${version}`)
    }
  }
}

function changed(what: string, before: string, now: string): UserError {
  return new UserError('environment-changed', `this run cannot go on: ${what} was ${before} and is ${now} now`, {
    hint: 'start a new run; npm run diff compares the two',
  })
}
