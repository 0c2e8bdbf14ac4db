import { RunError } from '../result/errors.ts'
import { cellName, Failures } from './failures.ts'
import { type Plan, planRound } from './plan.ts'
import { preflight } from './preflight.ts'
import { type AppPreflight, type Failure, type RoundRecord, type RunRecord, type RunState, UNSIZED } from './records.ts'
import type { Listener, Rig, RunContext } from './rig.ts'
import { measureRound } from './round.ts'
import {
  afterRound,
  cutRounds,
  expected,
  type Forecast,
  isRefinedAfter,
  mayStart,
  type Precision,
  roundNs,
  type StopRule,
  sizeRounds,
  stopAfter,
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

/** One run from the first process to the last: preflight, pilot, rounds until precise enough or out of time. */
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
    if (precision === null || precision.variances.length === 0 || !isRefinedAfter(rounds)) return
    const shape = { ...state, plan, running: running() }
    const availableNs = options.maximumNs - elapsedNs() + rounds * meanRoundNs
    const cut = cutRounds(shape, precision.variances, options, availableNs)
    forecast = { ...forecast, meanRoundNs: (meanRoundNs * roundNs(shape, cut)) / roundNs(shape, state) }
    state = { ...state, ...cut }
  }

  if (resumed === null) {
    const { sizes, meanRoundNs } = await sizeRounds(context, running(), options, elapsedNs)
    state = { ...state, ...sizes }
    forecast = { ...forecast, meanRoundNs }
  } else {
    const { rounds, precision } = resumed
    forecast = { rounds, precision, meanRoundNs: resumed.elapsedNs / rounds }
    const stop = stopAfter(forecast, options)
    if (stop !== null) return { ...state, stoppedBecause: stop }
    refine()
  }

  let failedRounds = 0
  while (true) {
    if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }
    if (!mayStart(forecast, options, elapsedNs())) return { ...state, stoppedBecause: 'time' }
    round = forecast.rounds + 1
    const beganNs = rig.now()
    let record: RoundRecord
    try {
      record = await measureRound(context, planRound(plan, round, state), state.warmUpMilliseconds)
    } catch (error) {
      if (!(error instanceof RunError) || ++failedRounds >= FAILED_ROUNDS_IN_A_ROW) throw error
      listener.remark(`round ${round} is lost and will be repeated: ${error.message}`)
      continue
    }
    failedRounds = 0
    record.failures.forEach(fail)
    if (record.interrupted) continue
    const tookNs = rig.now() - beganNs
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
