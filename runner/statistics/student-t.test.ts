import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tQuantile, twoSidedP } from './student-t.ts'

/**
 * Computed to 20 digits from the closed form for even degrees of freedom (Abramowitz & Stegun 26.7.4), the rest from 1 and
 * infinity.
 */
const QUANTILES_95: [number, number][] = [
  [1, 12.706204736174694],
  [2, 4.302652729749464],
  [4, 2.776445105197794],
  [6, 2.44691185114497],
  [10, 2.2281388519862748],
  [30, 2.042272456301238],
  [100, 1.983971518523552],
  [1000, 1.9623390808264085],
  [Infinity, 1.9599639845400543],
]

describe('tQuantile', () => {
  it.each(QUANTILES_95)('at 95 %% and %d degrees of freedom is %d', (degreesOfFreedom, quantile) => {
    expect(tQuantile(0.95, degreesOfFreedom) / quantile).toBeCloseTo(1, 11)
  })

  it('meets the printed tables at other levels', () => {
    expect(tQuantile(0.9, 5)).toBeCloseTo(2.015, 3)
    expect(tQuantile(0.99, 5)).toBeCloseTo(4.032, 3)
    expect(tQuantile(0.99, 10)).toBeCloseTo(3.169, 3)
    expect(tQuantile(0.999, 20)).toBeCloseTo(3.85, 3)
    expect(tQuantile(0.5, 1)).toBeCloseTo(1, 12)
  })

  it('undoes twoSidedP for real degrees of freedom', () => {
    const level = fc.double({ min: 0.01, max: 0.9999, noNaN: true })
    const degreesOfFreedom = fc.double({ min: 1, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(level, degreesOfFreedom, (wanted, freedom) => {
        expect(1 - twoSidedP(tQuantile(wanted, freedom), freedom)).toBeCloseTo(wanted, 11)
      }),
    )
  })

  it('at level 0 is 0, and refuses certainty', () => {
    expect(tQuantile(0, 5)).toBe(0)
    expect(() => tQuantile(1, 5)).toThrow(RangeError)
    expect(() => tQuantile(0.95, 0)).toThrow(RangeError)
  })
})

describe('twoSidedP', () => {
  it('meets the closed forms for 1 to 4 degrees of freedom', () => {
    for (const t of [0.001, 0.3, 1, 2.5, 12.7, 300]) {
      const angle = Math.atan(t / Math.sqrt(3))
      const share = t / Math.sqrt(4 + t * t)
      expect(twoSidedP(t, 1)).toBeCloseTo((2 / Math.PI) * Math.atan(1 / t), 13)
      expect(twoSidedP(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 13)
      expect(twoSidedP(t, 3)).toBeCloseTo(1 - (2 / Math.PI) * (angle + Math.sin(angle) * Math.cos(angle)), 13)
      expect(twoSidedP(t, 4)).toBeCloseTo(1 - share * (1 + (1 - share * share) / 2), 13)
    }
  })

  it('becomes the normal distribution, far tail included', () => {
    expect(twoSidedP(1.96, Infinity)).toBeCloseTo(0.04999579029644087, 13)
    expect(twoSidedP(6, Infinity) / 1.973175290075396e-9).toBeCloseTo(1, 10)
    expect(twoSidedP(2, 1e12)).toBeCloseTo(twoSidedP(2, Infinity), 10)
  })

  it('falls as fast as the density says, with its constant from the gamma function', () => {
    const [freedom, t, step] = [7.3, 1.7, 1e-4]
    // Γ(4.15) ÷ (Γ(3.65) √(7.3 π))
    const constant = 0.385551582548916
    const density = constant * (1 + (t * t) / freedom) ** (-(freedom + 1) / 2)
    expect((twoSidedP(t - step, freedom) - twoSidedP(t + step, freedom)) / (4 * step)).toBeCloseTo(density, 7)
  })

  it('is 1 at zero, 0 at infinity, and the same on both sides', () => {
    expect([twoSidedP(0, 5), twoSidedP(Infinity, 5), twoSidedP(-Infinity, 0.5)]).toEqual([1, 0, 0])
    expect(twoSidedP(-2, 5)).toBe(twoSidedP(2, 5))
    expect(() => twoSidedP(1, -1)).toThrow(RangeError)
  })
})
