import { RunError } from '../result/errors.ts'
import type { StopReason } from '../result/model.ts'
import type { DeploymentPlan } from '../servers/deployment.ts'
import { allocate, type CellVariances, type RoundTimes } from '../statistics/allocation.ts'
import { total } from '../statistics/summary.ts'
import { restsMilliseconds } from './between.ts'
import { pilotProcesses, warmUpCurves, warmUpLength } from './pilot.ts'
import { countProcesses, endpointsOf, loadOf, type Plan, type RoundCut, runningIn } from './plan.ts'
import type { RoundSizes } from './records.ts'
import type { RunContext } from './rig.ts'

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

/** How narrow the intervals are after the rounds so far. */
export interface Precision {
  /** As a share: 0.01 is ±1 %. Infinity with fewer than two rounds. */
  readonly widestHalfWidth: number
  readonly widestCell: string
  /** In all; null when no precision is wanted. */
  readonly roundsNeeded: number | null
  /** What the widths come from, cell by cell. */
  readonly variances: readonly CellVariances[]
}

/** What is known after some rounds. */
export interface Forecast {
  readonly rounds: number
  /** Before the first round a guess. */
  readonly meanRoundNs: number
  /** null after a round: nothing is left to be compared, and no ratio will ever be known better. */
  readonly precision: Precision | null
}

/** A round takes a little longer than the mean now and then; it must still end within the limit. */
export const ROUND_MARGIN = 1.05

/** What is known after one more round. */
export function afterRound({ rounds, meanRoundNs }: Forecast, lastRoundNs: number, precision: Precision | null): Forecast {
  // The first mean is a guess from the plan: it has no weight once there is a real round.
  return { rounds: rounds + 1, meanRoundNs: (meanRoundNs * rounds + lastRoundNs) / (rounds + 1), precision }
}

/** How many rounds there will be, and how much time is left; null: too early to tell. */
export function expected({ rounds, meanRoundNs, precision }: Forecast, rule: StopRule, elapsedNs: number, roundShare: number) {
  const needed = precision?.roundsNeeded ?? null
  const wanted = rule.rounds ?? (needed === null ? null : Math.max(rule.minimumRounds, rounds, needed))
  if (meanRoundNs === 0 || wanted === null) return { expectedRounds: null, secondsLeft: null }
  const affordable = rounds + Math.floor(Math.max(0, rule.maximumNs - elapsedNs) / meanRoundNs + roundShare)
  const expectedRounds = Math.max(rounds, Math.min(wanted, affordable))
  return { expectedRounds, secondsLeft: (Math.max(0, expectedRounds - rounds - roundShare) * meanRoundNs) / 1e9 }
}

/** Why to stop after a round, or null to go on. */
export function stopAfter({ rounds, precision }: Forecast, rule: StopRule): StopReason | null {
  if (rule.rounds !== null) return rounds >= rule.rounds ? 'rounds' : null
  if (rounds < rule.minimumRounds) return null
  if (precision === null) return 'only-baseline'
  return rule.precision !== null && precision.widestHalfWidth <= rule.precision ? 'precision' : null
}

/** True when another round is expected to end within the time limit. */
export function mayStart({ meanRoundNs }: Forecast, { maximumNs }: StopRule, elapsedNs: number): boolean {
  return elapsedNs + meanRoundNs * ROUND_MARGIN <= maximumNs
}

/**
 * Warm-up in a round, milliseconds. Never shorter than what leaves no drift above 1 % in any of the suite's apps (docs/calibration.md,
 * "Warm-up"), whatever a noisy pilot has seen; never so long that it eats the round.
 */
export const WARM_UP_LIMITS = { least: 2_400, most: 4_000 }
/** Who asks for a coarse precision gets more rounds instead: what drift is left is below that precision. */
const COARSE = { precision: 0.02, least: 1_300 }
/**
 * Of a run that is too short for more, by the rounds that have to be possible. For six rounds the warm-up gets no shorter than 1.3 s: it
 * leaves koa and express 2 % too expensive. Half a second left them 30 to 80 % too expensive. Two rounds have to be possible, whatever they are worth.
 */
