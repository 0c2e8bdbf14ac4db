import type { HeldAnswers } from '../load/driver.ts'
import { appOf, loadOf, type Plan } from '../measure/plan.ts'
import type { BetweenSlices, BlockRecord } from '../measure/records.ts'
import { costNs, requestsPerSecond, type Slice } from '../measure/sample.ts'
import { processOf } from '../servers/deployment.ts'
import { trimmedLogRatio } from '../statistics/paired-log-ratios.ts'
import { mean, meanOrNull, median, trimmedMean } from '../statistics/summary.ts'
import type { CopySums } from './all-in.ts'
import { countBlocks, type EndpointBlocks } from './blocks.ts'
import { helperFall } from './compiling.ts'
import { type OpenLoopFigures, openLoopOf } from './open-loop.ts'
import { type SlowAnswers, slowAnswers, sumOfHeld } from './slow-answers.ts'
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
  /** ln of nanoseconds that most requests cost: a trimmed mean over slices. */
  readonly typicalLogCost: number
  /** ln of typical cost over that of the baseline, paired by block. */
  readonly typicalLogRatio: number
  /** All that its servers used and answered in slices that count: two for the baseline. */
  readonly copies: readonly CopySums[]
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
  /** Time in which the server wanted to run while something else ran on its CPU; null: unknown. */
  readonly waitNs: number | null
  readonly userNs: number | null
  readonly systemNs: number | null
  readonly receivedBytes: number
  readonly slow: SlowAnswers
  readonly held: HeldAnswers
  /** For which server and load generator waited for their CPUs; null: unknown. */
  readonly cpuWaitNs: number | null
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
  const slices = measured.filter(({ disturbance }) => disturbance === null)
  const blocks = 1 + slices.reduce((last, { block }) => Math.max(last, block), -1)
  const apps = [...new Set(plan.deployments.map(({ app }) => app))]
  const cells: CellRound[] = []
  for (const endpoint of plan.endpoints) {
    const here = slices.filter((slice) => slice.endpoint === endpoint)
    const costsOf = (wanted: string) =>
      plan.deployments
        .filter(({ app }) => app === wanted)
        .map(({ id }) => costsByBlock(here, id, blocks))
        .filter((byBlock) => byBlock.some(Number.isFinite))
    const baseline = costsOf(plan.baseline)
    for (const app of apps) {
      const own = here.filter((slice) => appOf(plan, slice.deployment) === app && Number.isFinite(costNs(slice)))
      const costs = costsOf(app)
      if (costs.length === 0 || baseline.length === 0) continue
      const typicalLogRatio = app === plan.baseline ? 0 : trimmedLogRatio(costs[0]!, baseline)
      if (Number.isNaN(typicalLogRatio)) continue
      const drifts = costs.map((copy) => driftOver(copy, app === plan.baseline ? [] : baseline)).filter((one) => one !== null)
      cells.push({
        ...{ app, endpoint, round, typicalLogRatio, copies: copySums(plan, app, own), ...sums(own) },
        loaded: loadSums(measured.filter((slice) => slice.endpoint === endpoint && appOf(plan, slice.deployment) === app)),
        drift: drifts.length === 0 ? null : mean(drifts),
        slow: slowAnswers(own, loadOf(plan, plan.deployments.find((one) => one.app === app)!).connections),
      })
    }
  }
  return {
    ...{ round, baseline: plan.baseline, between, cells },
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

/** One for every server of an app, in the order of the plan. Of drained slices only: what is still on its way costs and is not answered. */
function copySums(plan: Plan, app: string, slices: readonly Slice[]): CopySums[] {
  return plan.deployments
    .filter((deployment) => deployment.app === app)
    .flatMap((deployment) => {
      const own = slices.filter((slice) => slice.deployment === deployment.id && slice.drained)
      if (own.length === 0) return []
      return [
        {
          process: processOf(deployment),
          requests: total(own, ({ requests }) => requests),
          serverCpuNs: total(own, ({ serverCpuNs }) => serverCpuNs),
          elapsedNs: total(own, ({ elapsedNs }) => elapsedNs),
        },
      ]
    })
}

type Sums = Omit<CellRound, 'app' | 'endpoint' | 'round' | 'typicalLogRatio' | 'copies' | 'drift' | 'loaded' | 'slow'>

function sums(slices: readonly Slice[]): Sums {
  return {
    blocks: new Set(slices.map(({ block }) => block)).size,
    slices: slices.length,
    typicalLogCost: trimmedMean(slices.map((slice) => Math.log(costNs(slice)))),
    logRate: trimmedMean(slices.map((slice) => Math.log(requestsPerSecond(slice)))),
    helperFall: helperFall(slices),
    cpuDistanceNs: meanOrNull(slices.map(({ cpuDistanceNs }) => cpuDistanceNs)),
    requests: total(slices, ({ requests }) => requests),
    serverCpuNs: total(slices, ({ serverCpuNs }) => serverCpuNs),
    elapsedNs: total(slices, ({ elapsedNs }) => elapsedNs),
    ...loadSums(slices),
    serverBusy: median(slices.map(({ serverCpuNs, elapsedNs }) => serverCpuNs / elapsedNs)),
    idleNs: totalOrNull(slices, ({ idleNs }) => idleNs),
    waitNs: totalOrNull(slices, ({ serverWaitNs }) => serverWaitNs),
    userNs: totalOrNull(slices, ({ userNs }) => userNs),
    systemNs: totalOrNull(slices, ({ systemNs }) => systemNs),
    receivedBytes: total(slices, ({ receivedBytes }) => receivedBytes),
    held: sumOfHeld(slices.map(({ held }) => held)),
    cpuWaitNs: totalOrNull(slices, cpuWaitNs),
    openLoop: openLoopOf(slices),
  }
}

function cpuWaitNs({ serverWaitNs, loadWaitNs }: Slice): number | null {
  return serverWaitNs === null || loadWaitNs === null ? null : serverWaitNs + loadWaitNs
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
