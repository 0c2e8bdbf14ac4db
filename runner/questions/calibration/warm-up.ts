import { BASELINE, type EndpointId } from '../../../apps/app.ts'
import { pinRunner } from '../../machine/placement.ts'
import { withDefaults } from '../../measure/options.ts'
import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { RunError } from '../../result/errors.ts'
import { count, formatDuration, formatEstimate, formatNumber } from '../../result/format.ts'
import { knownApps, type ResolvedApp } from '../../servers/find-app.ts'
import { mean } from '../../statistics/summary.ts'
import { planOf, resolveApps } from '../resolve.ts'
import type { WarmUpPart } from './data.ts'
import type { Judgement, Part, PartContext } from './part.ts'
import { repeatUnit, seedOfTurn, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun } from './unit-run.ts'
import { type CurvePoint, warmAfter, warmUpCurves } from './warm-up-curves.ts'
import { bounded, dot, judged, tooFewRounds } from './words.ts'

/** One that is nearly all framework, and one that makes much work for the garbage collector. */
const ENDPOINTS: EndpointId[] = ['hello', 'table']
/** Fresh processes per app. */
const PROCESSES = 3
/** Load on a fresh process from its first request on. */
const CURVE_MILLISECONDS = { full: 6_000, least: 200 }
/** More cannot be seen in a chart. */
const MOST_POINTS = 60
/** Of the part's time; the rest is for the run that looks for what drift is left: six rounds in a calibration of an hour. */
const CURVES_SHARE = 0.45
/** Of the time for curves; the rest starts processes. */
const LOADED_SHARE = 0.9
const DRIFT_ROUNDS = { most: 30, least: 2 }
const BLOCKS = { full: 16, least: 8 }
/** What curves and run take at this size. */
const FULL_MILLISECONDS = 200_000
const GOAL_PERCENT = 1

export const warmUp: Part<WarmUpPart> = {
  id: 'warm-up',
  title: 'warm-up',
  share: 0.05,
  /** How apps warm up, how long a warm-up that comes to, and what it leaves. */
  async measure(context) {
    const startedNs = context.now()
    const apps = resolveApps([BASELINE, ...context.apps], context.cwd)
    const curvesMilliseconds = context.milliseconds * CURVES_SHARE
    const affordable = (curvesMilliseconds * LOADED_SHARE) / PROCESSES / apps.length
    const perProcess = Math.max(CURVE_MILLISECONDS.least, Math.min(CURVE_MILLISECONDS.full, affordable))
    const { finished, cutShort, problem } = await repeatUnit(
      { ...context, milliseconds: curvesMilliseconds },
      { guessMilliseconds: perProcess * apps.length, most: PROCESSES, failuresInARow: 2 },
      (turn) => measureCurves(context, apps, perProcess, turn),
    )
    if (finished.length === 0) return { body: null, cutShort, problem }
    const body = {
      part: 'warm-up' as const,
      curves: finished.flatMap((byApp, process) =>
        [...byApp].map(([app, points]) => ({
          app,
          process: process + 1,
          points: thinned(points, MOST_POINTS).map(({ milliseconds, logCost }) => {
            return { milliseconds, costMicroseconds: Math.exp(logCost) / 1000 }
          }),
        })),
      ),
      chosenMilliseconds: Math.round(Math.max(...finished.flatMap((byApp) => [...byApp.values()].map(warmAfter)))),
      drift: [],
    }
    if (cutShort || problem !== null) return { body, cutShort, problem }
    const left = context.milliseconds - (context.now() - startedNs) / 1e6
    try {
      const drift = await measureDrift(context, apps, left)
      return { body: { ...body, drift: drift ?? [] }, cutShort: drift === null, problem: null }
    } catch (error) {
      if (!(error instanceof RunError)) throw error
      return { body, cutShort: true, problem: error }
    }
  },
  heading: 'Warm-up',
  question: 'Is the warm-up long enough?',
  goals: ['the warm-up leaves no drift above 1 %'],
  answer(part) {
    const { drift, chosenMilliseconds } = part
    const curves = drawable(part.curves)
    if (curves.length === 0 && drift.length === 0) return null
    const apps = new Set(curves.map(({ app }) => app)).size
    return {
      judgements: [judgeDrift(drift)],
      sentences: [
        'A warm-up ends when V8 has compiled the app: its compiler and garbage collector have taken no more than 1 % of the CPU time for a while. ' +
          `The slowest process of the curves took ${formatDuration(chosenMilliseconds / 1000)}.`,
        ...(drift.length === 0 ? ['What drift it leaves was not measured.'] : []),
      ],
      tables: [curveTable(curves), driftTable(drift)].filter(({ rows }) => rows.length > 0),
      charts: [curveChart(curves, chosenMilliseconds), driftChart(drift)].filter(({ points }) => points.length > 0),
      limits: [...(curves.length === 0 ? ['No curves were measured.'] : []), ...unproven(drift)],
      effort: `${count(curves.length, 'fresh process', 'fresh processes')} of ${count(apps, 'app')}, each loaded from its first request on; drift of ${count(drift.length, 'cell')}`,
    }
  },
}

