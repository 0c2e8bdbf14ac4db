/** Round numbers of one decade, from fine to coarse. */
const DECADES: readonly (readonly number[])[] = [
  [1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 9.5],
  [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
  [1],
]

/**
 * Values of the ticks of a log axis, not more than `most` unless there are more powers of ten: vega's own choice leaves an axis of
 * less than a decade with one label or with twenty.
 */
export function logTicks(low: number, high: number, most = 10): number[] {
  const choices = DECADES.map((steps) => within(steps, low, high))
  return choices.find((ticks) => ticks.length <= most) ?? choices.at(-1)!
}

function within(steps: readonly number[], low: number, high: number): number[] {
  const ticks: number[] = []
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
    // A power and a product of floating-point numbers; the decimal text is the exact one.
    ticks.push(...steps.map((step) => Number(`${step}e${exponent}`)).filter((tick) => low <= tick && tick <= high))
  }
  return ticks
}
