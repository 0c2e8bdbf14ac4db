import { RunError } from '../result/errors.ts'
import type { StopReason } from '../result/model.ts'
import type { Failure } from './fleet.ts'
import type { Precision } from './forecast.ts'
import { afterRound, expected, forecastOf, NOTHING_YET } from './forecast.ts'
import type { Listener, Progress } from './listener.ts'
import { type Plan, planRound } from './plan.ts'
import { type AppPreflight, preflight } from './preflight.ts'
import type { Rig } from './rig.ts'
import { measureRound, type RoundRecord } from './round.ts'
import { type RoundSizes, sizeRounds, sizesOf, UNSIZED } from './round-sizes.ts'
import { cellName, wholeApps } from './slice-failure.ts'
import { type Forecast, mayStart, type StopRule, stopAfter } from './stop-rule.ts'

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

/** What is known beside the rounds themselves. */
export interface RunState extends RoundSizes {
  readonly preflight: readonly AppPreflight[]
  /** In the order in which they happened, preflight's included. */
  readonly failures: readonly Failure[]
}

export interface RunRecord extends RunState {
  readonly stoppedBecause: StopReason
}

/** One run from the first process to the last: preflight, pilot, rounds until precise enough or out of time. */
export async function conduct(rig: Rig, plan: Plan, options: ConductOptions): Promise<RunRecord> {
  const { listener, signal } = options
  const startedNs = rig.now()
  const { resumed } = options
  const elapsedNs = () => (resumed?.elapsedNs ?? 0) + rig.now() - startedNs
  const failed = new Set<string>()
  const failures: Failure[] = []
  let forecast: Forecast = NOTHING_YET
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
  const checked = await preflight(rig, plan, signal)
  if (!signal.aborted) resumed?.assertSame(checked.apps)
  resumed?.state.failures.forEach(fail)
  checked.failures.forEach(fail)
  let state: RunState = {
    preflight: checked.apps,
    failures,
    ...(resumed === null ? UNSIZED : sizesOf(resumed.state)),
  }
  const out = wholeApps(plan, failed)
  if (out.has(plan.baseline)) return { ...state, stoppedBecause: 'failed' }
  if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }

  const others = plan.deployments.filter(({ app }) => app !== plan.baseline)
  if (others.length > 0 && others.every(({ app }) => out.has(app))) return { ...state, stoppedBecause: 'failed' }

  const running = plan.deployments.filter(({ app }) => !out.has(app))
  if (resumed === null) {
    const sizes = await sizeRounds({
      ...{ rig, plan, failed, running, rule: options, listener, signal, elapsedNs },
      progress: (share) => progress('pilot', share),
    })
    state = { ...state, ...sizesOf(sizes) }
    forecast = { ...forecast, meanRoundNs: sizes.meanRoundNs }
  } else {
    forecast = forecastOf(resumed)
    const stop = stopAfter(forecast, options)
    if (stop !== null) return { ...state, stoppedBecause: stop }
  }
  const { warmUpMilliseconds, blocksPerRound } = state

  let failedRounds = 0
  while (true) {
    if (signal.aborted) return { ...state, stoppedBecause: 'interrupted' }
    if (!mayStart(forecast, options, elapsedNs())) return { ...state, stoppedBecause: 'time' }
    round = forecast.rounds + 1
    const beganNs = rig.now()
    const context = { rig, plan, warmUpMilliseconds, failed, signal, sliceMeasured: listener.sliceMeasured, progress }
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
    forecast = afterRound(forecast, rig.now() - beganNs, await options.roundFinished(record, state, elapsedNs()))
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
