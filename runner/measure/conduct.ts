import type { Precision } from '../analysis/estimates.ts'
import { RunError } from '../errors.ts'
import { blocksFor, type Plan, planRound } from '../plan.ts'
import type { StopReason } from '../result.ts'
import type { Bench } from './bench.ts'
import { cellName, wholeApps } from './cells.ts'
import type { Failure } from './fleet.ts'
import type { Listener, Progress } from './listener.ts'
import { warmUpCurves } from './pilot.ts'
import { type AppPreflight, preflight } from './preflight.ts'
import { measureRound, type RoundRecord } from './round.ts'
import { type Forecast, fittingBlocks, fittingWarmUp, mayStart, roundNs, type StopRule, stopAfter } from './stop-rule.ts'
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
const MOST_PILOT_MILLISECONDS = 3_000
const FAILED_ROUNDS_IN_A_ROW = 2

export interface ConductOptions extends StopRule {
  readonly listener: Required<Listener>
  readonly signal: AbortSignal
  /** Called after every complete round; says how precise the run is by now, null when there is nothing to compare. */
  roundFinished(record: RoundRecord, state: RunState): Promise<Precision | null>
}

/** What is known beside the rounds themselves. */
export interface RunState {
  readonly preflight: readonly AppPreflight[]
  /** In the order in which they happened, preflight's included. */
  readonly failures: readonly Failure[]
  readonly warmUpMilliseconds: number
  /** What the pilot asked for; more than was done when the run is too short for it. */
  readonly wantedWarmUpMilliseconds: number
  readonly blocksPerRound: number
}

export interface RunRecord extends RunState {
  readonly stoppedBecause: StopReason
}

/** One run from the first process to the last: preflight, pilot, rounds until precise enough or out of time. */
export async function conduct(bench: Bench, plan: Plan, options: ConductOptions): Promise<RunRecord> {
  const { listener, signal } = options
  const startedNs = bench.now()
  const elapsedNs = () => bench.now() - startedNs
  const failed = new Set<string>()
  const failures: Failure[] = []
  let forecast: Forecast = {
    rounds: 0,
    roundsNeeded: null,
    meanRoundNs: 0,
    widestHalfWidth: null,
    widestCell: null,
    nothingToCompare: false,
  }
  let round = 0

  const fail = (failure: Failure) => {
    const name = cellName(failure.app, failure.endpoint)
    // The second copy of a baseline that is out says nothing new.
    if (failed.has(name)) return
    failures.push(failure)
    failed.add(name)
    listener.appFailed(name, failure.reason, failure.hint)
  }
  const progress = (phase: Progress['phase'], roundShare: number) => {
    const elapsed = elapsedNs()
    listener.progress({
      phase,
      round,
      roundShare,
      elapsedSeconds: elapsed / 1e9,
      ...expected(forecast, options, elapsed, roundShare),
    })
  }

  progress('preflight', 0)
  const checked = await preflight(bench, plan, signal)
  checked.failures.forEach(fail)
  let state: RunState = {
    preflight: checked.apps,
    failures,
    warmUpMilliseconds: 0,
    wantedWarmUpMilliseconds: 0,
    blocksPerRound: 0,
  }
  const out = wholeApps(plan, failed)
  if (out.has(plan.baseline)) return { ...state, stoppedBecause: 'failed' }
  if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }

  const others = plan.deployments.filter(({ app }) => app !== plan.baseline)
  if (others.length > 0 && others.every(({ app }) => out.has(app))) return { ...state, stoppedBecause: 'failed' }

  const running = plan.deployments.filter(({ app }) => !out.has(app)).length
  const affordable = fittingWarmUp(running, WARM_UP_LIMITS.most, options, elapsedNs())
  const sized = await sizeWarmUp(bench, plan, failed, affordable, options, (share) => progress('pilot', share))
  const { observedSliceMilliseconds } = sized
  const fitting = fittingWarmUp(running, sized.warmUpMilliseconds, options, elapsedNs())
  const warmUpMilliseconds = plan.warmUpMilliseconds ?? fitting
  if (warmUpMilliseconds < sized.warmUpMilliseconds && !signal.aborted)
    listener.remark(`only ${(warmUpMilliseconds / 1000).toFixed(1)} s of warm-up fit into the time of this run`)
  const wantedBlocks = blocksFor(plan, warmUpMilliseconds)
  const fit = { plan, deployments: running, warmUpMilliseconds, observedSliceMilliseconds }
  const blocksPerRound = plan.blocksPerRound ?? fittingBlocks(fit, wantedBlocks, options, elapsedNs())
  forecast = { ...forecast, meanRoundNs: roundNs(fit, blocksPerRound) }
  state = { ...state, warmUpMilliseconds, wantedWarmUpMilliseconds: sized.warmUpMilliseconds, blocksPerRound }

  let failedRounds = 0
  while (true) {
    if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }
    if (!mayStart(forecast, options, elapsedNs())) return { ...state, stoppedBecause: 'time' }
    round = forecast.rounds + 1
    const beganNs = bench.now()
    const context = { bench, plan, warmUpMilliseconds, failed, signal, sliceMeasured: listener.sliceMeasured, progress }
    let record: RoundRecord
    try {
      record = await measureRound(context, planRound(plan, round, blocksPerRound))
    } catch (error) {
      if (!(error instanceof RunError) || ++failedRounds >= FAILED_ROUNDS_IN_A_ROW) throw error
      listener.remark(`round ${round} is lost and will be repeated: ${error.message}`)
      continue
    }
    failedRounds = 0
    record.failures.forEach(fail)
    if (record.interrupted) continue
    forecast = afterRound(forecast, bench.now() - beganNs, await options.roundFinished(record, state))
    const { widestHalfWidth, widestCell } = forecast
    listener.roundFinished({
      round,
      elapsedSeconds: elapsedNs() / 1e9,
      ...expected(forecast, options, elapsedNs(), 0),
      widestHalfWidthPercent: widestHalfWidth === null ? null : widestHalfWidth * 100,
      widestCell,
      precisionPercent: options.precision === null ? null : options.precision * 100,
    })
    const stop = wholeApps(plan, failed).has(plan.baseline) ? 'failed' : stopAfter(forecast, options)
    if (stop !== null) return { ...state, stoppedBecause: stop }
  }
}

