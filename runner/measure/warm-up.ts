import { type CpuReading, helperNs } from '../machine/process-tree.ts'
import { type Deployment, type DeploymentPlan, processOf, workersOf } from '../servers/deployment.ts'
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
/** Where nobody says how much of it the compiler takes. */
const UNSEEN_COMPILER_MILLISECONDS = 2_400
/** The compiler is done when it and the garbage collector have taken no more than this share of the latest CPU time. */
const COMPILED = { share: 0.01, milliseconds: 400 }

/** A server that does not get its CPU is not waited for longer than this many times the least warm-up. */
const LONGEST_WAIT = 4
/** A server that works for less than this share of the time under load waits for something else, and longer does not warm it. */
const HARDLY_WORKING = 0.1
/** The ramps of a turn are not all work; no turn more because of them. */
const ENOUGH = 0.97

/**
 * Loads one process, all its cells in turn, until V8 has compiled it; what it answers is checked but not measured. Nothing but the time of the
 * compiler decides, so no cost is favoured. Time is the server's own CPU time: on a machine with other things to do, a time on the clock
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
  const compiler = new CompilerWatch()
  let [loaded, worked] = [0, 0]
  const least = limits.least * workers
  while (!isWarm(worked / workers, compiler, limits) && !signal.aborted) {
    if (loaded >= least * (worked < loaded * HARDLY_WORKING ? 1 : LONGEST_WAIT)) break
    if (out.size === cells.length) break
    for (const cell of cells) {
      if (out.has(cell)) continue
      const { deployment, endpoint, request } = cell
      const order = pulseOrder(deployment.plan, request, WARM_UP_TURN_MILLISECONDS, false)
      const { firstProblem, ...outcome } = await fleet.session.pulse(order)
      capacities.note(deployment.plan.id, request, outcome)
      // A driver may take longer than it was asked to: wrk knows whole seconds only.
      loaded += Math.max(WARM_UP_TURN_MILLISECONDS, outcome.elapsedNs / 1e6)
      const failure = await sliceFailure(deployment, { endpoint, ...outcome }, firstProblem)
      if (failure === null) continue
      failures.add(failure)
      const failed = cells.filter((one) => one.deployment === deployment && [null, one.endpoint].includes(failure.endpoint))
      for (const one of failed) out.add(one)
    }
    const now = await first.cpu()
    worked = workedNs(before, now) / 1e6
    compiler.note(worked / workers, helperNs(before, now))
  }
  const { app } = first.plan
  const elapsedMilliseconds = (rig.now() - startedNs) / 1e6
  return { process: processOf(first.plan), app, milliseconds: worked / workers, elapsedMilliseconds, compiled: compiler.isDone }
}

function limitsOf({ warmUpMilliseconds: own }: DeploymentPlan, plan: Plan, given: WarmUpLimits): WarmUpLimits {
  return own === undefined || plan.warmUpMilliseconds !== null ? given : { least: own, most: own }
}

/** Whether a process is warm. @param worked CPU milliseconds of it so far */
export function isWarm(worked: number, { isDone }: CompilerWatch, { least, most }: WarmUpLimits): boolean {
  const unseen = Math.max(least, Math.min(UNSEEN_COMPILER_MILLISECONDS, most))
  return worked >= (isDone === false ? most : isDone === null ? unseen : least) * ENOUGH
}

/** Of the server, without what stands in front of it. */
function workedNs(before: CpuReading, now: CpuReading): number {
  return now.cpuNs - before.cpuNs - ((now.proxyCpuNs ?? 0) - (before.proxyCpuNs ?? 0))
}

/** Whether the compiler of a process has come to rest. */
export class CompilerWatch {
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