type Curves = WarmUpPart['curves']
type Drift = WarmUpPart['drift']

/** Every app once, in fresh processes; null when interrupted. */
async function measureCurves(
  context: PartContext,
  apps: readonly ResolvedApp[],
  milliseconds: number,
  turn: number,
): Promise<ReadonlyMap<string, readonly CurvePoint[]> | null> {
  const { signal, placement } = context
  const seed = seedOfTurn(context, turn)
  const options = withDefaults({ endpoints: ENDPOINTS, seed }, knownApps(), seed)
  const { rig } = await context.openRig(options.driver, seed, placement)
  pinRunner(placement)
  const progress = (share: number) =>
    context.progress(`warm-up curves of process ${turn + 1} of ${PROCESSES}, ${Math.floor(share * 100)} %`)
  const plan = planOf(options, apps)
  const curves = await warmUpCurves(rig, plan, milliseconds, { signal, progress })
  if (signal.aborted) return null
  const silent = apps.find(({ id }) => (curves.get(id) ?? []).length === 0)
  if (silent !== undefined) throw new RunError('not-measured', `${silent.id} did not answer while it was warming up`)
  return curves
}

/** A run with the warm-up of every run: how the cost still changes from the first block of a round to the last; null when interrupted. */
async function measureDrift(context: PartContext, apps: readonly ResolvedApp[], milliseconds: number): Promise<Drift | null> {
  const options = {
    endpoints: ENDPOINTS,
    rounds: DRIFT_ROUNDS.most,
    blocks: shrunk(BLOCKS.full, unitShare(context.milliseconds, FULL_MILLISECONDS, 1), BLOCKS.least),
    maxMinutes: milliseconds / 60_000,
  }
  const unit = { title: 'drift after the warm-up', apps, options }
  const outcome = await measureUnitRun(context, unit, seedOfTurn(context, PROCESSES))
  if (outcome === null) return null
  const { cells, rounds } = outcome.result
  if (rounds < DRIFT_ROUNDS.least) throw new RunError('not-measured', 'there was no time for rounds that would show a drift')
  return cells
    .filter((cell) => cell.state === 'measured')
    .flatMap(({ app, endpoint, driftPercent }) => (driftPercent === null ? [] : [{ app, endpoint, driftPercent }]))
}

/**
 * At most so many points, evenly spread over the logarithm of time: warming up slows down as it goes, and so it is drawn. The first
 * and the last point stay.
 * @param points in order of time, which is above 0
 */
export function thinned<Point extends { readonly milliseconds: number }>(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points]
  const [first, last] = [points[0]!.milliseconds, points.at(-1)!.milliseconds]
  const nearest = (time: number) => {
    const distance = ({ milliseconds }: Point) => Math.abs(Math.log(milliseconds / time))
    return points.reduce((near, point) => (distance(point) < distance(near) ? point : near))
  }
  return [...new Set(Array.from({ length: most }, (_, index) => nearest(first * (last / first) ** (index / (most - 1)))))]
}

