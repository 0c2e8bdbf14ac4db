import type { Arrivals } from '../load/arrivals.ts'
import type { Capacities } from './capacities.ts'
import { type DisturbanceCode, disturbanceOf } from './disturbance.ts'
import { type Failure, type Fleet, serversCpuNs } from './fleet.ts'
import { arrivalSeed, loadOf, type Plan, type PlannedBlock, repeatedBlock } from './plan.ts'
import type { Rig } from './rig.ts'
import type { Slice } from './sample.ts'
import { measureSlice } from './slice.ts'
import { isOut, sliceFailure } from './slice-failure.ts'

const MOST_REPEATS_OF_A_BLOCK = 2
/** Of the blocks of a round: what a machine disturbs more often than this will disturb the repeats as well. */
const REPEATS_PERCENT = 30

/** How many more blocks of a round may be measured again. */
export class RepeatBudget {
  #left: number

  constructor(plannedBlocks: number) {
    this.#left = Math.ceil((plannedBlocks * REPEATS_PERCENT) / 100)
  }

  /** Takes one repeat; false when none is left. */
  take(): boolean {
    return this.#left-- > 0
  }
}

export interface BlockContext {
  readonly rig: Rig
  readonly plan: Plan
  readonly fleet: Fleet
  readonly round: number
  /** Cells that are out: `app` or `app endpoint`. */
  readonly out: ReadonlySet<string>
  readonly repeats: RepeatBudget
  readonly capacities: Capacities
  readonly signal: AbortSignal
  fail(failure: Failure): void
  sliceMeasured(slice: Slice): void
}

export interface MeasuredBlock {
  /** Of all attempts; those that do not count say why. */
  readonly slices: readonly Slice[]
  readonly disturbances: readonly DisturbanceCode[]
  readonly kept: boolean
}

/** One slice of every deployment on one endpoint; all of them once more when something from outside disturbed one. */
export async function measureBlock(context: BlockContext, planned: PlannedBlock): Promise<MeasuredBlock> {
  const slices: Slice[] = []
  const disturbances: DisturbanceCode[] = []
  for (let attempt = 0; ; attempt++) {
    const { slices: measured, disturbance: seen } = await measureAttempt(context, planned, attempt)
    const again = seen !== null && !context.signal.aborted && attempt < MOST_REPEATS_OF_A_BLOCK && context.repeats.take()
    // Connections that break every time are broken by the app: that is for a finding to say, and no fault of the others.
    const disturbance = seen === 'reconnects' && !again ? null : seen
    slices.push(...measured.map((slice) => ({ ...slice, disturbance })))
    if (disturbance === null) return { slices, disturbances, kept: true }
    disturbances.push(disturbance)
    if (!again) return { slices, disturbances, kept: false }
  }
}

async function measureAttempt(context: BlockContext, planned: PlannedBlock, attempt: number) {
  const { rig, plan, fleet, round, out, capacities } = context
  const { block, endpoint, slices } = attempt === 0 ? planned : repeatedBlock(plan, round, planned, attempt)
  const request = plan.endpoints.indexOf(endpoint)
  const arrivals = arrivalsOf(context, { block, endpoint }, attempt)
  const measured: Slice[] = []
  let failed = false
  const cpuDistanceNs = await rig.cpuDistance()
  const before = { kernel: rig.kernel(), cpuNs: await serversCpuNs(fleet) }
  for (const [position, { deployment: index, milliseconds }] of slices.entries()) {
    const deployment = fleet.deployments[index]
    if (deployment === null || deployment === undefined || context.signal.aborted) continue
    if (isOut(plan, deployment.plan.app, endpoint, out)) continue
    const due = arrivals[index]
    // Its rate is a share of something of which nothing is known.
    if (due === null) continue
    const place = { round, block, endpoint, position, attempt, cpuDistanceNs }
    const order = { ...place, request, milliseconds, ...(due === undefined ? {} : { arrivals: due }) }
    const { slice, firstProblem } = await measureSlice(fleet.session, deployment, order, rig)
    const failure = await sliceFailure(deployment, slice, firstProblem)
    if (failure === null) measured.push(slice)
    else context.fail(failure)
    failed ||= failure !== null
    capacities.note(deployment.plan.id, request, slice)
    context.sliceMeasured(slice)
  }
  // An app that fails takes connections and time with it: that is its own doing, and it is out.
  if (failed || measured.length === 0) return { slices: measured, disturbance: null }
  const ownNs = measured.reduce((sum, { serverCpuNs }) => sum + serverCpuNs, 0)
  const spilledNs = (await serversCpuNs(fleet)) - before.cpuNs - ownNs
  const disturbance = disturbanceOf({ slices: measured, spilledNs, before: before.kernel, after: rig.kernel() })
  return { slices: measured, disturbance }
}

/**
 * When requests are due, by deployment: decided before the first slice, so that the same rate is the same for all of them. undefined: in a
 * closed loop; null: the rate is not known.
 */
function arrivalsOf(
  { plan, round, capacities }: BlockContext,
  place: Pick<PlannedBlock, 'block' | 'endpoint'>,
  attempt: number,
): (Arrivals | null | undefined)[] {
  const request = plan.endpoints.indexOf(place.endpoint)
  const seed = arrivalSeed(plan, round, place, attempt)
  return plan.deployments.map((deployment) => {
    const { arrivals } = loadOf(plan, deployment)
    if (arrivals === null) return undefined
    const ratePerSecond = capacities.rateOf(arrivals, request)
    return ratePerSecond === null ? null : { ratePerSecond, seed }
  })
}
