import { count, formatDuration, formatPlusMinusPercent } from '../result/format.ts'
import { IdleWork } from './between.ts'
import { cellName, Failures } from './failures.ts'
import { checkLanes } from './lane-check.ts'
import { type LaneWork, runLanes } from './lanes.ts'
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

export interface ConductOptions extends StopRule {
  readonly listener: Required<Listener>
  readonly signal: AbortSignal
  /** For rounds at the same time, where the check finds that it changes nothing; absent: none. */
  readonly moreLanes?: readonly Rig[]
  /** A run that goes on where it was stopped; null: a new one. */
  readonly resumed: ResumedRun | null
  /** Called after every complete round; says how precise the run is by now, null when there is nothing to compare. */
  roundFinished(record: RoundRecord, state: RunState, elapsedNs: number): Promise<Precision | null>
}

/** How far a run had come when it was stopped. */
export interface ResumedRun {
  readonly rounds: number
  /** The highest number: those that were never finished are not used again. */
  readonly lastRound: number
  /** Breaks not counted. */
  readonly elapsedNs: number
  readonly state: RunState
  readonly precision: Precision | null
  /** Called with what the apps are now, before anything is measured. @throws UserError when they are not what they were */
  assertSame(apps: readonly AppPreflight[]): void
}

/** One run from the first process to the last: preflight, rounds until precise enough or out of time. */
export async function conduct(rig: Rig, plan: Plan, options: ConductOptions): Promise<RunRecord> {
  const { listener, signal, resumed, moreLanes = [] } = options
  const rigs = [rig, ...moreLanes]
  const startedNs = rig.now()
  const elapsedNs = () => (resumed?.elapsedNs ?? 0) + rig.now() - startedNs
  const failures = new Failures(plan)
  let forecast: Forecast = { rounds: 0, meanRoundNs: 0, precision: null }
  let state: RunState = resumed?.state ?? { ...UNSIZED, preflight: [], failures: [], lanes: 1, laneCheck: null }

  const fail = (failure: Failure) => {
    const { app, endpoint, reason, hint } = failure
    if (failures.add(failure)) listener.appFailed(cellName(app, endpoint), reason, hint)
  }
  /** What is to be expected of all lanes together. */
  const outlook = (roundShare: number) => {
    const together = { ...forecast, meanRoundNs: forecast.meanRoundNs / state.lanes }
    return { elapsedSeconds: elapsedNs() / 1e9, ...expected(together, options, elapsedNs(), roundShare) }
  }
  const contextOf = (lane: number, round: number): RunContext => {
    // The others are somewhere else in rounds of theirs: one line cannot tell of all.
    const progress: RunContext['progress'] = (phase, roundShare) =>
      lane === 0 && listener.progress({ phase, round, roundShare, ...outlook(roundShare) })
    return { rig: rigs[lane]!, plan, failures, listener, signal, progress }
  }
  const context = contextOf(0, 0)

  context.progress('preflight', 0)
  const checked = await preflight(rig, plan, signal)
  if (!signal.aborted) resumed?.assertSame(checked.apps)
  resumed?.state.failures.forEach(fail)
  checked.failures.forEach(fail)
  state = { ...state, preflight: checked.apps, failures: failures.list }
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
    const availableNs = (options.maximumNs - elapsedNs()) * state.lanes + rounds * meanRoundNs
    const cut = cutRounds(shape, variancesAfter(rounds, precision), options, availableNs)
    forecast = { ...forecast, meanRoundNs: (meanRoundNs * roundNs(shape, cut)) / roundNs(shape, state) }
    state = { ...state, ...cut }
  }

  if (resumed === null) {
    const { sizes, cut, meanRoundNs } = sizeRounds(plan, running(), options, elapsedNs())
    const { warmUpMilliseconds, wantedWarmUpMilliseconds } = sizes
    if (warmUpMilliseconds < wantedWarmUpMilliseconds)
      listener.remark(`only ${(warmUpMilliseconds / 1000).toFixed(1)} s of warm-up fit into the time of this run`)
    state = { ...state, ...sizes, ...(await checkLanes(context, rigs, sizes, options.maximumNs)) }
    if (others.length > 0) listener.remark(forecastOf(cut, meanRoundNs / state.lanes, options, elapsedNs()))
    forecast = { ...forecast, meanRoundNs }
  } else {
    const { rounds, precision } = resumed
    forecast = { rounds, precision, meanRoundNs: (resumed.elapsedNs * state.lanes) / rounds }
    const stop = stopAfter(forecast, options)
    if (stop !== null) return { ...state, stoppedBecause: stop }
    refine()
  }

  let underWay = 0
  const isEnough = () => options.rounds !== null && forecast.rounds + underWay >= options.rounds
  const idleWork = new IdleWork()
  const fleetsOf = rigs.slice(0, state.lanes).map((own) => new Fleets({ ...context, rig: own }))
  const work: LaneWork = {
    mayNotBegin() {
      if (signal.aborted) return 'interrupted'
      if (isEnough()) return 'enough'
      return mayStart(forecast, options, elapsedNs()) ? null : 'time'
    },
    async measure(lane, round, next) {
      const [own, fleets, inLane] = [rigs[lane]!, fleetsOf[lane]!, contextOf(lane, round)]
      const beganNs = own.now()
      underWay++
      try {
        inLane.progress('start', 0)
        const planned = planRound(plan, round, state)
        const warmUpLimits = { least: state.leastWarmUpMilliseconds, most: state.warmUpMilliseconds }
        const fleet = await fleets.take(planned)
        /** While the last round rests: so that no time is lost, should there be another one. */
        const resting = (failed: readonly Failure[]) => {
          failed.forEach(fail)
          const after = afterRound(forecast, own.now() - beganNs, forecast.precision)
          if (signal.aborted || isEnough() || !mayStart(after, options, elapsedNs())) return
          fleets.prepare(planRound(plan, next(), state))
        }
        const record = await measureRound(inLane, { planned, fleet, warmUpLimits, idleWork, resting })
        return { record: lane === 0 ? record : { ...record, lane }, tookNs: own.now() - beganNs }
      } finally {
        underWay--
      }
    },
    lost: (round, error) => listener.remark(`round ${round} is lost and will be repeated: ${error.message}`),
    async finished({ record, tookNs }) {
      state = { ...state, observed: observedIn(plan, record) ?? state.observed }
      const precision = await options.roundFinished(record, state, elapsedNs())
      forecast = afterRound(forecast, tookNs, precision)
      const widest = precision !== null && Number.isFinite(precision.widestHalfWidth) ? precision.widestHalfWidth : null
      listener.roundFinished({
        round: forecast.rounds,
        ...outlook(0),
        widestHalfWidthPercent: widest === null ? null : widest * 100,
        widestCell: precision?.widestCell ?? null,
        precisionPercent: options.precision === null ? null : options.precision * 100,
      })
      const stop = failures.wholeApps.has(plan.baseline) ? 'failed' : stopAfter(forecast, options)
      if (stop === null) refine()
      return stop
    },
  }
  try {
    const stoppedBecause = await runLanes(state.lanes, (resumed?.lastRound ?? 0) + 1, work)
    return { ...state, stoppedBecause }
  } finally {
    await Promise.all(fleetsOf.map((fleets) => fleets.stop()))
  }
}

/** What to expect of the run, before its first round. */
function forecastOf(cut: RoundCut, meanRoundNs: number, rule: StopRule, elapsedNs: number): string {
  const after = (rounds: number) => formatDuration((rounds * meanRoundNs + elapsedNs) / 1e9)
  const affordable = Math.max(1, Math.floor((rule.maximumNs - elapsedNs) / meanRoundNs))
  const { halfWidthAfter, roundsNeeded } = expectedPrecision(cut, rule)
  const rounds = Math.min(affordable, rule.rounds ?? roundsNeeded ?? affordable)
  // A run that is precise enough ends there.
  const halfWidth = rule.precision !== null && rounds === roundsNeeded ? rule.precision : halfWidthAfter(rounds)
  const reached = formatPlusMinusPercent(100 * halfWidth)
  const sentence = `the widest interval will be about ${reached} after ${after(rounds)}, in some ${count(rounds, 'round')}`
  if (rule.precision === null || halfWidth <= rule.precision) return sentence
  const wanted = formatPlusMinusPercent(100 * rule.precision)
  return `${sentence}; ${wanted} ${roundsNeeded === null ? 'is out of reach' : `takes about ${after(roundsNeeded)}`}`
}
