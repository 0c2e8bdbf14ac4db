import type { Blocks, Environment, Estimate, Finding } from '../../result/model.ts'
import { total } from '../../statistics/summary.ts'
import { copiesAgree } from '../copies.ts'
import { excludes, POSITION_LEVEL, rescaled } from '../estimates.ts'
import { FEWEST_FAST, SLOW } from '../slow-rounds.ts'
import { type Facts, type Found, findingOf, fixed, invalid, kindsOf, MARGIN, note, percent, signed, suspect } from './finding.ts'

const copies = ({ endpoint, ratio, low, high }: Facts) => `${endpoint}: ${fixed(ratio, 4)} [${fixed(low, 4)}, ${fixed(high, 4)}]`

/** Attempts at blocks that were disturbed. */
const TOO_BUSY_SHARE = 0.3
/** CPU time taken by the hypervisor, share of the two CPUs in use. Seen: 0.00005. */
const STEAL_SHARE = 0.02
/** CPU time used by other programs. Seen: 0.007 to 0.009. */
export const FOREIGN_SHARE = 0.05
/** Farthest round over nearest: a virtual machine was moved. Seen: 1.05 in one place, 3.2 between two. */
const DISTANCE_CHANGE = 1.25
/** First to last place of a block, share of the cost. */
const POSITION_EFFECT = 0.005

export const machineKinds = kindsOf('run', {
  'identical-differ': invalid({
    meaning: `The two copies of the baseline differ by more than ${percent(MARGIN, 0)}, and the interval of their ratio (95 %, corrected for the number of endpoints) excludes 1, on this endpoint or another. Then every interval of the run is wider by what they may differ by (the far end of their interval), and that of this cell's ratio holds 1: whether the app differs from the baseline cannot be told.`,
    message: (facts) =>
      `two copies of the same server differ on ${copies(facts)}; this run cannot tell whether the app differs from the baseline`,
    advice: 'Measure again on a quieter machine; if it comes back, something treats the two copies differently.',
  }),
  'identical-bound': note({
    meaning: `As identical-differ, but the wider interval of the cell's ratio excludes 1: the app differs from the baseline by more than the copies may differ from each other. Apps that are nearer to each other than that are tied.`,
    message: (facts) =>
      `two copies of the same server differ on ${copies(facts)}; all intervals of this run are wider by that, and smaller differences are ties`,
    advice: 'Nothing has to be done for large differences; measure again for small ones.',
  }),
  'identical-slightly-differ': note({
    meaning: `As identical-differ, but they differ by ${percent(MARGIN, 0)} or less. One run in twenty shows it by chance.`,
    message: (facts) =>
      `two copies of the same server differ a little on ${copies(facts)}; all intervals of this run are wider by that`,
    advice: 'Take differences of this size for none; one run in twenty shows this by chance.',
  }),
  'blocks-repeated': note({
    meaning:
      'So many blocks were disturbed from outside and measured again. Whether a block was disturbed is decided without a look at its cost (docs/methodology.md, "Disturbed blocks").',
    message: ({ disturbed, attempts, causes }) =>
      `${disturbed} of ${attempts} measured blocks were disturbed and do not count: ${causes}`,
    advice: 'Nothing has to be done; a quieter machine needs fewer repeats.',
  }),
  'machine-too-busy': invalid({
    meaning: `More than ${percent(TOO_BUSY_SHARE, 0)} of all attempts at blocks were disturbed. What is left describes exceptions; nothing is ranked.`,
    message: ({ disturbed, attempts, causes }) =>
      `the machine was too busy: ${disturbed} of ${attempts} measured blocks were disturbed (${causes})`,
    advice: 'End other programs, or use a machine of your own.',
  }),
  steal: suspect({
    meaning: `The hypervisor took more than ${percent(STEAL_SHARE, 0)} of the CPU time of the two CPUs in use, from the start of a round to its end. 0.005 % was seen in valid runs. Not every hypervisor tells.`,
    message: ({ share }) => `the hypervisor took ${percent(share)} of the CPU time: other guests shared these CPUs`,
    advice: 'Measure at another time, or on a machine with CPUs of its own.',
  }),
  'foreign-cpu': suspect({
    meaning: `Programs that are no part of the run used more than ${percent(FOREIGN_SHARE, 0)} of the CPU time of the two CPUs in use. 0.7 to 0.9 % was seen in valid runs.`,
    message: ({ share }) => `other programs used ${percent(share)} of the CPU time of server and load generator`,
    advice: 'End other programs, or give server and load generator CPUs that nothing else uses.',
  }),
  'cpu-distance-changed': note({
    meaning: `The two CPUs were more than ${fixed(DISTANCE_CHANGE, 2)} times as far from each other in one round as in another: the host of a virtual machine has moved one of them to other cores, or lanes differ in this. A request moves cache lines between them, so every app pays the same time more when they are far, and ratios are nearer to 1. The run is measured at the mean distance; intervals are for that distance, and what the distance explains is taken out of them.`,
    message: ({ low, high, mean }) =>
      `the two CPUs were ${fixed(low, 0)} to ${fixed(high, 0)} ns apart (round trip of a cache line); costs and ratios are those at ${fixed(mean, 0)} ns`,
    advice: 'Compare with runs at a like distance only; microseconds over the baseline hardly depend on it.',
  }),
  'slow-rounds-left-out': note({
    meaning: `In so many rounds the machine was slow: every app cost at least ${fixed(SLOW, 1)} times what it cost in its cheapest round. No ratio is looked at. They are in the samples and do not count, because then neighbours of a virtual machine take caches and execution units away: large programs lose more by it than small ones, and ratios are those of another machine (docs/methodology.md, "Slow rounds").`,
    message: (facts) => `${slowRounds(facts)}; slow rounds do not count`,
    advice: 'Nothing has to be done; on a machine without neighbours there are none.',
  }),
  'slow-rounds-count': suspect({
    meaning: `As slow-rounds-left-out, but fewer than ${FEWEST_FAST} rounds would be left. All count, and ratios are those of a mix of what the machine was.`,
    message: (facts) => `${slowRounds(facts)}; with so few others they do count, and ratios are those of a mix`,
    advice: 'Measure longer, at another time, or on a machine without neighbours.',
  }),
  'position-effect': note({
    meaning: `The last slice of a block costs more than ${percent(POSITION_EFFECT)} more or less than the first, and the ${percent(POSITION_LEVEL, 0)} interval over the rounds excludes 0. The order is drawn again in every block, so this makes intervals wider and favours nobody.`,
    message: ({ effectPercent, low, high }) =>
      `the last slice of a block costs ${signed(effectPercent, 2)} [${signed(low, 2)}, ${signed(high, 2)}] of the first`,
    advice: 'Nothing has to be done; the random order keeps it out of the ratios.',
  }),
})