/** Curves with at least a point; both axes are logarithmic, so only what is above zero has a place. */
function drawable(curves: Curves): Curves {
  return curves
    .map(({ points, ...curve }) => {
      return { ...curve, points: points.filter((point) => point.milliseconds > 0 && point.costMicroseconds > 0) }
    })
    .filter(({ points }) => points.length > 0)
}

function judgeDrift(drift: Drift): Judgement | null {
  const largest = drift.toSorted((a, b) => Math.abs(b.driftPercent.value) - Math.abs(a.driftPercent.value))[0]
  if (largest === undefined) return null
  const { app, endpoint, driftPercent } = largest
  return judged(
    `the largest drift over the measured part of a round is ${formatEstimate(driftPercent)} % (${app} on ${endpoint})`,
    Math.abs(driftPercent.value) <= GOAL_PERCENT,
  )
}

/** A value within the goal proves little when its interval reaches beyond. */
function unproven(drift: Drift): string[] {
  const known = drift.flatMap(({ driftPercent }) => bounded(driftPercent))
  const beyond = known.filter(({ low, high }) => low < -GOAL_PERCENT || high > GOAL_PERCENT).length
  const reach = beyond === 1 ? 'reaches' : 'reach'
  return [
    ...(beyond === 0 ? [] : [`Of ${count(known.length, 'interval')} of drift ${beyond} ${reach} beyond ±${GOAL_PERCENT} %.`]),
    ...tooFewRounds(drift.length - known.length, 'drift'),
  ]
}

/** Per app a panel, per fresh process a line. */
function curveChart(curves: Curves, chosenMilliseconds: number): AnswerChart {
  return chartOf(
    {
      id: 'warm-up',
      title: `Cost of fresh processes under load; the slowest is warm after ${formatDuration(chosenMilliseconds / 1000)}`,
      description: `CPU microseconds per request against time under load, a line per fresh process, ${count(curves.length, 'process', 'processes')}`,
      x: { title: 'milliseconds under load', scale: 'log' },
      y: { title: 'CPU µs per request, less is better', scale: 'log' },
      reference: null,
    },
    curves.flatMap(({ app, process, points }) =>
      points.map(({ milliseconds, costMicroseconds }) => dot(`process ${process}`, milliseconds, costMicroseconds, app)),
    ),
  )
}

function driftChart(drift: Drift): AnswerChart {
  return chartOf(
    {
      id: 'drift',
      title: 'Drift that the warm-up leaves',
      description: `drift of cost in ${count(drift.length, 'cell')} with intervals`,
      y: { title: `change of cost over the measured part of a round, %; nearer to 0 is better, goal ±${GOAL_PERCENT} %` },
      reference: 0,
    },
    drift.flatMap(({ app, endpoint, driftPercent }) =>
      bounded(driftPercent).flatMap((known) => mark('drift', app, known, endpoint)),
    ),
  )
}

function curveTable(curves: Curves): AnswerTable {
  const rows = [...Map.groupBy(curves, ({ app }) => app)].map(([app, own]) => {
    const meanAt = (place: number) => mean(own.map(({ points }) => points.at(place)!.costMicroseconds))
    return { app, processes: own.length, first: meanAt(0), last: meanAt(-1) }
  })
  return tableOf({ id: 'warm-up', title: 'Cold and warm', texts: 1 }, rows, {
    app: ({ app }) => app,
    processes: ({ processes }) => processes,
    'first point, µs/request': ({ first }) => formatNumber(first, 0),
    'last point, µs/request': ({ last }) => formatNumber(last, 1),
    'first over last': ({ first, last }) => formatNumber(first / last, 1),
  })
}

function driftTable(drift: Drift): AnswerTable {
  return tableOf({ id: 'drift', title: 'Drift over the measured part of a round' }, drift, {
    endpoint: ({ endpoint }) => endpoint,
    app: ({ app }) => app,
    'drift, %': ({ driftPercent }) => driftPercent,
  })
}
