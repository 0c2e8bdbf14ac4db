import { RunError } from '../result/errors.ts'
import type { DeploymentPlan } from '../servers/deployment.ts'
import type { Listener } from './listener.ts'
import { pilotProcesses, warmUpCurves } from './pilot.ts'
import { blocksFor, countProcesses, type Plan } from './plan.ts'
import type { Rig } from './rig.ts'
import { fittingBlocks, fittingWarmUp, roundNs, type StopRule } from './stop-rule.ts'
import { warmUpLength } from './warm-up-length.ts'

/**
 * Warm-up in a round, milliseconds. Never shorter than what leaves no drift above 1 % in any of the suite's apps (docs/calibration.md,
 * "Warm-up"), whatever a noisy pilot has seen; never so long that it eats the round.
 */
export const WARM_UP_LIMITS = { least: 2_400, most: 4_000 }
/** Who asks for a coarse precision gets more rounds instead: what drift is left is below that precision. */
const COARSE = { precision: 0.02, least: 1_300 }
/** The pilot takes this share of the time limit at most, */
const PILOT_SHARE = 0.1
/** but in a short run more: a curve that ends too soon has not come down yet, and would call a cold app warm. */
const SHORT_RUN_PILOT_SHARE = 0.25
const SHORT_RUN_PILOT_MILLISECONDS = 2_000
const LEAST_PILOT_MILLISECONDS = 500
const MOST_PILOT_MILLISECONDS = WARM_UP_LIMITS.most

/** How a round is cut. */
export interface RoundSizes {
  readonly warmUpMilliseconds: number
  /** What the pilot found necessary; more than was done when the run is too short for it. */
  readonly wantedWarmUpMilliseconds: number
  readonly blocksPerRound: number
}

/** Before anything is known. */
export const UNSIZED: RoundSizes = { warmUpMilliseconds: 0, wantedWarmUpMilliseconds: 0, blocksPerRound: 0 }

/** The sizes alone, of whatever has them. */
export function sizesOf({ warmUpMilliseconds, wantedWarmUpMilliseconds, blocksPerRound }: RoundSizes): RoundSizes {
  return { warmUpMilliseconds, wantedWarmUpMilliseconds, blocksPerRound }
}

/** What sizing needs to know of the run. */
export interface SizingContext {
  readonly rig: Rig
  readonly plan: Plan
  readonly failed: ReadonlySet<string>
  /** Deployments that are left. */
  readonly running: readonly DeploymentPlan[]
  readonly rule: StopRule
  readonly listener: Pick<Required<Listener>, 'remark'>
  readonly signal: AbortSignal
  elapsedNs(): number
  progress(share: number): void
}

/** How long the rounds of a new run shall be: from a pilot, and from the time there is; and how long one will take. */
export async function sizeRounds(context: SizingContext): Promise<RoundSizes & { readonly meanRoundNs: number }> {
  const { plan, running, rule, elapsedNs } = context
  const sized = await sizeWarmUp(context)
  const { observedSliceMilliseconds, warmUpMilliseconds: wantedWarmUpMilliseconds } = sized
  const fitting = fittingWarmUp(countProcesses(running), wantedWarmUpMilliseconds, rule, elapsedNs())
  const warmUpMilliseconds = plan.warmUpMilliseconds ?? fitting
  if (warmUpMilliseconds < wantedWarmUpMilliseconds && !context.signal.aborted)
    context.listener.remark(`only ${(warmUpMilliseconds / 1000).toFixed(1)} s of warm-up fit into the time of this run`)
  const shape = { plan, running, warmUpMilliseconds, observedSliceMilliseconds }
  const blocksPerRound = plan.blocksPerRound ?? fittingBlocks(shape, blocksFor(plan, warmUpMilliseconds), rule, elapsedNs())
  return { warmUpMilliseconds, wantedWarmUpMilliseconds, blocksPerRound, meanRoundNs: roundNs(shape, blocksPerRound) }
}

async function sizeWarmUp({
  rig,
  plan,
  failed,
  running,
  rule,
  listener,
  signal,
  ...context
}: SizingContext): Promise<{ warmUpMilliseconds: number; observedSliceMilliseconds: number | null }> {
  if (plan.warmUpMilliseconds !== null) return { warmUpMilliseconds: plan.warmUpMilliseconds, observedSliceMilliseconds: null }
  const { maximumNs, precision } = rule
  const least = precision !== null && precision >= COARSE.precision ? COARSE.least : WARM_UP_LIMITS.least
  // A pilot could only ask for more than there is time for: its own time is better spent on rounds.
  const affordable = fittingWarmUp(countProcesses(running), WARM_UP_LIMITS.most, rule, context.elapsedNs())
  if (affordable <= least) return { warmUpMilliseconds: least, observedSliceMilliseconds: null }
  const perApp = (share: number) => (maximumNs * share) / 1e6 / pilotProcesses(plan)
  const milliseconds = Math.max(
    LEAST_PILOT_MILLISECONDS,
    Math.min(SHORT_RUN_PILOT_MILLISECONDS, perApp(SHORT_RUN_PILOT_SHARE)),
    Math.min(MOST_PILOT_MILLISECONDS, perApp(PILOT_SHARE)),
  )
  try {
    const pilot = await warmUpCurves({ rig, plan, failed, milliseconds, signal, progress: context.progress })
    const length = warmUpLength([...pilot.curves.values()], { ...WARM_UP_LIMITS, least })
    if (!signal.aborted) listener.remark(`the pilot found ${(length / 1000).toFixed(1)} s of warm-up enough for every app`)
    return { warmUpMilliseconds: length, observedSliceMilliseconds: pilot.meanSliceMilliseconds }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    listener.remark(`the pilot is lost, and the longest warm-up is taken: ${error.message}`)
    return { warmUpMilliseconds: WARM_UP_LIMITS.most, observedSliceMilliseconds: null }
  }
}
