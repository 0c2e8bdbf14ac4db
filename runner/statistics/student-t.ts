/**
 * Student's t for any real degrees of freedom, infinity (the normal distribution) included. Nothing but the shape of the
 * density is used: the constant in front of it is the same integral from zero, so it cancels and no gamma function is needed.
 * Checked against published tables and closed forms to 10 digits or more.
 */

/** Probability that |T| exceeds |t|. @throws RangeError unless degreesOfFreedom > 0. */
export function twoSidedP(t: number, degreesOfFreedom: number): number {
  requireDegreesOfFreedom(degreesOfFreedom)
  if (t === 0) return 1
  return tailArea(Math.abs(t), degreesOfFreedom) / tailArea(0, degreesOfFreedom)
}

/**
 * The t with P(|T| <= t) = level, as an interval at that level needs it: tQuantile(0.95, Infinity) is 1.96.
 * @param level from 0 to below 1
 * @throws RangeError when the level lies outside that range, or unless degreesOfFreedom > 0.
 */
export function tQuantile(level: number, degreesOfFreedom: number): number {
  requireDegreesOfFreedom(degreesOfFreedom)
  if (!(level >= 0 && level < 1)) throw new RangeError(`a level must lie from 0 to below 1, not ${level}`)
  if (level === 0) return 0
  const wanted = (1 - level) * tailArea(0, degreesOfFreedom)
  let low = 0
  let high = 1
  while (tailArea(high, degreesOfFreedom) > wanted) high *= 2
  // Newton's method; the bracket takes over whenever a step would leave it.
  let t = high / 2
  for (let step = 0; step < 200; step++) {
    const excess = tailArea(t, degreesOfFreedom) - wanted
    if (excess > 0) low = t
    else high = t
    const newton = t + excess / density(t, degreesOfFreedom)
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - t) <= 1e-13 * t) return next
    t = next
  }
  return t
}

/** The density without its constant. */
function density(x: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return Math.exp((-x * x) / 2)
  return Math.exp((-(degreesOfFreedom + 1) / 2) * Math.log1p((x * x) / degreesOfFreedom))
}

const STEP = 1 / 16
const REACH = 4.5

/**
 * Double-exponential quadrature from zero to infinity (Takahasi & Mori 1974): with distance = exp(π/2 sinh u) an integrand
 * falls off so fast in u, at both ends, that the plain sum is exact to nearly all digits.
 */
const NODES = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, index) => {
  const u = index * STEP - REACH
  const distance = Math.exp((Math.PI / 2) * Math.sinh(u))
  return { distance, weight: STEP * (Math.PI / 2) * Math.cosh(u) * distance }
})

/** Integral of the density from t to infinity. */
function tailArea(t: number, degreesOfFreedom: number): number {
  let area = 0
  for (const { distance, weight } of NODES) area += density(t + distance, degreesOfFreedom) * weight
  return area
}

function requireDegreesOfFreedom(degreesOfFreedom: number): void {
  if (!(degreesOfFreedom > 0)) throw new RangeError(`Student's t needs degrees of freedom above zero, not ${degreesOfFreedom}`)
}
