/**
 * The gamma function's relatives that moderated variances need, for arguments above zero. Each is shifted by its recurrence to
 * an argument where the asymptotic series of Abramowitz & Stegun (1964), 6.3.18 and 6.4.12, is exact to 13 digits or more.
 */
const SERIES_FROM = 12

/** ψ(x), the derivative of ln Γ(x). @throws RangeError unless x > 0. */
export function digamma(x: number): number {
  requirePositive(x, 'digamma')
  const { shift, large, inverseSquare } = shifted(x, (at) => -1 / at)
  const correction = inverseSquare * polynomial(inverseSquare, [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132])
  return shift + Math.log(large) - 0.5 / large - correction
}

/** ψ′(x), the derivative of ψ; falls from infinity to zero. @throws RangeError unless x > 0. */
export function trigamma(x: number): number {
  requirePositive(x, 'trigamma')
  const { shift, large, inverseSquare } = shifted(x, (at) => 1 / (at * at))
  const series = polynomial(inverseSquare, [1, 1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66]) / large
  return shift + series + 0.5 * inverseSquare
}

/**
 * The x whose trigamma is y, by the Newton iteration on 1/ψ′ of Smyth (2004), appendix: it converges from one side, without fail.
 * @throws RangeError unless y > 0.
 */
export function inverseTrigamma(y: number): number {
  requirePositive(y, 'inverseTrigamma')
  // Beyond these ends the leading terms, 1/x² near zero and 1/x far out, are exact to double precision.
  if (y > 1e12) return 1 / Math.sqrt(y)
  if (y < 1e-9) return 1 / y
  let x = 0.5 + 1 / y
  for (let step = 0; step < 100; step++) {
    const value = trigamma(x)
    const change = (value * (1 - value / y)) / tetragamma(x)
    x += change
    if (Math.abs(change) <= 1e-15 * x) break
  }
  return x
}

/** ψ″(x), the derivative of ψ′ (6.4.13). */
function tetragamma(x: number): number {
  const { shift, large, inverseSquare } = shifted(x, (at) => -2 / at ** 3)
  return shift - inverseSquare * (1 + 1 / large + polynomial(inverseSquare, [0, 1 / 2, -1 / 6, 1 / 6, -3 / 10, 5 / 6]))
}

/** An argument large enough for the series, and what the recurrence adds on the way to it. */
function shifted(x: number, recurrence: (at: number) => number) {
  let shift = 0
  let large = x
  for (; large < SERIES_FROM; large++) shift += recurrence(large)
  return { shift, large, inverseSquare: 1 / (large * large) }
}

/** Horner's rule; the coefficients start with the constant term. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0)
}

function requirePositive(x: number, name: string): void {
  if (!(x > 0)) throw new RangeError(`${name} needs an argument above zero, not ${x}`)
}
