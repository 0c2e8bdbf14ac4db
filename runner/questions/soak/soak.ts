import { readdirSync } from 'node:fs'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { identicalLogRatios } from '../../analysis/estimates.ts'
import { analyseRound } from '../../analysis/round-analysis.ts'
import { placeOnCpus, remarkOnPlacement } from '../../machine/placement.ts'
import type { Listener } from '../../measure/rig.ts'
import { leastSquaresLine } from '../../statistics/regression.ts'
import { meanOrNull, total } from '../../statistics/summary.ts'
import { runUnit, type UnitRun } from '../calibration/unit-run.ts'
import { resolveApps } from '../resolve.ts'
import { openRig } from '../rigs.ts'

/** Enough rounds a minute to see a slope: small rounds, short warm-up. Their numbers are not for quoting. */
const SMALL = { endpoints: ['hello' as const, 'table' as const], rounds: 1000, blocks: 20, warmUp: 0.5 }
const CROWD = { rounds: 2, blocks: 1, warmUp: 0.1 }
const CROWD_APPS = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'koa' : 'fastify'))
const MEBIBYTE = 2 ** 20
const YOUNG_SPACES = new Set(['new_space', 'new_large_object_space'])
/** Points before this share of the time do not count: caches fill and code is compiled. */
const SETTLING_SHARE = 0.25
/** A slope is only blamed when it is proven. */
const ALPHA = 0.01
const FEWEST_POINTS = 4

interface Watched {
  readonly title: string
  readonly unit: 'MiB' | 'files' | '%'
  /** More per hour is a leak, or a drift. */
  readonly allowedPerHour: number
  /** In the whole run: less is no leak yet, whatever it would come to in an hour. */
  readonly negligible: number
  /** It must not fall either; memory that is given back is no leak. */
  readonly eitherWay?: true
}

/** What has to stay where it is, each in its unit. */
const watched = {
  /** Heap and buffers after a garbage collection. Every round leaves its values behind, a kibibyte for each cell; all else is a leak. */
  kept: { title: 'memory that the runner keeps', unit: 'MiB', allowedPerHour: 15, negligible: 2 },
  /** All that the system has given to it, without its young generation. Buffers of histograms come and go by 8 MiB. */
  runner: { title: 'memory of the runner', unit: 'MiB', allowedPerHour: 40, negligible: 8 },
  /**
   * V8 enlarges it in steps, 13 to 36 MiB within the first eight minutes as seen here, up to three semi-spaces of 16 MiB, its default on
   * 64 bits (`--max-semi-space-size` in Node's manual).
   */
  youngGeneration: { title: 'young generation of the runner', unit: 'MiB', allowedPerHour: 0, negligible: 48 },
  load: { title: 'memory of the load generator', unit: 'MiB', allowedPerHour: 40, negligible: 8 },
  openFiles: { title: 'open files of the runner', unit: 'files', allowedPerHour: 4, negligible: 0.5 },
  /** Mean over the endpoints. */
  copies: {
    title: 'second copy of the baseline over the first',
    unit: '%',
    allowedPerHour: 2,
    negligible: 0.2,
    eitherWay: true,
  },
} satisfies Record<string, Watched>

/** What was seen at the end of a round, so many seconds after the start; null: not measured. */
export type SoakPoint = { readonly seconds: number } & Readonly<Record<keyof typeof watched, number | null>>

/** One figure that has to stay where it is. */
export interface SoakFigure extends Omit<Watched, 'eitherWay'> {
  readonly first: number
  readonly last: number
  /** Change per hour by least squares, in the unit, and the probability of one as steep if there were none. */
  readonly slopePerHour: number
  readonly pValue: number
  readonly holds: boolean
}

export interface SoakOutcome {
  readonly rounds: number
  readonly figures: readonly SoakFigure[]
  /** The run with very many apps: how it ended, and the memory it took. */
  readonly crowd: {
    readonly cells: number
    readonly measured: number
    readonly runnerBytes: number
    readonly loadBytes: number | null
  }
}

