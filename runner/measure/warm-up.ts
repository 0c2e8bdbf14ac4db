import { type CpuReading, helperNs } from '../machine/process-tree.ts'
import {
  type Deployment,
  type DeploymentPlan,
  isOnNode,
  mayCool,
  paysForBreaks,
  processOf,
  workersOf,
} from '../servers/deployment.ts'
import { total } from '../statistics/summary.ts'
import type { RoundInProgress } from './block.ts'
import { sliceFailure } from './failures.ts'
import { endpointsOf, type Plan } from './plan.ts'
import type { WarmUpRecord } from './records.ts'
import { pulseOrder } from './slice.ts'
import { CompilerWatch, CostWatch, isWarm, LEVEL, type WarmUpLimits } from './warmth.ts'

/**
 * Short enough that every endpoint gets many turns, so that type feedback does not depend on which one came first. The same for slow
 * endpoints: with short turns for `lookup` koa and express were colder after the same time, not warmer (docs/precision-log.md).
 */
export const WARM_UP_TURN_MILLISECONDS = 20

/**
 * V8 compiles in bursts: between the first ones the compiler may rest for half a second and more, and code that is waiting for the last of them
 * is 3 to 14 % slower. Measured in docs/precision-log.md, "How long apps are warmed up".
 */
export const WARM_UP: WarmUpLimits = { least: 1_900, most: 4_000 }
/**
 * Whatever is no module on Node: nobody knows which of its threads compile, or whether any does. Koa on Bun cost 160 µs in its first second of
 * load, 60 in its fourth and 26 from its sixth on; after 2.4 s it was 1.6 times as expensive as Koa on Node, and by hand it is cheaper.
 */
const STRANGER: WarmUpLimits = { least: 2_100, most: 12_000 }
/** A server that does not get its CPU is not waited for longer than this many times the least warm-up. */
const LONGEST_WAIT = 4
/** A server that works for less than this share of the time under load waits for something else, and longer does not warm it. */
const HARDLY_WORKING = 0.1
/**
 * Of the load on one process before it is the next one's turn, where processes must not rest. What pays for every break is to be seen without one at
 * the end of its last leg.
 */
const LEG_MILLISECONDS = { usual: 200, ofThosePayingForBreaks: 1_200 }
/**
 * V8 of Node 20 and 22 throws compiled code away when nobody asks it for 8 to 15 s, and Express then costs 4 times as much for 0.7 s. The Node of
 * the suite does not (docs/precision-log.md, "Slices of other runtimes"). Milliseconds that a warm process may rest until the last one is warm.
 */
const LONGEST_REST_MILLISECONDS = 3_000

/**
 * Loads processes until they are warm; what they answer is checked but not measured. One after the other, but for those that may get cold again
 * while the others are warmed up: they are warmed up last, in short turns.
 * @param processes deployments of each
 * @param given for each of its workers; a process that is known to need something else gets that
 * @param watch told of a process whose load is about to begin, and of one that is warm
 */
export async function warmUp(
  running: RoundInProgress,
  processes: Iterable<readonly Deployment[]>,
  given: WarmUpLimits,
  watch: { begins?(process: string): Promise<void>; ends?(): Promise<void> } = {},
): Promise<WarmUpRecord[]> {
  const { rig, signal } = running
  const all = [...processes].map((deployments) => new ProcessWarmUp(running, deployments, given))
  const begin = async (one: ProcessWarmUp) => {
    await watch.begins?.(one.process)
    await one.begin()
  }
  for (const one of all.filter(({ mayCool }) => !mayCool)) {
    if (signal.aborted) break
    await begin(one)
    while (!one.isOver) await one.lap()
    await watch.ends?.()
  }
  const restless = all.filter(({ mayCool }) => mayCool)
  while (restless.some(({ isOver }) => !isOver) && !signal.aborted) {
    for (const one of restless) {
      if (!one.hasBegun) await begin(one)
      if (!one.isOver) await one.leg()
      else if ((rig.now() - one.restedSinceNs) / 1e6 > LONGEST_REST_MILLISECONDS) await one.lap()
    }
    await watch.ends?.()
  }
  return all.filter(({ hasBegun }) => hasBegun).map((one) => one.record())
}

interface WarmCell {
  readonly deployment: Deployment
  readonly endpoint: string
  readonly request: number
  /** Answered so far. */
  requests: number
}

/**
 * The warm-up of one process. For apps of Node nothing but the time of the compiler decides, so no cost is favoured; for others, that their cost
 * does not fall any more. Time is the server's own CPU time: on a machine with other things to do, a time on the clock would leave it colder.
 */
class ProcessWarmUp {
  readonly process: string
  readonly mayCool: boolean
  readonly #running: RoundInProgress
  readonly #first: Deployment
  readonly #limits: WarmUpLimits
  readonly #workers: number
  readonly #cells: readonly WarmCell[]
  readonly #out = new Set<WarmCell>()
  readonly #watch: CompilerWatch | CostWatch
  readonly #laps: Lap[]
  #before: CpuReading | null = null
  /** As it was at the end of its last leg. */
  #latest: WarmUpRecord['latest'] = null
  #workedMilliseconds = 0
  #elapsedNs = 0
  /** Of load, on the clock. */
  loadedMilliseconds = 0
  /** By the clock of the rig. */
  restedSinceNs = 0

