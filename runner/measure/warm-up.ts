import { type CpuReading, helperNs } from '../machine/process-tree.ts'
import { type Deployment, type DeploymentPlan, isOnNode, processOf, workersOf } from '../servers/deployment.ts'
import type { RoundInProgress } from './block.ts'
import { sliceFailure } from './failures.ts'
import { endpointsOf, type Plan } from './plan.ts'
import type { WarmUpRecord } from './records.ts'
import { pulseOrder } from './slice.ts'

/**
 * Short enough that every endpoint gets many turns, so that type feedback does not depend on which one came first. The same for slow
 * endpoints: with short turns for `lookup` koa and express were colder after the same time, not warmer (docs/precision-log.md).
 */
export const WARM_UP_TURN_MILLISECONDS = 20

/** Milliseconds of the CPU time of a process. */
export interface WarmUpLimits {
  readonly least: number
  readonly most: number
}

/**
 * V8 compiles in bursts: between the first ones the compiler may rest for half a second and more, and code that is waiting for the last of them
 * is 3 to 14 % slower. Measured in docs/precision-log.md, "How long apps are warmed up".
 */
export const WARM_UP: WarmUpLimits = { least: 1_900, most: 4_000 }
/** Where the kernel does not say how much of it the compiler takes. */
const UNSEEN_COMPILER_MILLISECONDS = 2_400
/**
 * Whatever is no module on Node: nobody knows which of its threads compile, or whether any does. Koa on Bun cost 160 µs in its first second of
 * load, 60 in its fourth and 26 from its sixth on; after 2.4 s it was 1.6 times as expensive as Koa on Node, and by hand it is cheaper.
 */
const STRANGER: WarmUpLimits = { least: 2_100, most: 12_000 }
/** A stranger is warm when its cost has fallen by no more than this share from one such time to the next, twice in a row. */
const LEVEL = { share: 0.02, milliseconds: 700 }
/** The compiler is done when it and the garbage collector have taken no more than this share of the latest CPU time. */
const COMPILED = { share: 0.01, milliseconds: 400 }

/** A server that does not get its CPU is not waited for longer than this many times the least warm-up. */
const LONGEST_WAIT = 4
/** A server that works for less than this share of the time under load waits for something else, and longer does not warm it. */
const HARDLY_WORKING = 0.1
/** The ramps of a turn are not all work; no turn more because of them. */
const ENOUGH = 0.97

/**
 * Loads one process, all its cells in turn, until V8 has compiled it; what it answers is checked but not measured. For apps of Node nothing but the
 * time of the compiler decides, so no cost is favoured; for others, that their cost does not fall any more. Time is the server's own CPU time: on a machine with other things to do, a time on the clock
 * would leave it colder.
 * @param deployments all of the same process
 * @param given for each of its workers; a process that is known to need something else gets that
 */
export async function warmUp(
  { rig, plan, fleet, failures, capacities, signal }: RoundInProgress,
  deployments: readonly Deployment[],
  given: WarmUpLimits,
): Promise<WarmUpRecord> {
  const [first] = deployments as [Deployment]
  const limits = limitsOf(first.plan, plan, given)
  const workers = workersOf(first.plan)
  const cells = deployments.flatMap((deployment) =>
    endpointsOf(plan, deployment.plan)
      .filter((endpoint) => !failures.isOut(deployment.plan.app, endpoint))
      .map((endpoint) => ({ deployment, endpoint, request: plan.endpoints.indexOf(endpoint) })),
  )
  const out = new Set<(typeof cells)[number]>()
  const [startedNs, before] = [rig.now(), await first.cpu()]
  const watch = isOnNode(first.plan) ? new CompilerWatch() : new CostWatch()
  const costs = new CostWatch()
  let [loaded, worked, requests] = [0, 0, 0]
  const patience = Math.max(LONGEST_WAIT * limits.least, limits.most)
  while (!isWarm(worked / workers, watch, limits) && !signal.aborted) {
    if (loaded >= workers * (worked < loaded * HARDLY_WORKING ? limits.least : patience)) break
    if (out.size === cells.length) break
    for (const cell of cells) {
      if (out.has(cell)) continue
      const { deployment, endpoint, request } = cell
      const order = pulseOrder(deployment.plan, request, WARM_UP_TURN_MILLISECONDS, false)
      const { firstProblem, ...outcome } = await fleet.session.pulse(order)
      capacities.note(deployment.plan.id, request, outcome)
      // A driver may take longer than it was asked to: wrk knows whole seconds only.
      loaded += Math.max(WARM_UP_TURN_MILLISECONDS, outcome.elapsedNs / 1e6)
      requests += outcome.requests
      const failure = await sliceFailure(deployment, { endpoint, ...outcome }, firstProblem)
      if (failure === null) continue
      failures.add(failure)
      const failed = cells.filter((one) => one.deployment === deployment && [null, one.endpoint].includes(failure.endpoint))
      for (const one of failed) out.add(one)
    }
    const now = await first.cpu()
    worked = workedNs(before, now) / 1e6
    watch.note(worked / workers, helperNs(before, now), requests)
    costs.note((now.cpuNs - before.cpuNs) / 1e6, null, requests)
  }
  const { app } = first.plan
  // What is asked for several things has a cost for each of them, and a turn of a slow one takes longer than that of a quick one.
  const lastCostNs = cells.length === 1 ? costs.lastCostNs : null
  const elapsedMilliseconds = (rig.now() - startedNs) / 1e6
  return {
    process: processOf(first.plan),
    app,
    milliseconds: worked / workers,
    elapsedMilliseconds,
    compiled: watch.isDone,
    lastCostNs,
  }
}

