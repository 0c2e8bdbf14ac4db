import { RunError } from '../result/errors.ts'
import { count, formatDuration, formatPlusMinusPercent } from '../result/format.ts'
import { IdleWork } from './between.ts'
import { cellName, Failures } from './failures.ts'
import { Fleets } from './next-fleet.ts'
import { type Plan, planRound, type RoundCut } from './plan.ts'
import { preflight } from './preflight.ts'
import { type AppPreflight, type Failure, type RoundRecord, type RunRecord, type RunState, UNSIZED } from './records.ts'
import type { Listener, Rig, RunContext } from './rig.ts'
import { measureRound } from './round.ts'
import {
  afterRound,
  cutRounds,
  expected,
  expectedPrecision,
  type Forecast,
  isRefinedAfter,
  mayStart,
  observedIn,
  type Precision,
  roundNs,
  type StopRule,
  sizeRounds,
  stopAfter,
  variancesAfter,
} from './round-sizes.ts'

const FAILED_ROUNDS_IN_A_ROW = 2

export interface ConductOptions extends StopRule {
  readonly listener: Required<Listener>
  readonly signal: AbortSignal
  /** A run that goes on where it was stopped; null: a new one. */
  readonly resumed: ResumedRun | null
  /** Called after every complete round; says how precise the run is by now, null when there is nothing to compare. */
  roundFinished(record: RoundRecord, state: RunState, elapsedNs: number): Promise<Precision | null>
}

/** How far a run had come when it was stopped. */
export interface ResumedRun {
  readonly rounds: number
  /** Breaks not counted. */
  readonly elapsedNs: number
  readonly state: RunState
  readonly precision: Precision | null
  /** Called with what the apps are now, before anything is measured. @throws UserError when they are not what they were */
  assertSame(apps: readonly AppPreflight[]): void
}

