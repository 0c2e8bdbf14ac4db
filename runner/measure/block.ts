import type { Arrivals } from '../load/arrivals.ts'
import type { Pulse } from '../load/driver.ts'
import type { ArrivalShape } from '../result/load-shape.ts'
import { paysForBreaks } from '../servers/deployment.ts'
import { median, total } from '../statistics/summary.ts'
import { type DisturbanceCode, disturbanceOf } from './disturbance.ts'
import { Failures, sliceFailure } from './failures.ts'
import { type Fleet, serversCpuNs } from './fleet.ts'
import { arrivalSeed, loadOf, type PlannedBlock, repeatedBlock } from './plan.ts'
import { type BlockRecord, type RatedPulse, requestsPerSecond, type Slice } from './records.ts'
import type { RunContext } from './rig.ts'
import { measureSlice, type SliceOrder } from './slice.ts'

/**
 * Load before a slice of what costs more after every break, milliseconds: Bun pays for 0.2 s, Deno and Go for 0.4 s after 3 s. It is no part of the
 * slice (docs/precision-log.md, "Slices of other runtimes").
 */
const LEAD_IN_MILLISECONDS = 400

/** So many of the latest pulses tell what a cell can give: enough for a middle one, few enough to follow the machine. */
const LATEST = 7

/**
 * What the cells of a round can give, requests per second: the middle of their latest pulses in a closed loop, the warm-up's included until
 * there are measured ones enough. A share of a capacity means little when the capacity is that of another process or of another minute.
 */
export class Capacities {
  readonly #latest = new Map<string, number[]>()

  /** Takes a pulse of a closed loop; others say nothing of a limit. */
  note(deployment: string, request: number, pulse: RatedPulse & Pick<Pulse, 'openLoop'>): void {
    if (pulse.openLoop !== undefined || pulse.requests === 0) return
    const key = keyOf(deployment, request)
    this.#latest.set(key, [...(this.#latest.get(key) ?? []).slice(1 - LATEST), requestsPerSecond(pulse)])
  }