function limitsOf(deployment: DeploymentPlan, plan: Plan, given: WarmUpLimits): WarmUpLimits {
  const { warmUpMilliseconds: own } = deployment
  // A run that is too short for apps of Node is so for others.
  if (plan.warmUpMilliseconds !== null || given.most < WARM_UP.most) return given
  if (own !== undefined) return { least: own, most: own }
  return isOnNode(deployment) ? given : STRANGER
}

/** What tells that a process is warm; null: it cannot tell. */
interface WarmthWatch {
  readonly isDone: boolean | null
}

/** Whether a process is warm. @param worked CPU milliseconds of it so far */
export function isWarm(worked: number, { isDone }: WarmthWatch, { least, most }: WarmUpLimits): boolean {
  const unseen = Math.max(least, Math.min(UNSEEN_COMPILER_MILLISECONDS, most))
  return worked >= (isDone === false ? most : isDone === null ? unseen : least) * ENOUGH
}

/** Of the server, without what stands in front of it. */
function workedNs(before: CpuReading, now: CpuReading): number {
  return now.cpuNs - before.cpuNs - ((now.proxyCpuNs ?? 0) - (before.proxyCpuNs ?? 0))
}

/** Whether the cost of a process has come to a level, where nothing tells what its compiler does. It is the cost of all its requests together. */
export class CostWatch implements WarmthWatch {
  readonly #readings: { readonly worked: number; readonly requests: number }[] = [{ worked: 0, requests: 0 }]

  /** @param worked CPU milliseconds of the process so far, @param requests that it has answered by then */
  note(worked: number, _helperNs: number | null, requests: number): void {
    this.#readings.push({ worked, requests })
  }

  /** Of the latest part of a second; null: there was less. */
  get lastCostNs(): number | null {
    const last = this.#readings.at(-1)!
    const from = this.#readings.findLast(({ worked }) => worked <= last.worked - LEVEL.milliseconds)
    const requests = last.requests - (from?.requests ?? 0)
    return from === undefined || requests === 0 ? null : (1e6 * (last.worked - from.worked)) / requests
  }

  get isDone(): boolean {
    const { worked } = this.#readings.at(-1)!
    const ends = [3, 2, 1, 0].map((times) => this.#readings.findLast((one) => one.worked <= worked - times * LEVEL.milliseconds))
    if (ends[0] === undefined) return false
    const [first, second, third] = [0, 1, 2].map((index) => {
      const [from, to] = [ends[index]!, ends[index + 1]!]
      return (to.worked - from.worked) / Math.max(1, to.requests - from.requests)
    }) as [number, number, number]
    const isLevel = (before: number, after: number) => after >= before * (1 - LEVEL.share)
    return isLevel(first, second) && isLevel(second, third)
  }
}

/** Whether the compiler of a process has come to rest. */
export class CompilerWatch implements WarmthWatch {
  readonly #readings: { readonly worked: number; readonly helperNs: number }[] = [{ worked: 0, helperNs: 0 }]
  #isSeen = false

  /**
   * @param worked CPU milliseconds of the process so far
   * @param helperNs of V8's compiler and garbage collector on threads of their own so far; null: unknown
   */
  note(worked: number, helperNs: number | null): void {
    this.#isSeen = helperNs !== null
    if (helperNs !== null) this.#readings.push({ worked, helperNs })
  }

  /** null: nobody says what it does. */
  get isDone(): boolean | null {
    if (!this.#isSeen) return null
    const last = this.#readings.at(-1)!
    const from = this.#readings.findLast(({ worked }) => worked <= last.worked - COMPILED.milliseconds)
    return from !== undefined && (last.helperNs - from.helperNs) / 1e6 <= COMPILED.share * (last.worked - from.worked)
  }
}
