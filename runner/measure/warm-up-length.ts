import { median } from '../statistics/summary.ts'

/** Cost of one app at one moment of its life. */
export interface CurvePoint {
  /** Load time since the first request, milliseconds. */
  readonly milliseconds: number
  /** ln of nanoseconds per request, averaged over the endpoints. */
  readonly logCost: number
  /** Of the two CPUs; null or absent: unknown. */
  readonly cpuDistanceNs?: number | null
}

export interface WarmUpLimits {
  readonly least: number
  readonly most: number
}

/** An app counts as warm once its smoothed cost has come down this close to where it ends. */
const STEADY = Math.log(1.03)
const SMOOTHED_POINTS = 5
/** A point at a distance of the CPUs that differs by more than this factor from that of the end is not on the same curve. */
const SAME_PLACE = 1.25
/** The end of the curve that is taken for the steady state. */
const FINAL_SHARE = 1 / 3
/**
 * How long every app shall be warmed up: the longest time any of them took to come within 3 % of its steady cost. What is left by then
 * fades within the first blocks: the drift over a whole round stays far below 1 %.
 * One length for all, fixed before the rounds: a warm-up that stops by itself in each process would differ between processes
 * (pyperf's objection; Traini et al. 2023 found that such rules guess wrong).
 * @param curves one per app, points in order of time
 * @returns milliseconds, within the limits
 */
export function warmUpLength(curves: readonly (readonly CurvePoint[])[], { least, most }: WarmUpLimits): number {
  const longest = Math.max(0, ...curves.map(warmAfter))
  return Math.round(Math.min(most, Math.max(least, longest)))
}

/**
 * Time after which the smoothed curve has first come down to its steady state; the whole curve when it never does. Only the way down
 * counts: a machine that changes its speed later on, or a garbage collection, says nothing about warming up.
 */
export function warmAfter(all: readonly CurvePoint[]): number {
  const curve = inOnePlace(all)
  if (curve.length < SMOOTHED_POINTS) return curve.at(-1)?.milliseconds ?? 0
  const steady = median(curve.slice(Math.floor(curve.length * (1 - FINAL_SHARE))).map(({ logCost }) => logCost))
  for (let start = 0; start + SMOOTHED_POINTS <= curve.length; start++) {
    const smoothed = median(curve.slice(start, start + SMOOTHED_POINTS).map(({ logCost }) => logCost))
    // The median of a falling curve is met half-way through the window.
    if (smoothed <= steady + STEADY) return curve[start + (SMOOTHED_POINTS - 1) / 2]!.milliseconds
  }
  return curve.at(-1)!.milliseconds
}

/** Without the points that were measured while a virtual CPU was somewhere else than at the end: that looks like warming up, and is not. */
function inOnePlace(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  const distances = curve.map(({ cpuDistanceNs }) => cpuDistanceNs ?? null)
  const last = distances.slice(Math.floor(curve.length * (1 - FINAL_SHARE))).filter((distance) => distance !== null)
  if (last.length === 0) return curve
  const end = median(last)
  const here = curve.filter((_, index) => {
    const distance = distances[index] ?? end
    return distance < end * SAME_PLACE && distance > end / SAME_PLACE
  })
  return here.length < SMOOTHED_POINTS ? curve : here
}