const SHORT_RUN_WARM_UP = { leastForAll: 1_300, least: 300, fewestRounds: 2 }
/** Of the time that a process has in a short run. */
const WARM_UP_SHARE = 0.6
/**
 * Milliseconds for each app in a pilot, and shares of the time limit for all of them: a short run has a larger one, for a curve that ends
 * too soon has not come down yet, and would call a cold app warm.
 */
const PILOT = { share: 0.1, most: WARM_UP_LIMITS.most, least: 500, shortRun: { share: 0.25, most: 2_000 } }

/** Starting one app, until it listens and is connected, and ending it, on the machines seen so far. Milliseconds. */
const START_MILLISECONDS = 250
/** Per slice, beyond its own length: messages, drain and counters. Milliseconds. */
const SLICE_EXTRA_MILLISECONDS = 1
/** In a round whose processes are watched: one before the load, one after it. */
const RESTS = 2
const BLOCKS = { least: 4, most: 60 }
/**
 * Variances of log ratios, between processes and of a block, before any round has shown them: as on the machines seen so far
 * (docs/precision-log.md). They hold for three rounds.
 */
const EXPECTED: Omit<CellVariances, 'app'> = { process: 0.02 ** 2, reference: 0.007 ** 2, block: 0.05 ** 2 }
/** Rounds after which a new cut is worth it: at first little is known, and later little changes. */
const FIRST_REFINED = 3

/**
 * How long the rounds of a new run shall be: from a pilot, and from the time there is; and how long one will take.
 * @param running deployments that are left
 */
export async function sizeRounds(
  context: RunContext,
  running: readonly DeploymentPlan[],
  rule: StopRule,
  elapsedNs: () => number,
): Promise<{ sizes: RoundSizes; meanRoundNs: number }> {
  const { plan, listener, signal } = context
  const { wanted, observedSliceMilliseconds } = await wantedWarmUp(context, running, rule, elapsedNs)
  const warmUpMilliseconds =
    plan.warmUpMilliseconds ?? fittingWarmUp(countProcesses(runningIn(running, {})), wanted, rule, elapsedNs())
  if (warmUpMilliseconds < wanted && !signal.aborted)
    listener.remark(`only ${(warmUpMilliseconds / 1000).toFixed(1)} s of warm-up fit into the time of this run`)
  const shape = { plan, running, warmUpMilliseconds, observedSliceMilliseconds }
  const cut = cutRounds(shape, null, rule, rule.maximumNs - elapsedNs())
  const sizes = { warmUpMilliseconds, wantedWarmUpMilliseconds: wanted, observedSliceMilliseconds, ...cut }
  return { sizes, meanRoundNs: roundNs(shape, cut) }
}

async function wantedWarmUp(
  context: RunContext,
  running: readonly DeploymentPlan[],
  rule: StopRule,
  elapsedNs: () => number,
): Promise<{ wanted: number; observedSliceMilliseconds: number | null }> {
  const { plan, listener, signal } = context
  const withoutPilot = (wanted: number) => ({ wanted, observedSliceMilliseconds: null })
  if (plan.warmUpMilliseconds !== null) return withoutPilot(plan.warmUpMilliseconds)
  const least = rule.precision !== null && rule.precision >= COARSE.precision ? COARSE.least : WARM_UP_LIMITS.least
  // A pilot could only ask for more than there is time for: its own time is better spent on rounds.
  const affordable = fittingWarmUp(countProcesses(runningIn(running, {})), WARM_UP_LIMITS.most, rule, elapsedNs())
  if (affordable <= least) return withoutPilot(least)
  const share = ({ share, most }: { share: number; most: number }) =>
    Math.min(most, (rule.maximumNs * share) / 1e6 / pilotProcesses(plan))
  try {
    const { curves, meanSliceMilliseconds } = await warmUpCurves(
      context,
      Math.max(PILOT.least, share(PILOT.shortRun), share(PILOT)),
    )
    const wanted = warmUpLength([...curves.values()], { ...WARM_UP_LIMITS, least })
    if (!signal.aborted) listener.remark(`the pilot found ${(wanted / 1000).toFixed(1)} s of warm-up enough for every app`)
    return { wanted, observedSliceMilliseconds: meanSliceMilliseconds }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    listener.remark(`the pilot is lost, and the longest warm-up is taken: ${error.message}`)
    return withoutPilot(WARM_UP_LIMITS.most)
  }
}

