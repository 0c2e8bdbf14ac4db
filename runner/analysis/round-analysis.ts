import type { BlockRecord } from '../measure/round.ts'
import { costNs, requestsPerSecond, type Slice } from '../measure/sample.ts'
import { appOf, loadOf, type Plan } from '../plan.ts'
import { trimmedDifference, trimmedLogRatio } from '../statistics/paired-log-ratios.ts'
import { mean, meanOrNull, median, trimmedMean } from '../statistics/summary.ts'
import { countBlocks, type EndpointBlocks } from './blocks.ts'
import { helperFall } from './compiling.ts'
import { type OpenLoopFigures, openLoopOf } from './open-loop.ts'
import { type SlowAnswers, slowAnswers } from './slow-answers.ts'
import { driftOver, positionEffect } from './within-round.ts'

/** Sums of what the load generator has seen. */
export interface LoadSums {
  readonly reconnects: number
  /** Answers of the steady part of slices, and its time. */
  readonly steadyRequests: number
  readonly steadyNs: number
}

/** One cell (app and endpoint) in one round: logs and sums from which every figure of the result is made. */
export interface CellRound extends LoadSums {
  readonly app: string
  readonly endpoint: string
  readonly round: number
  readonly blocks: number
  /** ln of nanoseconds per request. */
  readonly logCost: number
  /** ln of cost over baseline cost, paired by block. */
  readonly logRatio: number
  readonly overheadNs: number
  /** ln of requests per second. */
  readonly logRate: number
  /**
   * Change of the cost from the first block to the last, as a share of it: of the cost above the baseline, of the baseline its own. null:
   * too few blocks.
   */
  readonly drift: number | null
  /** Fall of the share of the CPU time that helper threads take, from the first half of the blocks to the second; null: unknown. */
  readonly helperFall: number | null
  /** Mean distance of the two CPUs over the blocks, nanoseconds; null: unknown. */
  readonly cpuDistanceNs: number | null
  readonly requests: number
  readonly slices: number
  readonly serverCpuNs: number
  readonly elapsedNs: number
  /** With disturbed attempts: of these as well there are latencies, and an app that closes connections disturbs itself. */
  readonly loaded: LoadSums
  /** Median over slices of server CPU over elapsed time. */
  readonly serverBusy: number
  /** null: the driver cannot tell. */
  readonly idleNs: number | null
  readonly userNs: number | null
  readonly systemNs: number | null
  readonly receivedBytes: number
  readonly slow: SlowAnswers
  /** null: the next request of a connection followed the answer. */
  readonly openLoop: OpenLoopFigures | null
}

/** What one round says, in small: slices need not be kept. */
export interface RoundAnalysis {
  readonly round: number
  readonly cells: readonly CellRound[]
  /** ln of the second baseline copy's cost over the first's, by endpoint. */
  readonly identical: readonly { readonly endpoint: string; readonly logRatio: number }[]
  /** Difference of ln cost between the last place in a block and the first, all cells together; null: unknown. */
  readonly positionEffect: number | null
  readonly blocks: readonly EndpointBlocks[]
}

