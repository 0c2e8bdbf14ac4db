import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digamma, inverseTrigamma, trigamma } from './moderated-variance.ts'

const EULER = 0.5772156649015329
const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true })

describe('known constants', () => {
  it('of ψ: Euler’s constant (Abramowitz & Stegun 6.3.2, 6.3.3)', () => {
    expect(digamma(1)).toBeCloseTo(-EULER, 13)
    expect(digamma(0.5)).toBeCloseTo(-EULER - 2 * Math.LN2, 13)
    expect(digamma(2)).toBeCloseTo(1 - EULER, 13)
    expect(digamma(10)).toBeCloseTo(2.251752589066721, 12)
  })

  it('of ψ′: π²/6 and π²/2 (6.4.2, 6.4.4)', () => {
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 13)
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 13)
    expect(trigamma(2)).toBeCloseTo(Math.PI ** 2 / 6 - 1, 13)
  })
})

describe('recurrences', () => {
  it('hold everywhere', () => {
    fc.assert(
      fc.property(positive, (x) => {
        expect((digamma(x + 1) - digamma(x)) * x).toBeCloseTo(1, 10)
        expect(trigamma(x) - trigamma(x + 1) - 1 / (x * x)).toBeCloseTo(0, 9)
      }),
    )
  })
})

describe('inverseTrigamma', () => {
  it('undoes trigamma from one end of its range to the other', () => {
    for (let exponent = -8; exponent <= 12; exponent += 0.25) {
      const x = 10 ** exponent
      expect(inverseTrigamma(trigamma(x)) / x).toBeCloseTo(1, 7)
    }
  })

  it('is exact in the middle', () => {
    fc.assert(
      fc.property(positive, (x) => {
        expect(inverseTrigamma(trigamma(x)) / x).toBeCloseTo(1, 12)
      }),
    )
  })
})

describe('arguments of zero, below it or not a number', () => {
  it.each([digamma, trigamma, inverseTrigamma])('are errors', (special) => {
    for (const x of [0, -1, Number.NaN]) expect(() => special(x)).toThrow(RangeError)
  })
})