const slowRounds = ({ slow, of, low, high }: Facts) => {
  const times = low === high ? fixed(low, 2) : `${fixed(low, 2)} to ${fixed(high, 2)}`
  return `in ${slow} of ${of} rounds the machine was slow: every app cost at least ${times} times what it costs in its cheapest round`
}

const finding = findingOf(machineKinds)

/**
 * The A/A finding of one endpoint, or none.
 * @param own ratio of an app to the baseline, wider by what copies may differ by in the run; null: of the baseline itself, or of the run
 */
export function checkIdentical(endpoint: string, ratio: Estimate, own: Estimate | null = null): Finding[] {
  if (copiesAgree(ratio)) return []
  const facts = { endpoint, ratio: ratio.value, low: ratio.low, high: ratio.high }
  const far = Math.abs(Math.log(ratio.value)) > Math.log1p(MARGIN)
  if (!far) return [finding('identical-slightly-differ', facts)]
  return [finding(own === null || excludes(own, 1) ? 'identical-bound' : 'identical-differ', facts)]
}

/** What the machine did beside the run: shares of the CPU time of the two CPUs in use, 0 to 1, and their distance; null: unknown. */
export interface NoiseShares {
  readonly stealShare: number | null
  readonly foreignShare: number | null
  readonly cpuDistanceNanoseconds: Environment['cpuDistanceNanoseconds']
  readonly slowRounds: Environment['slowRounds']
  /** There were too few others. */
  readonly slowRoundsCount: boolean
  /** Measured, whether they count or not. */
  readonly rounds: number
}

/** Who else used the CPUs, did they stay where they were, and were they always as fast? */
export function checkNoise({ stealShare, foreignShare, cpuDistanceNanoseconds: distance, ...speed }: NoiseShares): Found[] {
  const slowdowns = speed.slowRounds.map(({ slowdown }) => slowdown)
  const slow = { slow: slowdowns.length, of: speed.rounds, low: Math.min(...slowdowns), high: Math.max(...slowdowns) }
  return [
    stealShare !== null && stealShare > STEAL_SHARE && finding('steal', { share: stealShare }),
    foreignShare !== null && foreignShare > FOREIGN_SHARE && finding('foreign-cpu', { share: foreignShare }),
    distance !== null && distance.high > distance.low * DISTANCE_CHANGE && finding('cpu-distance-changed', { ...distance }),
    slow.slow > 0 && finding(speed.slowRoundsCount ? 'slow-rounds-count' : 'slow-rounds-left-out', slow),
  ]
}

/** How many blocks had to be measured again, and was it too many? */
export function checkDisturbedBlocks(blocks: Blocks | null): Found {
  if (blocks === null) return null
  const { attempts } = blocks
  const byCause = Object.entries(blocks.disturbances).sort(([, a], [, b]) => b - a)
  const sum = (causes: typeof byCause) => total(causes, ([, count]) => count)
  // Connections are closed by an app, not by the machine; that has a finding of its own.
  const byMachine = sum(byCause.filter(([code]) => code !== 'reconnects'))
  const disturbed = sum(byCause)
  const causes = byCause.map(([code, count]) => `${count} ${code}`).join(', ')
  const code = byMachine > attempts * TOO_BUSY_SHARE ? 'machine-too-busy' : 'blocks-repeated'
  return disturbed > 0 && finding(code, { disturbed, attempts, causes })
}

/**
 * Does the place in the block matter?
 * @param ratio cost of the last place over the first, at POSITION_LEVEL; null: unknown
 */
export function checkPosition(ratio: Estimate | null): Found {
  if (ratio === null || Math.abs(ratio.value - 1) <= POSITION_EFFECT || !excludes(ratio, 1)) return null
  const { value: effectPercent, low, high } = rescaled(ratio, (value) => (value - 1) * 100)
  return finding('position-effect', { effectPercent, low, high })
}