/** One run from the first process to the last: preflight, rounds until precise enough or out of time. */
export async function conduct(rig: Rig, plan: Plan, options: ConductOptions): Promise<RunRecord> {
  const { listener, signal, resumed } = options
  const startedNs = rig.now()
  const elapsedNs = () => (resumed?.elapsedNs ?? 0) + rig.now() - startedNs
  const failures = new Failures(plan)
  let forecast: Forecast = { rounds: 0, meanRoundNs: 0, precision: null }
  let round = 0

  const fail = (failure: Failure) => {
    const { app, endpoint, reason, hint } = failure
    if (failures.add(failure)) listener.appFailed(cellName(app, endpoint), reason, hint)
  }
  const progress: RunContext['progress'] = (phase, roundShare) => {
    const elapsed = elapsedNs()
    const elapsedSeconds = elapsed / 1e9
    listener.progress({ phase, round, roundShare, elapsedSeconds, ...expected(forecast, options, elapsed, roundShare) })
  }
  const context: RunContext = { rig, plan, failures, listener, signal, progress }

  progress('preflight', 0)
  const checked = await preflight(rig, plan, signal)
  if (!signal.aborted) resumed?.assertSame(checked.apps)
  resumed?.state.failures.forEach(fail)
  checked.failures.forEach(fail)
  let state: RunState = { ...(resumed?.state ?? UNSIZED), preflight: checked.apps, failures: failures.list }
  const out = failures.wholeApps
  if (out.has(plan.baseline)) return { ...state, stoppedBecause: 'failed' }
  if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }

  const others = plan.deployments.filter(({ app }) => app !== plan.baseline)
  if (others.length > 0 && others.every(({ app }) => out.has(app))) return { ...state, stoppedBecause: 'failed' }

  const running = () => plan.deployments.filter(({ app }) => !failures.wholeApps.has(app))
  /** Rounds as they follow from what the rounds so far have shown. */
  const refine = () => {
    const { rounds, precision, meanRoundNs } = forecast
    if (precision === null || !isRefinedAfter(rounds)) return
    const shape = { ...state, plan, running: running() }
    const availableNs = options.maximumNs - elapsedNs() + rounds * meanRoundNs
    const cut = cutRounds(shape, variancesAfter(rounds, precision), options, availableNs)
    forecast = { ...forecast, meanRoundNs: (meanRoundNs * roundNs(shape, cut)) / roundNs(shape, state) }
    state = { ...state, ...cut }
  }

  if (resumed === null) {
    const { sizes, cut, meanRoundNs } = sizeRounds(plan, running(), options, elapsedNs())
    const { warmUpMilliseconds, wantedWarmUpMilliseconds } = sizes
    if (warmUpMilliseconds < wantedWarmUpMilliseconds)
      listener.remark(`only ${(warmUpMilliseconds / 1000).toFixed(1)} s of warm-up fit into the time of this run`)
    if (others.length > 0) listener.remark(forecastOf(cut, meanRoundNs, options, elapsedNs()))
    state = { ...state, ...sizes }
    forecast = { ...forecast, meanRoundNs }
  } else {
    const { rounds, precision } = resumed
    forecast = { rounds, precision, meanRoundNs: resumed.elapsedNs / rounds }
    const stop = stopAfter(forecast, options)
    if (stop !== null) return { ...state, stoppedBecause: stop }
    refine()
  }

  const fleets = new Fleets(context)
  const idleWork = new IdleWork()
  /** While the last round rests: so that no time is lost, should there be another one. */
  const prepareNext = (beganNs: number, failed: readonly Failure[]) => {
    failed.forEach(fail)
    const next = afterRound(forecast, rig.now() - beganNs, forecast.precision)
    const isLast = options.rounds !== null && next.rounds >= options.rounds
    if (signal.aborted || isLast || !mayStart(next, options, elapsedNs())) return
    fleets.prepare(planRound(plan, round + 1, state))
  }
  try {
    return await rounds()
  } finally {
    await fleets.stop()
  }

  async function rounds(): Promise<RunRecord> {
    let failedRounds = 0
    while (true) {
      if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }
      if (!mayStart(forecast, options, elapsedNs())) return { ...state, stoppedBecause: 'time' }
      round = forecast.rounds + 1
      const beganNs = rig.now()
      let record: RoundRecord
      try {
        progress('start', 0)
        const planned = planRound(plan, round, state)
        const warmUpLimits = { least: state.leastWarmUpMilliseconds, most: state.warmUpMilliseconds }
        const fleet = await fleets.take(planned)
        record = await measureRound(context, {
          planned,
          fleet,
          warmUpLimits,
          idleWork,
          resting: (failed) => prepareNext(beganNs, failed),
        })
      } catch (error) {
        if (!(error instanceof RunError) || ++failedRounds >= FAILED_ROUNDS_IN_A_ROW) throw error
        listener.remark(`round ${round} is lost and will be repeated: ${error.message}`)
        continue
      }
      failedRounds = 0
      if (record.interrupted) continue
      const tookNs = rig.now() - beganNs
      state = { ...state, observed: observedIn(record) ?? state.observed }
      const precision = await options.roundFinished(record, state, elapsedNs())
      forecast = afterRound(forecast, tookNs, precision)
      const widest = precision !== null && Number.isFinite(precision.widestHalfWidth) ? precision.widestHalfWidth : null
      listener.roundFinished({
        round,
        elapsedSeconds: elapsedNs() / 1e9,
        ...expected(forecast, options, elapsedNs(), 0),
        widestHalfWidthPercent: widest === null ? null : widest * 100,
        widestCell: precision?.widestCell ?? null,
        precisionPercent: options.precision === null ? null : options.precision * 100,
      })
      const stop = failures.wholeApps.has(plan.baseline) ? 'failed' : stopAfter(forecast, options)
      if (stop !== null) return { ...state, stoppedBecause: stop }
      refine()
    }
  }
}

/** What to expect of the run, before its first round. */
function forecastOf(cut: RoundCut, meanRoundNs: number, rule: StopRule, elapsedNs: number): string {
  const after = (rounds: number) => formatDuration((rounds * meanRoundNs + elapsedNs) / 1e9)
  const affordable = Math.max(1, Math.floor((rule.maximumNs - elapsedNs) / meanRoundNs))
  const { halfWidthAfter, roundsNeeded } = expectedPrecision(cut, rule)
  const rounds = Math.min(affordable, rule.rounds ?? roundsNeeded ?? affordable)
  const isEnough = rounds === roundsNeeded
  const reached = formatPlusMinusPercent(
    100 * (isEnough ? Math.max(rule.precision ?? 0, halfWidthAfter(rounds)) : halfWidthAfter(rounds)),
  )
  const sentence = `the widest interval will be about ${reached} after ${after(rounds)}, in some ${count(rounds, 'round')}`
  if (rule.precision === null || isEnough || halfWidthAfter(rounds) <= rule.precision) return sentence
  const wanted = formatPlusMinusPercent(100 * rule.precision)
  return `${sentence}; ${wanted} ${roundsNeeded === null ? 'is out of reach' : `takes about ${after(roundsNeeded)}`}`
}
