import { appOf, loadOf, type Plan } from '../measure/plan.ts'
import { type BetweenSlices, type BlockRecord, costNs, requestsPerSecond, type Slice } from '../measure/records.ts'
import type { RoundValue } from '../result/model.ts'
import { processOf } from '../servers/deployment.ts'
import { meanOrNull, median, trimmedLogRatio, trimmedMean } from '../statistics/summary.ts'
import type { CopySums } from './all-in.ts'
import { type OpenLoopFigures, openLoopOf } from './open-loop.ts'
import { proxyParts } from './proxy-parts.ts'
import { type CellTotals, countBlocks, type EndpointBlocks, loadSums, sliceSums, sumFields, sumOfHeld } from './sums.ts'
import { driftOver, helperFall, positionEffect, slowAnswers } from './within-round.ts'

/** One cell (app and endpoint) in one round: what every figure of the result is made from. */
export interface CellRound extends CellTotals {
  readonly app: string
  readonly endpoint: string
  readonly slices: number
  /** What a result tells of it, but for what all rounds together decide about: what a request costs (see `cellSeries`). */
  readonly value: Omit<RoundValue, 'costMicroseconds' | 'ratio' | 'overheadMicroseconds' | 'lateMicroseconds'>
  /** All that its servers used and answered in slices that count: two for the baseline. */
  readonly copies: readonly CopySums[]
  /**
   * Change of the cost from the first block to the last, as a share of it: of the cost above the baseline, of the baseline its own. null:
   * too few blocks.
   */
  readonly drift: number | null
  /** Fall of the share of the CPU time that helper threads take, from the first half of the blocks to the second; null: unknown. */
  readonly helperFall: number | null
  /** Median over slices of server CPU over elapsed time. */
  readonly serverBusy: number
  /** null: the next request of a connection followed the answer. */
  readonly openLoop: OpenLoopFigures | null
}

/** What one round says, in small: slices need not be kept. */
export interface RoundAnalysis {
  readonly round: number
  /** The app that every other is compared with. */
  readonly baseline: string
  /** Its servers outside their slices; none where that was not watched. */
  readonly between: readonly BetweenSlices[]
  readonly cells: readonly CellRound[]
  /** Difference of ln cost between the last place in a block and the first, all cells together; null: unknown. */
  readonly positionEffect: number | null
  readonly blocks: readonly EndpointBlocks[]
}

/** Condenses the slices of one round. A cell without a single complete block is left out. */
export function analyseRound(
  plan: Plan,
  round: number,
  measured: readonly Slice[],
  { blocks: records = [], between = [] }: { blocks?: readonly BlockRecord[]; between?: readonly BetweenSlices[] } = {},
): RoundAnalysis {
  const { baseline } = plan
  const counting = measured.filter(({ disturbance }) => disturbance === null)
  const blocks = 1 + counting.reduce((last, { block }) => Math.max(last, block), -1)
  const apps = [...new Set(plan.deployments.map(({ app }) => app))]
  const cells = plan.endpoints.flatMap((endpoint) => {
    const here = counting.filter((slice) => slice.endpoint === endpoint)
    const costs = new Map(apps.map((app) => [app, costsByCopy(plan, app, here, blocks)]))
    const references = costs.get(baseline)!
    return apps.flatMap((app): CellRound[] => {
      const copies = costs.get(app)!
      if (copies.length === 0 || references.length === 0) return []
      const typicalLogRatio = app === baseline ? 0 : trimmedLogRatio(copies[0]!, references)
      if (Number.isNaN(typicalLogRatio)) return []
      const isOwn = (slice: Slice) => slice.endpoint === endpoint && appOf(plan, slice.deployment) === app
      const slices = counting.filter((slice) => isOwn(slice) && Number.isFinite(costNs(slice)))
      const drifts = copies.map((copy) => driftOver(copy, app === baseline ? [] : references)).filter((one) => one !== null)
      const openLoop = openLoopOf(slices)
      const proxy = proxyParts(plan, app, here)
      const latencies = copyLatencies(plan, app, slices)
      const geometric = (of: (slice: Slice) => number) => Math.exp(trimmedMean(slices.map((slice) => Math.log(of(slice)))))
      return [
        {
          app,
          endpoint,
          slices: slices.length,
          value: {
            round,
            blocks: new Set(slices.map(({ block }) => block)).size,
            requestsPerSecond: geometric(requestsPerSecond),
            typicalCostMicroseconds: geometric(costNs) / 1000,
            typicalRatio: Math.exp(typicalLogRatio),
            cpuDistanceNanoseconds: meanOrNull(slices.map(({ cpuDistanceNs }) => cpuDistanceNs)),
            ...(openLoop !== null && { latencyMicroseconds: openLoop.latency, dueRequestsPerSecond: openLoop.ratePerSecond }),
            ...(latencies.length > 0 && { copyLatenciesMicroseconds: latencies }),
            ...(proxy !== null && { proxy }),
          },
          ...sliceSums(slices),
          loaded: loadSums(measured.filter(isOwn)),
          slow: slowAnswers(slices, loadOf(plan, plan.deployments.find((one) => one.app === app)!).connections),
          held: sumOfHeld(slices.map(({ held }) => held)),
          copies: copySums(plan, app, slices),
          drift: meanOrNull(drifts),
          helperFall: helperFall(slices),
          serverBusy: median(slices.map(({ serverCpuNs, elapsedNs }) => serverCpuNs / elapsedNs)),
          openLoop,
        },
      ]
    })
  })
  return { round, baseline, between, cells, positionEffect: positionEffect(counting), blocks: countBlocks(records) }
}

/** Costs of every copy of an app by block; NaN where there is none. A copy without any is left out. */
function costsByCopy(plan: Plan, app: string, slices: readonly Slice[], blocks: number): number[][] {
  return slicesByCopy(plan, app, slices)
    .map(({ drained }) => {
      const byBlock: number[] = new Array(blocks).fill(Number.NaN)
      for (const slice of drained) byBlock[slice.block] = costNs(slice)
      return byBlock
    })
    .filter((byBlock) => byBlock.some(Number.isFinite))
}

/** One for every server of an app, in the order of the plan. */
function copySums(plan: Plan, app: string, slices: readonly Slice[]): CopySums[] {
  return slicesByCopy(plan, app, slices)
    .filter(({ drained }) => drained.length > 0)
    .map(({ process, drained }) => ({ process, ...sumFields(drained, ['requests', 'serverCpuNs', 'elapsedNs']) }))
}

/** A single copy has those of the cell. */
function copyLatencies({ deployments }: Plan, app: string, slices: readonly Slice[]): OpenLoopFigures['latency'][] {
  const copies = deployments.filter((deployment) => deployment.app === app)
  const latencies = copies.flatMap(({ id }) => openLoopOf(slices.filter(({ deployment }) => deployment === id))?.latency ?? [])
  return copies.length > 1 && latencies.length === copies.length ? latencies : []
}

/** Drained slices only: what is still on its way costs and is not answered. */
function slicesByCopy({ deployments }: Plan, app: string, slices: readonly Slice[]) {
  return deployments
    .filter((deployment) => deployment.app === app)
    .map((deployment) => ({
      process: processOf(deployment),
      drained: slices.filter((slice) => slice.deployment === deployment.id && slice.drained),
    }))
}