interface RoundShape extends Pick<RoundSizes, 'warmUpMilliseconds' | 'observedSliceMilliseconds'> {
  readonly plan: Plan
  /** Deployments that are left. */
  readonly running: readonly DeploymentPlan[]
}

/** How long a round will take, nanoseconds. */
export function roundNs(shape: RoundShape, { blocksPerRound, processes }: RoundCut): number {
  const { fixedMilliseconds, processMilliseconds, blockMilliseconds } = roundTimes(shape)
  const count = countProcesses(runningIn(shape.running, processes))
  return (fixedMilliseconds + count * (processMilliseconds + blocksPerRound * blockMilliseconds)) * 1e6
}

/**
 * How many blocks a round has, and how many processes an app of which the plan has several.
 * @param variances null: not known yet
 * @param availableNs for all rounds together
 */
export function cutRounds(
  shape: RoundShape,
  variances: readonly CellVariances[] | null,
  rule: StopRule,
  availableNs: number,
): RoundCut {
  const { plan, running } = shape
  const byApp = Map.groupBy(running, ({ app }) => app)
  const several = new Map([...byApp].filter(([, own]) => own.some(({ optional }) => optional)))
  const apps = [...byApp.keys()].filter((app) => app !== plan.baseline || byApp.size === 1)
  const cells = variances ?? apps.map((app) => ({ app, ...EXPECTED }))
  const { blocksPerRound: blocks } = plan
  const compared = new Set(cells.map(({ app }) => app))
  const { processes, ...found } = allocate(cells, roundTimes(shape), {
    blocks: blocks === null ? { ...BLOCKS, least: plan.leastBlocks ?? BLOCKS.least } : { least: blocks, most: blocks },
    mostProcesses: new Map([...several].map(([app, own]) => [app, variances === null ? 1 : own.length])),
    referenceProcesses: countProcesses(runningIn(running, {})) - compared.size,
    availableMilliseconds: availableNs / 1e6 / ROUND_MARGIN,
    leastRounds: rule.rounds ?? rule.minimumRounds,
  })
  const ofSeveral = [...several.keys()].map((app) => [app, processes.get(app) ?? 1] as const)
  return { blocksPerRound: found.blocks, processes: Object.fromEntries(ofSeveral) }
}

/** Whether rounds are cut anew after so many. */
export function isRefinedAfter(rounds: number): boolean {
  return rounds >= FIRST_REFINED && Number.isInteger(Math.log2(rounds / FIRST_REFINED))
}

function roundTimes({ plan, running, warmUpMilliseconds, observedSliceMilliseconds }: RoundShape): RoundTimes {
  const once = runningIn(running, {})
  const slice = (one: DeploymentPlan) => Math.max(loadOf(plan, one).sliceMilliseconds, observedSliceMilliseconds ?? 0)
  const block = total(once, (one) => (slice(one) + SLICE_EXTRA_MILLISECONDS) * endpointsOf(plan, one).length)
  return {
    fixedMilliseconds: restsMilliseconds(warmUpMilliseconds) + RESTS * (plan.processRecords?.restMilliseconds ?? 0),
    processMilliseconds: START_MILLISECONDS + warmUpMilliseconds,
    blockMilliseconds: block / countProcesses(once),
  }
}

/**
 * A shorter warm-up than wanted, milliseconds, when otherwise the least number of rounds would not fit into the time that is left, or be
 * nothing but warm-up. Fewer rounds are better than cold ones: an interval that is too wide says so itself, a bias does not.
 */
export function fittingWarmUp(processes: number, wanted: number, rule: StopRule, elapsedNs: number): number {
  const fittingInto = (rounds: number) => {
    const perRound = (rule.maximumNs - elapsedNs) / 1e6 / (rounds * ROUND_MARGIN) - restsMilliseconds(wanted)
    return (perRound / processes - START_MILLISECONDS) * WARM_UP_SHARE
  }
  const { leastForAll, least, fewestRounds } = SHORT_RUN_WARM_UP
  const shortest = Math.min(leastForAll, Math.max(least, fittingInto(fewestRounds)))
  return Math.round(Math.min(wanted, Math.max(shortest, fittingInto(rule.rounds ?? rule.minimumRounds))))
}
