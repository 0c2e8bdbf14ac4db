import { readdirSync } from 'node:fs'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { identicalLogRatios } from '../../analysis/estimates.ts'
import { analyseRound } from '../../analysis/round-analysis.ts'
import { placeOnCpus, remarkOnPlacement } from '../../machine/cpus.ts'
import type { Listener } from '../../measure/listener.ts'
import { withDefaults } from '../../measure/options.ts'
import { knownApps } from '../../servers/find-app.ts'
import { mean, total } from '../../statistics/summary.ts'
import { planOf, resolveApps } from '../resolve.ts'
import { openRig } from '../rigs.ts'
import { runPlan } from '../run.ts'
import { type SoakFigure, type SoakPoint, soakFigures } from './soak-figures.ts'

/** Enough rounds a minute to see a slope: small rounds, short warm-up. Their numbers are not for quoting. */
const SMALL = { apps: ['node-http', 'koa'], endpoints: ['hello', 'table'] as const, blocks: 20, warmUp: 0.5 }
const CROWD = { apps: 40, rounds: 2, blocks: 1, warmUp: 0.1 }
const MOST_ROUNDS = 1000
const YOUNG_SPACES = new Set(['new_space', 'new_large_object_space'])

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
export async function soak(context: SoakContext): Promise<SoakOutcome> {
  const points: SoakPoint[] = []
  const doubt = remarkOnPlacement(placeOnCpus())
  if (doubt !== null) context.listener.remark?.(doubt)
  const startedAt = performance.now()
  await measure(context, { ...SMALL, rounds: MOST_ROUNDS, maxMinutes: context.minutes }, (loadBytes, identical) => {
    collectGarbage()
    const { heapUsed, external, rss } = process.memoryUsage()
    const youngGenerationBytes = youngGeneration()
    points.push({
      seconds: (performance.now() - startedAt) / 1000,
      keptBytes: heapUsed + external,
      runnerBytes: rss - youngGenerationBytes,
      youngGenerationBytes,
      loadBytes,
      fileDescriptors: readdirSync('/dev/fd').length,
      identicalLogRatio: identical.length === 0 ? null : mean(identical),
    })
  })
  let loadBytes: number | null = null
  const apps = Array.from({ length: CROWD.apps }, (_, index) => (index % 2 === 0 ? 'koa' : 'fastify'))
  const { cells } = await measure(context, { ...CROWD, apps: ['node-http', ...apps], maxMinutes: context.minutes }, (bytes) => {
    loadBytes = bytes
  })
  const measured = cells.filter(({ state }) => state === 'measured').length
  const crowd = { cells: cells.length, measured, runnerBytes: process.memoryUsage.rss(), loadBytes }
  return { rounds: points.length, figures: soakFigures(points), crowd }
}

/** Bytes that the system has given for it. */
function youngGeneration(): number {
  const young = getHeapSpaceStatistics().filter(({ space_name }) => YOUNG_SPACES.has(space_name))
  return total(young, ({ physical_space_size }) => physical_space_size)
}

async function measure(
  { seed, cwd, signal, listener }: SoakContext,
  given: Parameters<typeof withDefaults>[0],
  roundFinished: (loadBytes: number | null, identicalLogRatios: readonly number[]) => void,
) {
  const options = withDefaults({ ...given, seed }, knownApps(), seed)
  const apps = resolveApps(options.apps, cwd)
  const plan = planOf(options, apps)
  const placement = placeOnCpus()
  const opened = await openRig(options.driver, seed, placement)
  const order = { options, apps, plan, placement, opened, startedAt: new Date() }
  const { result, problem } = await runPlan(order, {
    listener,
    signal,
    async roundFinished({ round, slices, between, loadResidentBytes }) {
      const identical = identicalLogRatios([analyseRound(plan, round, slices, { between })])
      roundFinished(loadResidentBytes, [...identical.values()].flat())
    },
  })
  if (problem !== null) throw problem
  return result
}

/**
 * Has everything collected that nothing refers to any more, so that what is left is what is kept. V8 itself waits until there is a good
 * reason: from its 25th round to its 75th a runner grew by 20 MiB (16 MiB were buffers of histograms), and kept 0.15 MiB of that. Over 300
 * rounds of 4 cells it kept 4 KiB a round, which are the values of its cells.
 */
export const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return collect
})()