export interface SoakContext {
  readonly minutes: number
  readonly seed: number
  readonly cwd: string
  readonly signal: AbortSignal
  readonly listener: Listener
}

/** A long run of a small matrix, whose memory, files and A/A pair have to stay where they are; then one of 40 apps on all endpoints. */
export async function soak({ minutes: maxMinutes, seed, cwd, signal, listener }: SoakContext): Promise<SoakOutcome> {
  const placement = placeOnCpus()
  const doubt = remarkOnPlacement(placement)
  if (doubt !== null) listener.remark?.(doubt)
  const run = (apps: readonly string[], options: UnitRun['options'], roundFinished: UnitRun['roundFinished']) => {
    const unit = { apps: resolveApps(apps, cwd), options: { ...options, maxMinutes }, roundFinished }
    return runUnit({ openRig, placement, signal }, unit, seed, listener)
  }
  const collectGarbage = garbageCollector()
  const points: SoakPoint[] = []
  const startedAt = performance.now()
  await run(['koa'], SMALL, ({ round, slices, between, loadResidentBytes }, plan) => {
    collectGarbage()
    const { heapUsed, external, rss } = process.memoryUsage()
    const young = getHeapSpaceStatistics().filter(({ space_name }) => YOUNG_SPACES.has(space_name))
    const youngBytes = total(young, ({ physical_space_size }) => physical_space_size)
    const identical = meanOrNull([...identicalLogRatios([analyseRound(plan, round, slices, { between })]).values()].flat())
    points.push({
      seconds: (performance.now() - startedAt) / 1000,
      kept: (heapUsed + external) / MEBIBYTE,
      runner: (rss - youngBytes) / MEBIBYTE,
      youngGeneration: youngBytes / MEBIBYTE,
      load: loadResidentBytes === null ? null : loadResidentBytes / MEBIBYTE,
      openFiles: readdirSync('/dev/fd').length,
      copies: identical === null ? null : 100 * Math.expm1(identical),
    })
  })
  let loadBytes: number | null = null
  const { result } = await run(CROWD_APPS, CROWD, ({ loadResidentBytes }) => {
    loadBytes = loadResidentBytes
  })
  const { cells } = result
  const measured = cells.filter(({ state }) => state === 'measured').length
  const crowd = { cells: cells.length, measured, runnerBytes: process.memoryUsage.rss(), loadBytes }
  return { rounds: points.length, figures: soakFigures(points), crowd }
}

/** Slopes of everything that has to be flat; figures with too few points are left out. */
export function soakFigures(points: readonly SoakPoint[]): SoakFigure[] {
  const end = points.at(-1)?.seconds ?? 0
  const settled = points.filter(({ seconds }) => seconds >= SETTLING_SHARE * end)
  return Object.entries<Watched>(watched).flatMap(([name, { eitherWay = false, ...figure }]) => {
    const known = settled.flatMap((point) => {
      const value = point[name as keyof typeof watched]
      return value === null ? [] : [{ hours: point.seconds / 3600, value }]
    })
    if (known.length < FEWEST_POINTS) return []
    const [hours, values] = [known.map((point) => point.hours), known.map(({ value }) => value)]
    const { slope, pValue } = leastSquaresLine(hours, values)
    const change = eitherWay ? Math.abs(slope) : slope
    const isNegligible = change * (hours.at(-1)! - hours[0]!) <= figure.negligible
    const holds = change <= figure.allowedPerHour || pValue >= ALPHA || isNegligible
    return [{ ...figure, first: values[0]!, last: values.at(-1)!, slopePerHour: slope, pValue, holds }]
  })
}

/**
 * Has everything collected that nothing refers to any more, so that what is left is what is kept. V8 itself waits until there is a good
 * reason: from its 25th round to its 75th a runner grew by 20 MiB (16 MiB were buffers of histograms), and kept 0.15 MiB of that. Over 300
 * rounds of 4 cells it kept 4 KiB a round, which are the values of its cells.
 */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return collect
}