function afterRound({ rounds, meanRoundNs }: Forecast, lastRoundNs: number, precision: Precision | null): Forecast {
  return {
    rounds: rounds + 1,
    // The first mean is a guess from the plan: it has no weight once there is a real round.
    meanRoundNs: (meanRoundNs * rounds + lastRoundNs) / (rounds + 1),
    roundsNeeded: precision?.roundsNeeded ?? null,
    widestHalfWidth: precision !== null && Number.isFinite(precision.widestHalfWidth) ? precision.widestHalfWidth : null,
    widestCell: precision?.widestCell ?? null,
    nothingToCompare: precision === null,
  }
}

async function sizeWarmUp(
  bench: Bench,
  plan: Plan,
  failed: ReadonlySet<string>,
  /** Milliseconds that there is time for. */
  affordable: number,
  { maximumNs, precision, listener, signal }: ConductOptions,
  progress: (share: number) => void,
): Promise<{ warmUpMilliseconds: number; observedSliceMilliseconds: number | null }> {
  if (plan.warmUpMilliseconds !== null) return { warmUpMilliseconds: plan.warmUpMilliseconds, observedSliceMilliseconds: null }
  const least = precision !== null && precision >= COARSE.precision ? COARSE.least : WARM_UP_LIMITS.least
  // A pilot could only ask for more than there is time for: its own time is better spent on rounds.
  if (affordable <= least) return { warmUpMilliseconds: least, observedSliceMilliseconds: null }
  const apps = new Set(plan.deployments.map(({ app }) => app)).size
  const perApp = (share: number) => (maximumNs * share) / 1e6 / apps
  const milliseconds = Math.max(
    LEAST_PILOT_MILLISECONDS,
    Math.min(SHORT_RUN_PILOT_MILLISECONDS, perApp(SHORT_RUN_PILOT_SHARE)),
    Math.min(MOST_PILOT_MILLISECONDS, perApp(PILOT_SHARE)),
  )
  try {
    const pilot = await warmUpCurves({ bench, plan, failed, milliseconds, signal, progress })
    const length = warmUpLength([...pilot.curves.values()], { ...WARM_UP_LIMITS, least })
    if (!signal.aborted) listener.remark(`the pilot found ${(length / 1000).toFixed(1)} s of warm-up enough for every app`)
    return { warmUpMilliseconds: length, observedSliceMilliseconds: pilot.meanSliceMilliseconds }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    listener.remark(`the pilot is lost, and the longest warm-up is taken: ${error.message}`)
    return { warmUpMilliseconds: WARM_UP_LIMITS.most, observedSliceMilliseconds: null }
  }
}

function expected(forecast: Forecast, rule: StopRule, elapsedNs: number, roundShare: number) {
  const { rounds, roundsNeeded, meanRoundNs } = forecast
  const wanted = rule.rounds ?? (roundsNeeded === null ? null : Math.max(rule.minimumRounds, rounds, roundsNeeded))
  if (meanRoundNs === 0) return { expectedRounds: null, secondsLeft: null }
  const affordable = rounds + Math.floor(Math.max(0, rule.maximumNs - elapsedNs) / meanRoundNs + roundShare)
  const expectedRounds = wanted === null ? null : Math.max(rounds, Math.min(wanted, affordable))
  const secondsLeft = expectedRounds === null ? null : (Math.max(0, expectedRounds - rounds - roundShare) * meanRoundNs) / 1e9
  return { expectedRounds, secondsLeft }
}