/** Condenses the slices of one round. A cell without a single complete block is left out. */
export function analyseRound(
  plan: Plan,
  round: number,
  measured: readonly Slice[],
  records: readonly BlockRecord[] = [],
): RoundAnalysis {
  const slices = measured.filter(({ disturbance }) => disturbance === null)
  const blocks = 1 + slices.reduce((last, { block }) => Math.max(last, block), -1)
  const apps = [...new Set(plan.deployments.map(({ app }) => app))]
  const cells: CellRound[] = []
  const identical: { endpoint: string; logRatio: number }[] = []
  for (const endpoint of plan.endpoints) {
    const here = slices.filter((slice) => slice.endpoint === endpoint)
    const costsOf = (wanted: string) =>
      plan.deployments
        .filter(({ app }) => app === wanted)
        .map(({ id }) => costsByBlock(here, id, blocks))
        .filter((byBlock) => byBlock.some(Number.isFinite))
    const baseline = costsOf(plan.baseline)
    if (baseline.length === 2) identical.push({ endpoint, logRatio: trimmedLogRatio(baseline[1]!, [baseline[0]!]) })
    for (const app of apps) {
      const own = here.filter((slice) => appOf(plan, slice.deployment) === app && Number.isFinite(costNs(slice)))
      const costs = costsOf(app)
      if (costs.length === 0 || baseline.length === 0) continue
      const paired = app === plan.baseline ? { logRatio: 0, overheadNs: 0 } : pair(costs[0]!, baseline)
      if (Number.isNaN(paired.logRatio)) continue
      const drifts = costs.map((copy) => driftOver(copy, app === plan.baseline ? [] : baseline)).filter((one) => one !== null)
      cells.push({
        ...{ app, endpoint, round, ...paired, ...sums(own) },
        loaded: loadSums(measured.filter((slice) => slice.endpoint === endpoint && appOf(plan, slice.deployment) === app)),
        drift: drifts.length === 0 ? null : mean(drifts),
        slow: slowAnswers(own, loadOf(plan, plan.deployments.find((one) => one.app === app)!).connections),
      })
    }
  }
  return {
    round,
    cells,
    identical: identical.filter(({ logRatio }) => !Number.isNaN(logRatio)),
    positionEffect: positionEffect(slices),
    blocks: countBlocks(records),
  }
}

/** Cost of one deployment by block; NaN where there is none. */
function costsByBlock(slices: readonly Slice[], deployment: string, blocks: number): number[] {
  const byBlock: number[] = new Array(blocks).fill(Number.NaN)
  for (const slice of slices) if (slice.deployment === deployment && slice.drained) byBlock[slice.block] = costNs(slice)
  return byBlock
}

function pair(costs: readonly number[], baseline: readonly number[][]): Pick<CellRound, 'logRatio' | 'overheadNs'> {
  return { logRatio: trimmedLogRatio(costs, baseline), overheadNs: trimmedDifference(costs, baseline) }
}

type Sums = Omit<CellRound, 'app' | 'endpoint' | 'round' | 'logRatio' | 'overheadNs' | 'drift' | 'loaded' | 'slow'>

function sums(slices: readonly Slice[]): Sums {
  return {
    blocks: new Set(slices.map(({ block }) => block)).size,
    slices: slices.length,
    logCost: trimmedMean(slices.map((slice) => Math.log(costNs(slice)))),
    logRate: trimmedMean(slices.map((slice) => Math.log(requestsPerSecond(slice)))),
    helperFall: helperFall(slices),
    cpuDistanceNs: meanOrNull(slices.map(({ cpuDistanceNs }) => cpuDistanceNs)),
    requests: total(slices, ({ requests }) => requests),
    serverCpuNs: total(slices, ({ serverCpuNs }) => serverCpuNs),
    elapsedNs: total(slices, ({ elapsedNs }) => elapsedNs),
    ...loadSums(slices),
    serverBusy: median(slices.map(({ serverCpuNs, elapsedNs }) => serverCpuNs / elapsedNs)),
    idleNs: totalOrNull(slices, ({ idleNs }) => idleNs),
    userNs: totalOrNull(slices, ({ userNs }) => userNs),
    systemNs: totalOrNull(slices, ({ systemNs }) => systemNs),
    receivedBytes: total(slices, ({ receivedBytes }) => receivedBytes),
    openLoop: openLoopOf(slices),
  }
}

function loadSums(slices: readonly Slice[]): LoadSums {
  return {
    reconnects: total(slices, ({ reconnects }) => reconnects),
    steadyRequests: total(slices, ({ steadyRequests }) => steadyRequests),
    steadyNs: total(slices, ({ steadyNs }) => steadyNs),
  }
}

function total(slices: readonly Slice[], of: (slice: Slice) => number): number {
  return slices.reduce((sum, slice) => sum + of(slice), 0)
}

function totalOrNull(slices: readonly Slice[], of: (slice: Slice) => number | null): number | null {
  return slices.some((slice) => of(slice) === null) ? null : total(slices, (slice) => of(slice) ?? 0)
}
