import { loadOf, type Plan } from '../measure/plan.ts'
import { type BetweenSlices, type BlockRecord, costNs, requestsPerSecond, type Slice } from '../measure/records.ts'
import type { RoundValue } from '../result/model.ts'
import { processOf } from '../servers/deployment.ts'
import { mean, meanOrNull, median, trimmedLogRatio, trimmedMean } from '../statistics/summary.ts'
import type { CopySums } from './all-in.ts'
import { type OpenLoopFigures, openLoopOf } from './open-loop.ts'
import { proxyParts } from './proxy-parts.ts'
import { type CellTotals, SEEN_BY_LOAD, SUMMED, sumFields, sumOfHeld } from './sums.ts'
import {
  blockInfluences,
  blockVariance,
  costsByBlock,
  driftOver,
  helperFall,
  positionEffect,
  slowAnswers,
} from './within-round.ts'

/** One cell (app and endpoint) in one round: what every figure of the result is made from. */
export interface CellRound extends CellTotals {
  readonly app: string
  readonly endpoint: string
  readonly slices: number
  /** What a result tells of it, but for what all rounds together decide about: what a request costs (see `cellSeries`). */
  readonly value: Omit<RoundValue, 'costMicroseconds' | 'ratio' | 'overheadMicroseconds' | 'lateMicroseconds'>
  /** All that its servers used and answered in slices that count: two for the baseline. */
  readonly copies: readonly CopySums[]
  /** Variance of the log ratio of one block; null: too few blocks. */
  readonly blockVariance: number | null
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
  readonly blocks: readonly BlockRecord[]
}

/** Condenses the slices of one round. A cell without a single complete block is left out. */
export function analyseRound(
  plan: Plan,
  round: number,
  measured: readonly Slice[],
  {
    blocks = [],
    between = [],
    lane,
  }: { blocks?: readonly BlockRecord[]; between?: readonly BetweenSlices[]; lane?: number } = {},
): RoundAnalysis {
  const { baseline, deployments } = plan
  const counting = measured.filter(({ disturbance }) => disturbance === null)
  const places = 1 + counting.reduce((last, { block }) => Math.max(last, block), -1)
  const cells = plan.endpoints.flatMap((endpoint) => {
    const here = counting.filter((slice) => slice.endpoint === endpoint)
    const copies = deployments.map((deployment) => {
      const slices = here.filter((slice) => slice.deployment === deployment.id && Number.isFinite(costNs(slice)))
      // What is still on its way costs and is not answered.
      const drained = slices.filter((slice) => slice.drained)
      return { deployment, slices, drained, costs: costsByBlock(drained, places, costNs) }
    })
    const byApp = Map.groupBy(copies, ({ deployment }) => deployment.app)
    const costsOf = (app: string) => byApp.get(app)!.flatMap(({ drained, costs }) => (drained.length === 0 ? [] : [costs]))
    const references = costsOf(baseline)
    const ofReferences = blockInfluences(byApp.get(baseline)!.flatMap((copy) => copy.slices))
    return [...byApp].flatMap(([app, own]): CellRound[] => {
      const costs = costsOf(app)
      if (costs.length === 0 || references.length === 0) return []
      const typicalLogRatio = app === baseline ? 0 : mean(costs.map((copy) => trimmedLogRatio(copy, references)))
      if (Number.isNaN(typicalLogRatio)) return []
      const isOwn = (slice: Slice) => own.some(({ deployment }) => slice.deployment === deployment.id)
      const slices = here.filter((slice) => isOwn(slice) && Number.isFinite(costNs(slice)))
      const drifts = costs.map((copy) => driftOver(copy, app === baseline ? [] : references))
      const openLoop = openLoopOf(slices)
      const latencies = own.flatMap((copy) => openLoopOf(copy.slices)?.latency ?? [])
      const proxy = proxyParts(plan, app, here)
      const geometric = (of: (slice: Slice) => number) => Math.exp(trimmedMean(slices.map((slice) => Math.log(of(slice)))))
      return [
        {
          app,
          endpoint,
          slices: slices.length,
          value: {
            round,
            ...(lane !== undefined && { lane }),
            blocks: new Set(slices.map(({ block }) => block)).size,
            requestsPerSecond: geometric(requestsPerSecond),
            typicalCostMicroseconds: geometric(costNs) / 1000,
            typicalRatio: Math.exp(typicalLogRatio),
            cpuDistanceNanoseconds: meanOrNull(slices.map(({ cpuDistanceNs }) => cpuDistanceNs)),
            ...(openLoop !== null && {
              latencyMicroseconds: openLoop.latency,
              dueRequestsPerSecond: openLoop.dueRequestsPerSecond,
            }),
            ...(own.length > 1 && latencies.length === own.length && { copyLatenciesMicroseconds: latencies }),
            ...(proxy !== null && { proxy }),
          },
          ...sumFields(slices, SUMMED),
          loaded: sumFields(
            measured.filter((slice) => slice.endpoint === endpoint && isOwn(slice)),
            SEEN_BY_LOAD,
          ),
          slow: slowAnswers(slices, loadOf(plan, own[0]!.deployment).connections),
          held: sumOfHeld(slices.map(({ held }) => held)),
          copies: own
            .filter(({ drained }) => drained.length > 0)
            .map(({ deployment, drained }) => {
              return { process: processOf(deployment), ...sumFields(drained, ['requests', 'serverCpuNs', 'elapsedNs']) }
            }),
          blockVariance: blockVariance(blockInfluences(slices), ofReferences),
          drift: meanOrNull(drifts),
          helperFall: helperFall(slices),
          serverBusy: median(slices.map(({ serverCpuNs, elapsedNs }) => serverCpuNs / elapsedNs)),
          openLoop,
        },
      ]
    })
  })
  return { round, baseline, between, cells, positionEffect: positionEffect(counting), blocks }
}
