import { costNs, type Slice } from '../measure/records.ts'
import { leastSquaresLine } from '../statistics/regression.ts'
import { centred, theilSenSlope, total, trimmedMean } from '../statistics/summary.ts'
import { type SlowAnswers, sumFields, sumOfSlow } from './sums.ts'

/** A slope through fewer blocks than this is noise, and halves of fewer say nothing. */
const FEWEST_BLOCKS = 4

/** What slices cost by block, by any measure; NaN where there is none, or it says nothing. */
export function costsByBlock(slices: readonly Slice[], blocks: number, of: (slice: Slice) => number): number[] {
  const costs: number[] = new Array(blocks).fill(Number.NaN)
  for (const slice of slices) costs[slice.block] = of(slice)
  return costs
}

/**
 * How much a cost changes from the first block of a round to the last, as a share of it: Theil-Sen slope times blocks. What the reference
 * cost in the same block is taken off first: a machine that becomes slower adds about the same time to every app, and a difference does
 * not see it.
 * @param costs by block, in any unit; NaN marks a missing slice
 * @param references by copy and block, in the same unit; none: the cost itself
 * @returns null when there are too few blocks
 */
export function driftOver(costs: readonly number[], references: readonly (readonly number[])[]): number | null {
  const above = costs.map((cost, block) => cost - total(references, (copy) => copy[block]!) / Math.max(1, references.length))
  const blocks = [...costs.keys()].filter((block) => !Number.isNaN(above[block]))
  if (blocks.length < FEWEST_BLOCKS) return null
  const slope = theilSenSlope(
    blocks,
    blocks.map((block) => above[block]!),
  )
  return (slope * costs.length) / trimmedMean(blocks.map((block) => costs[block]!))
}

/**
 * How much more expensive a slice is for being the last of its block instead of the first, as a difference of logs: least squares of the log
 * cost on the place in the block, after each deployment's own mean on each endpoint has been taken away. Places are drawn at random,
 * so the effect makes the noise larger and takes no side.
 * @param slices those that count, of one round
 * @returns null when all slices have the same place
 */
export function positionEffect(slices: readonly Slice[]): number | null {
  const answered = slices.filter((slice) => Number.isFinite(costNs(slice)))
  const cells = [...Map.groupBy(answered, ({ deployment, endpoint }) => `${deployment} ${endpoint}`).values()]
  const places = Math.max(0, ...answered.map(({ position }) => position))
  const positions = cells.flatMap((cell) => centred(cell.map(({ position }) => position)))
  const logCosts = cells.flatMap((cell) => centred(cell.map((slice) => Math.log(costNs(slice)))))
  return places === 0 ? null : leastSquaresLine(positions, logCosts).slope * places
}

export type HelpedSlice = Pick<Slice, 'block' | 'serverCpuNs' | 'helperCpuNs'>

/**
 * By how much the share of the CPU time that helper threads take falls from the first half of a round's blocks to the second, as a
 * difference of shares. V8's compiler works on such threads, and what it still does while a round is measured is no cost of a request. The
 * share knows nothing of the machine's speed, so it shows an app that is cold where the cost is too noisy to drift visibly.
 * @param slices of one app and endpoint that count, of one round
 * @returns null with too few blocks, or where helper threads are not known
 */
export function helperFall(slices: readonly HelpedSlice[]): number | null {
  const blocks = [...new Set(slices.map(({ block }) => block))].sort((a, b) => a - b)
  if (blocks.length < FEWEST_BLOCKS) return null
  const middle = blocks[Math.floor(blocks.length / 2)]!
  const first = helperShare(slices.filter(({ block }) => block < middle))
  const second = helperShare(slices.filter(({ block }) => block >= middle))
  return first === null || second === null ? null : first - second
}

/** Of all CPU time of the slices; null where it is not known. Samples of older versions have no such field. */
function helperShare(slices: readonly HelpedSlice[]): number | null {
  const known = slices.map(({ helperCpuNs = null, serverCpuNs }) => ({ helperCpuNs, serverCpuNs }))
  const { helperCpuNs, serverCpuNs } = sumFields(known, ['helperCpuNs', 'serverCpuNs'])
  return helperCpuNs !== null && serverCpuNs > 0 ? helperCpuNs / serverCpuNs : null
}

/**
 * An answer that comes so much later than it must, nanoseconds, is slow. Longer than anything that was seen of the suite's apps: 4.8 ms in
 * 1,890 slices on a machine with a load of 15, half of which ended more than 10 ms late.
 */
export const SLOW_ANSWER_NS = 10e6

/** Slices that ended with an answer nobody was working on; those of which that cannot be known are not among them. */
export function slowAnswers(slices: readonly Slice[], connections: number): SlowAnswers {
  const waits = slices.flatMap((slice) => waitForAnswerNs(slice, connections) ?? []).filter((waitNs) => waitNs > SLOW_ANSWER_NS)
  return sumOfSlow(waits.map((waitNs) => ({ slices: 1, waitNs, longestNs: waitNs })))
}

/**
 * For how long the last answers of a slice were owed while server and load generator neither worked nor waited for their CPUs. With the
 * gate closed nothing else is left to wait for than what the app itself waits for. null: the waits for the CPUs are not known.
 */
function waitForAnswerNs(slice: Slice, connections: number): number | null {
  const { drainNs, elapsedNs, serverCpuNs, serverRunDelayNs, serverWaitNs, loadWaitNs } = slice
  if (serverWaitNs === null || loadWaitNs === null) return null
  // One turn of all connections is what it takes to answer what is in flight.
  const lateNs = drainNs - connections * costNs(slice)
  // The wait of any of its threads: what is not certain is not held against an app.
  return Math.min(lateNs, elapsedNs - serverCpuNs - Math.max(serverRunDelayNs, serverWaitNs) - loadWaitNs)
}

/**
 * How much the log ratio of the costs of two cells varies from block to block.
 * @param own influences of the blocks of one round, and those of what it is compared with
 * @returns null with fewer than two blocks
 */
export function blockVariance(own: ReadonlyMap<number, number>, references: ReadonlyMap<number, number>): number | null {
  const blocks = own.size
  if (blocks < 2) return null
  const squares = total([...own], ([block, moved]) => (moved - (references.get(block) ?? 0)) ** 2)
  return (squares * blocks ** 2) / (blocks - 1)
}

/**
 * What each block has moved the log of the cost by: a cost is a ratio of sums over blocks, so that is (CPU time − cost · requests) / all CPU
 * time (the infinitesimal jackknife; Efron and Tibshirani 1993, section 22).
 * @param slices of one round that count; a block with several of them is one block
 */
export function blockInfluences(slices: readonly Slice[]): Map<number, number> {
  const { serverCpuNs, requests } = sumFields(slices, ['serverCpuNs', 'requests'])
  const moved = (slice: Slice) => (slice.serverCpuNs - (serverCpuNs / requests) * slice.requests) / serverCpuNs
  return new Map([...Map.groupBy(slices, ({ block }) => block)].map(([block, of]) => [block, total(of, moved)]))
}
