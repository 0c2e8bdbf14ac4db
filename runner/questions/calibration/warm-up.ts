import { BASELINE } from '../../../apps/app.ts'
import type { EndpointId } from '../../../apps/endpoints.ts'
import { pinRunner } from '../../machine/cpus.ts'
import { Failures } from '../../measure/failures.ts'
import { withDefaults } from '../../measure/options.ts'
import { warmUpCurves } from '../../measure/pilot.ts'
import { WARM_UP_LIMITS } from '../../measure/round-sizes.ts'
import { type CurvePoint, warmUpLength } from '../../measure/warm-up-length.ts'
import { RunError } from '../../result/errors.ts'
import { knownApps, type ResolvedApp } from '../../servers/find-app.ts'
import { planOf, resolveApps } from '../resolve.ts'
import type { WarmUpPart } from './data.ts'
import type { MeasurePart, PartContext } from './part-context.ts'
import { repeatUnit, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun, seedOfTurn } from './unit-run.ts'

type Curve = WarmUpPart['curves'][number]

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

/** How apps warm up, how long a warm-up that comes to, and what it leaves. */
export const measureWarmUp: MeasurePart<WarmUpPart> = async (context) => {
  const startedNs = context.now()
  const apps = resolveApps([BASELINE, ...context.apps], context.cwd)
  const curvesMilliseconds = context.milliseconds * CURVES_SHARE
  const perProcess = lengthOfCurve(curvesMilliseconds, apps.length)
  const { finished, cutShort, problem } = await repeatUnit(
    { ...context, milliseconds: curvesMilliseconds },
    { guessMilliseconds: perProcess * apps.length, most: PROCESSES, failuresInARow: 2 },
    (turn) => measureCurves(context, apps, perProcess, turn),
  )
  if (finished.length === 0) return { body: null, cutShort, problem }
  const curves = finished.flatMap((byApp, process) =>
    [...byApp].map(
      ([app, points]): Curve => ({ app, process: process + 1, points: thinned(points, MOST_POINTS).map(curvePoint) }),
    ),
  )
  const chosenMilliseconds = warmUpLength(
    finished.flatMap((byApp) => [...byApp.values()]),
    WARM_UP_LIMITS,
  )
  const body = { part: 'warm-up' as const, curves, chosenMilliseconds, drift: [] }
  if (cutShort || problem !== null) return { body, cutShort, problem }
  const left = context.milliseconds - (context.now() - startedNs) / 1e6
  try {
    const drift = await measureDrift(context, apps, chosenMilliseconds, left)
    return { body: { ...body, drift: drift ?? [] }, cutShort: drift === null, problem: null }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return { body, cutShort: true, problem: error }
  }
}

function lengthOfCurve(milliseconds: number, apps: number): number {
  const affordable = (milliseconds * LOADED_SHARE) / PROCESSES / apps
  return Math.max(CURVE_MILLISECONDS.least, Math.min(CURVE_MILLISECONDS.full, affordable))
}

/** Every app once, in fresh processes; null when interrupted. */
async function measureCurves(
  context: PartContext,
  apps: readonly ResolvedApp[],
  milliseconds: number,
  turn: number,
): Promise<ReadonlyMap<string, readonly CurvePoint[]> | null> {
  const seed = seedOfTurn(context, turn)
  const options = withDefaults({ endpoints: ENDPOINTS, seed }, knownApps(), seed)
  const { rig } = await context.openRig(options.driver, seed, context.placement)
  pinRunner(context.placement)
  const plan = planOf(options, apps)
  const progress = (_phase: string, share: number) =>
    context.progress(`warm-up curves of process ${turn + 1} of ${PROCESSES}, ${Math.floor(share * 100)} %`)
  const { signal } = context
  const { curves } = await warmUpCurves({ rig, plan, failures: new Failures(plan), signal, progress }, milliseconds)
  if (context.signal.aborted) return null
  const silent = apps.find(({ id }) => (curves.get(id) ?? []).length === 0)
  if (silent !== undefined) throw new RunError('not-measured', `${silent.id} did not answer while it was warming up`)
  return curves
}

/** A run with the warm-up that was chosen: how the cost still changes from the first block of a round to the last. */
async function measureDrift(
  context: PartContext,
  apps: readonly ResolvedApp[],
  warmUpMilliseconds: number,
  milliseconds: number,
): Promise<WarmUpPart['drift'] | null> {
  const options = {
    endpoints: ENDPOINTS,
    rounds: DRIFT_ROUNDS.most,
    blocks: shrunk(BLOCKS.full, unitShare(context.milliseconds, FULL_MILLISECONDS, 1), BLOCKS.least),
    warmUp: warmUpMilliseconds / 1000,
    maxMinutes: milliseconds / 60_000,
    seed: seedOfTurn(context, PROCESSES),
  }
  const outcome = await measureUnitRun(context, { title: 'drift after the warm-up', apps, options })
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
  const kept = new Set<Point>()
  for (let index = 0; index < most; index++) {
    const time = first * (last / first) ** (index / (most - 1))
    kept.add(points.reduce((near, point) => (distance(point, time) < distance(near, time) ? point : near)))
  }
  return [...kept]
}

function distance({ milliseconds }: { readonly milliseconds: number }, time: number): number {
  return Math.abs(Math.log(milliseconds / time))
}

function curvePoint({ milliseconds, logCost }: CurvePoint): Curve['points'][number] {
  return { milliseconds, costMicroseconds: Math.exp(logCost) / 1000 }
}
