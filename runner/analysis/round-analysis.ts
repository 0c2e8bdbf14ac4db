import { costNs, type Slice } from '../measure/sample.ts'
import { appOf, type Plan } from '../plan.ts'
import { trimmedDifference, trimmedLogRatio } from '../statistics/paired-log-ratios.ts'
import { median, trimmedMean } from '../statistics/summary.ts'

/** One cell (app and endpoint) in one round: logs and sums from which every figure of the result is made. */
export interface CellRound {
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
  readonly requests: number
  readonly slices: number
  readonly reconnects: number
  readonly serverCpuNs: number
  readonly elapsedNs: number
  /** Median over slices of server CPU over elapsed time. */
  readonly serverBusy: number
  /** null: the driver cannot tell. */
  readonly idleNs: number | null
  readonly userNs: number | null
  readonly systemNs: number | null
  readonly receivedBytes: number
}

/** What one round says, in small: slices need not be kept. */
export interface RoundAnalysis {
  readonly round: number
  readonly cells: readonly CellRound[]
  /** ln of the second baseline copy's cost over the first's, by endpoint. */
  readonly identical: readonly { readonly endpoint: string; readonly logRatio: number }[]
}

/** Condenses the slices of one round. A cell without a single complete block is left out. */
export function analyseRound(plan: Plan, round: number, slices: readonly Slice[]): RoundAnalysis {
  const blocks = 1 + slices.reduce((last, { block }) => Math.max(last, block), -1)
  const costs = (deployment: string, endpoint: string) => {
    const byBlock: number[] = new Array(blocks).fill(Number.NaN)
    for (const slice of slices) {
      if (slice.deployment === deployment && slice.endpoint === endpoint && slice.drained) byBlock[slice.block] = costNs(slice)
    }
    return byBlock
  }
  const apps = [...new Set(plan.deployments.map(({ app }) => app))]
  const copies = plan.deployments.filter(({ app }) => app === plan.baseline).map(({ id }) => id)
  const cells: CellRound[] = []
  const identical: { endpoint: string; logRatio: number }[] = []
  for (const endpoint of plan.endpoints) {
    const baseline = copies.map((id) => costs(id, endpoint)).filter((byBlock) => byBlock.some(Number.isFinite))
    for (const app of apps) {
      const own = slices.filter(
        (slice) => slice.endpoint === endpoint && appOf(plan, slice.deployment) === app && Number.isFinite(costNs(slice)),
      )
      if (own.length === 0 || baseline.length === 0) continue
      const paired = app === plan.baseline ? { logRatio: 0, overheadNs: 0 } : pair(costs(own[0]!.deployment, endpoint), baseline)
      if (Number.isNaN(paired.logRatio)) continue
      cells.push({ app, endpoint, round, ...paired, ...sums(own) })
    }
    if (baseline.length === 2) identical.push({ endpoint, logRatio: trimmedLogRatio(baseline[1]!, [baseline[0]!]) })
  }
  return { round, cells, identical: identical.filter(({ logRatio }) => !Number.isNaN(logRatio)) }
}

function pair(costs: readonly number[], baseline: readonly number[][]): Pick<CellRound, 'logRatio' | 'overheadNs'> {
  return { logRatio: trimmedLogRatio(costs, baseline), overheadNs: trimmedDifference(costs, baseline) }
}

function sums(slices: readonly Slice[]): Omit<CellRound, 'app' | 'endpoint' | 'round' | 'logRatio' | 'overheadNs'> {
  return {
    blocks: new Set(slices.map(({ block }) => block)).size,
    slices: slices.length,
    logCost: trimmedMean(slices.map((slice) => Math.log(costNs(slice)))),
    logRate: trimmedMean(slices.map((slice) => Math.log(requestsPerSecond(slice)))),
    requests: total(slices, ({ requests }) => requests),
    reconnects: total(slices, ({ reconnects }) => reconnects),
    serverCpuNs: total(slices, ({ serverCpuNs }) => serverCpuNs),
    elapsedNs: total(slices, ({ elapsedNs }) => elapsedNs),
    serverBusy: median(slices.map(({ serverCpuNs, elapsedNs }) => serverCpuNs / elapsedNs)),
    idleNs: totalOrNull(slices, ({ idleNs }) => idleNs),
    userNs: totalOrNull(slices, ({ userNs }) => userNs),
    systemNs: totalOrNull(slices, ({ systemNs }) => systemNs),
    receivedBytes: total(slices, ({ receivedBytes }) => receivedBytes),
  }
}

/** The steady rate where the slice was long enough to have one; else all requests over all the time, ramp and drain included. */
function requestsPerSecond(slice: Slice): number {
  const steady = slice.steadyRequests > 0 && slice.steadyNs > 0
  return steady ? (slice.steadyRequests / slice.steadyNs) * 1e9 : (slice.requests / slice.elapsedNs) * 1e9
}

function total(slices: readonly Slice[], of: (slice: Slice) => number): number {
  return slices.reduce((sum, slice) => sum + of(slice), 0)
}

function totalOrNull(slices: readonly Slice[], of: (slice: Slice) => number | null): number | null {
  return slices.some((slice) => of(slice) === null) ? null : total(slices, (slice) => of(slice) ?? 0)
}
