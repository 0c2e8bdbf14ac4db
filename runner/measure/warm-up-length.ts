import { median } from '../statistics/summary.ts'

/** Cost of one app at one moment of its life. */
export interface CurvePoint {
  /** Load time since the first request, milliseconds. */
  readonly milliseconds: number
  /** ln of nanoseconds per request, averaged over the endpoints. */
  readonly logCost: number
}

export interface WarmUpLimits {
  readonly least: number
  readonly most: number
}

/** An app counts as warm once its smoothed cost has come down this close to where it ends. */
const STEADY = Math.log(1.03)
const SMOOTHED_POINTS = 5
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
export function warmAfter(curve: readonly CurvePoint[]): number {
  if (curve.length < SMOOTHED_POINTS) return curve.at(-1)?.milliseconds ?? 0
  const steady = median(curve.slice(Math.floor(curve.length * (1 - FINAL_SHARE))).map(({ logCost }) => logCost))
  for (let start = 0; start + SMOOTHED_POINTS <= curve.length; start++) {
    const smoothed = median(curve.slice(start, start + SMOOTHED_POINTS).map(({ logCost }) => logCost))
    // The median of a falling curve is met half-way through the window.
    if (smoothed <= steady + STEADY) return curve[start + (SMOOTHED_POINTS - 1) / 2]!.milliseconds
  }
  return curve.at(-1)!.milliseconds
}
