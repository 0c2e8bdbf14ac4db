import type { StopReason } from '../result/model.ts'
import type { DeploymentPlan } from '../servers/deployment.ts'
import { restsMilliseconds } from './between.ts'
import { countProcesses, loadOf, type Plan, sliceMilliseconds } from './plan.ts'

/** When a run ends; fixed before it begins. */
export interface StopRule {
  /** Exact number of rounds; null: as many as the precision takes. */
  readonly rounds: number | null
  /** Wanted half-width of every ratio, as a share; null with an exact number of rounds. */
  readonly precision: number | null
  /** Precision is not looked at before: stopping on a luckily small variance is what spoils coverage. */
  readonly minimumRounds: number
  readonly maximumNs: number
}

/** What is known after some rounds. */
export interface Forecast {
  readonly rounds: number
  /** In all; null: no precision wanted, or too early to tell. */
  readonly roundsNeeded: number | null
  readonly meanRoundNs: number
  /** As a share; null with fewer than two rounds. */
  readonly widestHalfWidth: number | null
  readonly widestCell: string | null
  /** Only the baseline is left: no ratio will ever be known better. */
  readonly nothingToCompare: boolean
}

/** A round takes a little longer than the mean now and then; it must still end within the limit. */
const ROUND_MARGIN = 1.05
/** Per slice, beyond its own length: messages, drain and counters. Milliseconds. */
const SLICE_EXTRA_MILLISECONDS = 1
/** Fleet start and stop per process. Milliseconds. */
const START_STOP_MILLISECONDS = 250
/** In a round whose processes are watched: one before the load, one after it. */
const RESTS = 2
const FEWEST_BLOCKS = 3
/** For six rounds the warm-up gets no shorter than this: it leaves koa and express 2 % dear. Half a second left them 30 to 80 % dear. */
const LEAST_WARM_UP_MILLISECONDS = 1_300
/** Two rounds have to be possible, whatever they are worth. */
const FEWEST_ROUNDS = 2
const TINIEST_WARM_UP_MILLISECONDS = 300
/** Of the time that a process has in a short run. */
const WARM_UP_SHARE = 0.6

/** Why to stop after a round, or null to go on. */
export function stopAfter(forecast: Forecast, rule: StopRule): StopReason | null {
  if (rule.rounds !== null) return forecast.rounds >= rule.rounds ? 'rounds' : null
  if (forecast.rounds < rule.minimumRounds) return null
  if (forecast.nothingToCompare) return 'only-baseline'
  const precise = rule.precision !== null && forecast.widestHalfWidth !== null && forecast.widestHalfWidth <= rule.precision
  return precise ? 'precision' : null
}

/** True when another round is expected to end within the time limit. */
export function mayStart({ meanRoundNs }: Forecast, { maximumNs }: StopRule, elapsedNs: number): boolean {
  return elapsedNs + meanRoundNs * ROUND_MARGIN <= maximumNs
}

interface RoundShape {
  readonly plan: Plan
  /** Deployments that are left. */
  readonly running: readonly DeploymentPlan[]
  readonly warmUpMilliseconds: number
  /** What a slice really took in the pilot; null: unknown. */
  readonly observedSliceMilliseconds: number | null
}

/** How long a round will take, nanoseconds. */
export function roundNs({ plan, running, warmUpMilliseconds, observedSliceMilliseconds }: RoundShape, blocks: number): number {
  const slice = (deployment: DeploymentPlan) =>
    Math.max(loadOf(plan, deployment).sliceMilliseconds, observedSliceMilliseconds ?? 0) + SLICE_EXTRA_MILLISECONDS
  const perBlock = sliceMilliseconds(plan, running, slice)
  const rest = restsMilliseconds(warmUpMilliseconds) + RESTS * (plan.lives?.restMilliseconds ?? 0)
  return (countProcesses(running) * (START_STOP_MILLISECONDS + warmUpMilliseconds) + rest + blocks * perBlock) * 1e6
}

/**
 * A shorter warm-up than wanted, milliseconds, when otherwise the least number of rounds would not fit into the time that is left, or be
 * nothing but warm-up. Fewer rounds are better than cold ones: an interval that is too wide says so itself, a bias does not.
 */
export function fittingWarmUp(processes: number, wanted: number, rule: StopRule, elapsedNs: number): number {
  const fittingInto = (rounds: number) => {
    const perRound = (rule.maximumNs - elapsedNs) / 1e6 / (rounds * ROUND_MARGIN) - restsMilliseconds(wanted)
    const perProcess = perRound / processes - START_STOP_MILLISECONDS
    return perProcess * WARM_UP_SHARE
  }
  const least = Math.min(LEAST_WARM_UP_MILLISECONDS, Math.max(TINIEST_WARM_UP_MILLISECONDS, fittingInto(FEWEST_ROUNDS)))
  return Math.round(Math.min(wanted, Math.max(least, fittingInto(rule.rounds ?? rule.minimumRounds))))
}

/** Fewer blocks than wanted when otherwise the least number of rounds would not fit into the time that is left. */
export function fittingBlocks(shape: RoundShape, wanted: number, rule: StopRule, elapsedNs: number): number {
  const rounds = rule.rounds ?? rule.minimumRounds
  const available = (rule.maximumNs - elapsedNs) / (rounds * ROUND_MARGIN)
  let blocks = wanted
  while (blocks > FEWEST_BLOCKS && roundNs(shape, blocks) > available) blocks--
  return blocks
}