  constructor(running: RoundInProgress, deployments: readonly Deployment[], given: WarmUpLimits) {
    const [first] = deployments as [Deployment]
    const { plan, failures } = running
    this.#running = running
    this.#first = first
    this.process = processOf(first.plan)
    this.mayCool = mayCool(first.plan)
    this.#limits = limitsOf(first.plan, plan, given)
    this.#workers = workersOf(first.plan)
    this.#cells = deployments.flatMap((deployment) =>
      endpointsOf(plan, deployment.plan)
        .filter((endpoint) => !failures.isOut(deployment.plan.app, endpoint))
        .map((endpoint) => ({ deployment, endpoint, request: plan.endpoints.indexOf(endpoint), requests: 0 })),
    )
    this.#watch = isOnNode(first.plan) ? new CompilerWatch() : new CostWatch()
    this.#laps = [{ cpuNs: 0, requests: this.#cells.map(() => 0) }]
  }

  get hasBegun(): boolean {
    return this.#before !== null
  }

  async begin(): Promise<void> {
    this.#before = await this.#first.cpu()
  }

  /** It is warm, or load does not make it warmer, or nothing is left to ask it for. */
  get isOver(): boolean {
    const { least, most } = this.#limits
    const [worked, loaded] = [this.#workedMilliseconds, this.loadedMilliseconds]
    const patience = worked < loaded * HARDLY_WORKING ? least : Math.max(LONGEST_WAIT * least, most)
    const isWarmNow = isWarm(worked / this.#workers, this.#watch, this.#limits)
    return isWarmNow || loaded >= this.#workers * patience || this.#isOut
  }

  /** Turns without a break. It is not cut short when the process is warm before its end, so that the latest of it is without one. */
  async leg(): Promise<void> {
    const { usual, ofThosePayingForBreaks } = LEG_MILLISECONDS
    const until = this.loadedMilliseconds + (paysForBreaks(this.#first.plan) ? ofThosePayingForBreaks : usual)
    while (this.loadedMilliseconds < until && !this.#isOut) await this.lap()
    this.#latest = latestOf(this.#cells, this.#laps)
  }

  /** One turn for each of its cells. */
  async lap(): Promise<void> {
    const { rig } = this.#running
    const startedNs = rig.now()
    for (const cell of this.#cells) if (!this.#out.has(cell)) await this.#ask(cell)
    const [before, now] = [this.#before!, await this.#first.cpu()]
    this.#workedMilliseconds = workedNs(before, now) / 1e6
    this.#laps.push({ cpuNs: now.cpuNs - before.cpuNs, requests: this.#cells.map(({ requests }) => requests) })
    const requests = total(this.#cells, (cell) => cell.requests)
    this.#watch.note(this.#workedMilliseconds / this.#workers, helperNs(before, now), requests)
    this.restedSinceNs = rig.now()
    this.#elapsedNs += this.restedSinceNs - startedNs
  }

  async #ask(cell: WarmCell): Promise<void> {
    const { fleet, failures, capacities } = this.#running
    const { deployment, endpoint, request } = cell
    const order = pulseOrder(deployment.plan, request, WARM_UP_TURN_MILLISECONDS, false)
    const { firstProblem, ...outcome } = await fleet.session.pulse(order)
    capacities.note(deployment.plan.id, request, outcome)
    // A driver may take longer than it was asked to: load programs know whole seconds only.
    this.loadedMilliseconds += Math.max(WARM_UP_TURN_MILLISECONDS, outcome.elapsedNs / 1e6)
    cell.requests += outcome.requests
    const failure = await sliceFailure(deployment, { endpoint, ...outcome }, firstProblem)
    if (failure === null) return
    failures.add(failure)
    const isFailed = (one: WarmCell) => one.deployment === deployment && [null, one.endpoint].includes(failure.endpoint)
    for (const one of this.#cells.filter(isFailed)) this.#out.add(one)
  }

  record(): WarmUpRecord {
    return {
      process: this.process,
      app: this.#first.plan.app,
      milliseconds: this.#workedMilliseconds / this.#workers,
      elapsedMilliseconds: this.#elapsedNs / 1e6,
      compiled: this.#watch.isDone,
      latest: this.#latest ?? latestOf(this.#cells, this.#laps),
    }
  }

  get #isOut(): boolean {
    return this.#out.size === this.#cells.length || this.#running.signal.aborted
  }
}

/** All turns of a process: what it has used so far, with what stands in front of it, and answered by cell. */
interface Lap {
  readonly cpuNs: number
  readonly requests: readonly number[]
}

/** The latest part of a second; null: there was less. */
function latestOf(cells: readonly WarmCell[], laps: readonly Lap[]): WarmUpRecord['latest'] {
  const last = laps.at(-1)!
  const from = laps.findLast(({ cpuNs }) => cpuNs <= last.cpuNs - LEVEL.milliseconds * 1e6)
  if (from === undefined) return null
  const answered = cells.map(({ deployment, endpoint }, index) => ({
    app: deployment.plan.app,
    endpoint,
    requests: last.requests[index]! - from.requests[index]!,
  }))
  return { cpuNs: last.cpuNs - from.cpuNs, answered }
}

function limitsOf(deployment: DeploymentPlan, plan: Plan, given: WarmUpLimits): WarmUpLimits {
  const { warmUpMilliseconds: own } = deployment
  // A run that is too short for apps of Node is so for others.
  if (plan.warmUpMilliseconds !== null || given.most < WARM_UP.most) return given
  if (own !== undefined) return { least: own, most: own }
  return isOnNode(deployment) ? given : STRANGER
}

/** Of the server, without what stands in front of it. */
function workedNs(before: CpuReading, now: CpuReading): number {
  return now.cpuNs - before.cpuNs - ((now.proxyCpuNs ?? 0) - (before.proxyCpuNs ?? 0))
}
