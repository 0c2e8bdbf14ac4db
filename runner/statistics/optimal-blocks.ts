import { mean, variance } from './summary.ts'

/** Where the variance of round values comes from, on the squared scale of the values. */
export interface VarianceComponents {
  /** Between blocks of one round. */
  readonly block: number
  /** Between rounds, beyond what their blocks account for: fresh processes, the hour, the neighbours. */
  readonly round: number
}

/**
 * Splits the variance of a cell's block values into its two levels by one-way analysis of variance (Kalibera & Jones 2013,
 * "Rigorous benchmarking in reasonable time": the T² of each level). The round's part is never below zero.
 * @param rounds rounds[r][b] is the log cost of block b of round r; numbers of blocks may differ
 * @throws RangeError with fewer than two rounds, or fewer than two blocks in every round or none in some.
 */
export function varianceComponents(rounds: readonly (readonly number[])[]): VarianceComponents {
  const repeated = rounds.filter((blocks) => blocks.length > 1)
  const degreesOfFreedom = repeated.reduce((total, blocks) => total + blocks.length - 1, 0)
  if (degreesOfFreedom === 0) throw new RangeError('the variance between blocks needs a round with at least two')
  const squares = repeated.reduce((total, blocks) => total + (blocks.length - 1) * variance(blocks), 0)
  const block = squares / degreesOfFreedom
  const explained = block * mean(rounds.map((blocks) => 1 / blocks.length))
  return { block, round: Math.max(0, variance(rounds.map(mean)) - explained) }
}

/** What a round and a block cost, in one unit, usually seconds. */
export interface AllocationCosts {
  /** Paid once a round, whatever its number of blocks: start, warm-up, stop. */
  readonly round: number
  readonly block: number
}

/**
 * Blocks per round that make the interval narrowest for a given total time: the square root of (cost of a round ÷ cost of a
 * block × variance of a block ÷ variance of a round), rounded up (Kalibera & Jones 2013).
 * @returns a whole number within the limits; `most` when rounds do not differ beyond their blocks
 * @throws RangeError when a cost is not above zero.
 */
export function optimalBlocks(
  costs: AllocationCosts,
  components: VarianceComponents,
  { least = 1, most = Infinity }: { least?: number; most?: number } = {},
): number {
  if (!(costs.round > 0 && costs.block > 0)) throw new RangeError('the costs of a round and of a block must be above zero')
  if (components.block === 0) return least
  const optimum = Math.ceil(Math.sqrt((costs.round / costs.block) * (components.block / components.round)))
  return Math.min(most, Math.max(least, optimum))
}
