import { trimmedLogRatio } from '../paired-log-ratios.ts'
import { mean } from '../summary.ts'
import type { Random } from './seeded-random.ts'

/**
 * Simulated rounds with planted log ratios, measured as real rounds are: four apps and two copies of the baseline on four
 * endpoints. Fresh processes shift their costs on all endpoints, half of it in common; cells differ in how much by factors of
 * e^-0.35 to e^0.35; what disturbs a block disturbs all its slices. Only tests use this.
 */
const APPS = 4
const ENDPOINTS = 4
const CELLS = APPS * ENDPOINTS
const BLOCKS = 10
const UNEQUAL = Array.from({ length: CELLS }, (_, cell) => Math.exp(0.35 * ((2 * ((cell * 7) % CELLS)) / (CELLS - 1) - 1)))

/** The log ratio of every cell; cell a × 4 + e is app a on endpoint e. */
export const TRUTH = Array.from({ length: CELLS }, (_, cell) => 0.04 * cell)

export interface Conditions {
  /** Standard deviation of the log cost between processes. */
  readonly processDeviation: number
  /** Log noise of one slice; the factor is the cell's. */
  readonly sliceNoise: (random: Random, factor: number) => number
  /** Called once a round; what it gives, once a process, is the factor on that process's deviation. */
  readonly disturbance: (random: Random) => () => number
}

export const normalNoise: Conditions['sliceNoise'] = (random, factor) => 0.02 * factor * random.normal()

/** Skewed upwards, and one slice in twenty costs 10 to 50 % more. The same for all, as the machine's disturbances are. */
export const skewedNoise: Conditions['sliceNoise'] = (random) =>
  0.02 * Math.exp(0.75 * random.normal()) + (random.uniform() < 0.05 ? 0.1 + 0.3 * random.uniform() : 0)

export const quiet: Conditions['disturbance'] = () => () => 1

/** One process in ten has four times the deviation. */
export const outlyingProcesses: Conditions['disturbance'] = (random) => () => (random.uniform() < 0.1 ? 4 : 1)

/** In one round in ten all processes have four times the deviation. */
export const outlyingRounds: Conditions['disturbance'] = (random) => {
  const factor = random.uniform() < 0.1 ? 4 : 1
  return () => factor
}

/** One log ratio of the costs of a cell's slices to those of every copy of the baseline, block by block. */
export type Estimator = (costs: readonly number[], baselines: readonly (readonly number[])[]) => number

/** What most requests cost: block by block, its extremes left out. */
export const typical: Estimator = trimmedLogRatio
/** What all requests cost: sums over sums, nothing left out. Slices of a simulated cell answer equally many. */
export const allIn: Estimator = (costs, baselines) => Math.log(mean(costs) / mean(baselines.flat()))

/** The log ratio of every cell as one round finds it. */
export function simulateRound(
  random: Random,
  { processDeviation, sliceNoise, disturbance }: Conditions,
  estimator: Estimator = typical,
): number[] {
  const disturbed = disturbance(random)
  const common = Array.from({ length: ENDPOINTS }, () => Array.from({ length: BLOCKS }, () => 0.03 * random.normal()))
  const startProcess = (app?: number): number[][] => {
    const deviation = processDeviation * disturbed() * Math.SQRT1_2
    const shift = random.normal()
    return common.map((blocks, endpoint) => {
      const cell = app === undefined ? undefined : app * ENDPOINTS + endpoint
      const factor = cell === undefined ? 1 : UNEQUAL[cell]!
      const level = (cell === undefined ? 0 : TRUTH[cell]!) + factor * deviation * (shift + random.normal())
      return blocks.map((block) => 20 * Math.exp(block + level + sliceNoise(random, factor)))
    })
  }
  const baselines = [startProcess(), startProcess()]
  const apps = Array.from({ length: APPS }, (_, app) => startProcess(app))
  return apps.flatMap((endpoints) =>
    endpoints.map((costs, endpoint) =>
      estimator(
        costs,
        baselines.map((baseline) => baseline[endpoint]!),
      ),
    ),
  )
}