  /** The rate at which requests arrive; null: nothing is known that it could be a share of. */
  rateOf(arrivals: ArrivalShape, request: number): number | null {
    if ('ratePerSecond' in arrivals) return arrivals.ratePerSecond
    const latest = arrivals.ofSlowest.flatMap((deployment) => [this.#latest.get(keyOf(deployment, request)) ?? []])
    const capacities = latest.filter(({ length }) => length > 0).map(median)
    return capacities.length === 0 ? null : arrivals.share * Math.min(...capacities)
  }
}

function keyOf(deployment: string, request: number): string {
  return `${deployment} ${request}`
}

const MOST_REPEATS_OF_A_BLOCK = 2
/** Of the blocks of a round: what a machine disturbs more often than this will disturb the repeats as well. */
const REPEATS_PERCENT = 30

/** How many blocks of a round may be measured again. */
export const affordableRepeats = (plannedBlocks: number) => Math.ceil((plannedBlocks * REPEATS_PERCENT) / 100)

/** What is under way in a round while its blocks are measured. */
export interface RoundInProgress extends RunContext {
  readonly round: number
  readonly fleet: Fleet
  readonly capacities: Capacities
  /** Loads before slices so far. */
  readonly leadIns: Slice[]
  /** How many more blocks may be measured again. */
  repeatsLeft: number
}

/** A round whose fleet is up; apps that did not come up have failed in it. */
export function beginRound(context: RunContext, round: number, fleet: Fleet, repeatsLeft: number): RoundInProgress {
  const failures = new Failures(context.plan, context.failures)
  for (const failure of fleet.failures) failures.add(failure)
  return { ...context, round, fleet, failures, capacities: new Capacities(), leadIns: [], repeatsLeft }
}

/** One slice of every deployment on one endpoint; all of them once more when something from outside disturbed one. */
export async function measureBlock(context: RoundInProgress, planned: PlannedBlock) {
  const { block, endpoint } = planned
  const slices: Slice[] = []
  const disturbances: DisturbanceCode[] = []
  for (let attempt = 0; ; attempt++) {
    const { measured, seen } = await measureAttempt(context, planned, attempt)
    const mayRepeat = seen !== null && !context.signal.aborted && attempt < MOST_REPEATS_OF_A_BLOCK
    const again = mayRepeat && context.repeatsLeft-- > 0
    // Connections that break every time are broken by the app: that is for a finding to say, and no fault of the others.
    const disturbance = seen === 'reconnects' && !again ? null : seen
    slices.push(...measured.map((slice) => ({ ...slice, disturbance })))
    if (disturbance !== null) disturbances.push(disturbance)
    const record: BlockRecord = { endpoint, block, disturbances, kept: disturbance === null }
    if (!again) return { slices, record }
  }
}

async function measureAttempt(context: RoundInProgress, planned: PlannedBlock, attempt: number) {
  const { rig, plan, fleet, round, failures, capacities, leadIns } = context
  const { block, endpoint, slices } = attempt === 0 ? planned : repeatedBlock(plan, round, planned, attempt)
  const request = plan.endpoints.indexOf(endpoint)
  const arrivals = arrivalsOf(context, planned, attempt)
  const measured: Slice[] = []
  const leadInsBefore = leadIns.length
  let failed = false
  const cpuDistanceNs = await rig.cpuDistance()
  const before = { kernel: rig.kernel(), cpuNs: await serversCpuNs(fleet) }
  for (const [position, { deployment: index, milliseconds }] of slices.entries()) {
    const deployment = fleet.deployments[index]
    const due = arrivals[index]
    if (deployment == null || context.signal.aborted) continue
    if (failures.isOut(deployment.plan.app, endpoint)) continue
    // null: its rate is a share of something of which nothing is known.
    if (due === null) continue
    const order = { round, block, endpoint, position, attempt, cpuDistanceNs, request, milliseconds, arrivals: due }
    const take = async (own: SliceOrder, taken: Slice[]) => {
      const { slice, firstProblem } = await measureSlice(fleet.session, deployment, own, rig)
      const failure = await sliceFailure(deployment, slice, firstProblem)
      if (failure === null) taken.push(slice)
      else failures.add(failure)
      failed ||= failure !== null
      return { slice, isRight: failure === null }
    }
    const leadIn = { ...order, milliseconds: LEAD_IN_MILLISECONDS, isLeadIn: true } as const
    const hasLeadIn = due === undefined && paysForBreaks(deployment.plan)
    if (hasLeadIn && !(await take(leadIn, leadIns)).isRight) continue
    const { slice } = await take(order, measured)
    capacities.note(deployment.plan.id, request, slice)
    context.listener.sliceMeasured(slice)
  }
  // An app that fails takes connections and time with it: that is its own doing, and it is out.
  if (failed || measured.length === 0) return { measured, seen: null }
  const ownNs = total([...measured, ...leadIns.slice(leadInsBefore)], ({ serverCpuNs }) => serverCpuNs)
  const spilledNs = (await serversCpuNs(fleet)) - before.cpuNs - ownNs
  return { measured, seen: disturbanceOf({ slices: measured, spilledNs, before: before.kernel, after: rig.kernel() }) }
}

/**
 * When requests are due, by deployment: decided before the first slice, so that the same rate is the same for all of them. undefined: in a
 * closed loop; null: the rate is not known.
 */
function arrivalsOf(
  { plan, round, capacities }: RoundInProgress,
  planned: PlannedBlock,
  attempt: number,
): (Arrivals | null | undefined)[] {
  const request = plan.endpoints.indexOf(planned.endpoint)
  const seed = arrivalSeed(plan, round, planned, attempt)
  return plan.deployments.map((deployment) => {
    const { arrivals } = loadOf(plan, deployment)
    if (arrivals === null) return undefined
    const ratePerSecond = capacities.rateOf(arrivals, request)
    return ratePerSecond === null ? null : { ratePerSecond, seed }
  })
}
