import { describe, expect, it } from 'vitest'
import { type CurvePoint, compiledAfter, warmAfter, warmUpLength } from './pilot.ts'

/** Points every 20 ms, from 20 on. */
const curve = (logCosts: readonly number[]): CurvePoint[] =>
  logCosts.map((logCost, index) => ({ milliseconds: 20 * (index + 1), logCost }))
/** Cost falls to its steady state within the first `share` of so many points. */
const falling = (points: number, share: number) =>
  curve(Array.from({ length: points }, (_, index) => Math.max(0, 1 - index / (points * share))))
/** Flat cost, of which helper threads take shares by point. */
const helped = (shares: readonly (number | null)[]): CurvePoint[] =>
  curve(Array(shares.length).fill(1)).map((point, index) => ({ ...point, helperShare: shares[index]! }))
/** Bursts of the compiler in every third point until `until`, then what the garbage collector takes. */
const compiling = (points: number, until: number) =>
  helped(Array.from({ length: points }, (_, index) => (index * 20 < until && index % 3 === 0 ? 0.6 : 0.01)))
const LIMITS = { least: 100, most: 1_500 }

describe('warmAfter', () => {
  it('leaves out what was measured while a virtual CPU was somewhere else', () => {
    const warm = falling(100, 0.2)
    const moved = warm.map((point, index) => {
      const far = index >= 30 && index < 60
      return { ...point, logCost: point.logCost + (far ? 0.13 : 0), cpuDistanceNs: far ? 350 : 110 + (index % 5) }
    })
    expect(warmAfter(moved)).toBe(warmAfter(warm))
    // Without the distances the same curve looks warm early, or late when it is far at first.
    const farAtFirst = warm.map((point, index) => ({ ...point, logCost: point.logCost + (index < 60 ? 0.13 : 0) }))
    expect(warmAfter(farAtFirst)).toBeGreaterThan(1_000)
    const known = farAtFirst.map((point, index) => ({ ...point, cpuDistanceNs: index < 60 ? 350 : 110 }))
    expect(warmAfter(known)).toBeLessThan(1_300)
  })

  it('takes all points when hardly any is left at the last place', () => {
    const points = falling(12, 0.5).map((point, index) => ({ ...point, cpuDistanceNs: index < 10 ? 350 : 110 }))
    expect(warmAfter(points)).toBeGreaterThan(0)
  })

  it('is early for a flat curve', () => {
    expect(warmAfter(curve(Array(60).fill(3)))).toBeLessThanOrEqual(60)
  })

  it('is where the curve reaches its end', () => {
    const at = warmAfter(falling(100, 0.5))
    // The fall ends after 1000 ms.
    expect(at).toBeGreaterThan(900)
    expect(at).toBeLessThanOrEqual(1_020)
  })

  it('is later the longer the fall', () => {
    const times = [0.1, 0.3, 0.5, 0.6].map((share) => warmAfter(falling(100, share)))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(new Set(times).size).toBe(4)
  })

  it('does not mind a single outlier, early or late', () => {
    const plain = falling(100, 0.4)
    for (const outlier of [2, 60, 95]) {
      const disturbed = plain.map((point, index) => (index === outlier ? { ...point, logCost: point.logCost - 5 } : point))
      expect(Math.abs(warmAfter(disturbed) - warmAfter(plain))).toBeLessThanOrEqual(20)
    }
  })

  it('does not take a machine that becomes faster or slower for a second of warm-up at its end', () => {
    const noisy = curve(Array.from({ length: 100 }, (_, index) => (index < 10 ? 1 : 0.005 * (index % 3))))
    expect(warmAfter(noisy)).toBeLessThanOrEqual(300)
  })

  it('is all there is of a curve that is too short', () => {
    expect(warmAfter([])).toBe(0)
    expect(warmAfter(curve([1, 2]))).toBe(40)
  })
})

describe('compiledAfter', () => {
  it('is where the bursts of the compiler end', () => {
    for (const until of [300, 600, 1_000]) {
      const at = compiledAfter(compiling(100, until))
      expect(at).toBeGreaterThan(until - 60)
      expect(at).toBeLessThanOrEqual(until + 20)
    }
  })

  it('does not mind what the garbage collector takes all the time', () => {
    expect(compiledAfter(helped(Array.from({ length: 100 }, (_, index) => (index % 4 === 0 ? 0.1 : 0.02))))).toBe(0)
  })

  it('is all there is of a curve that is too short, or still being compiled at its end', () => {
    expect(compiledAfter(compiling(10, 1_000))).toBe(200)
    const late = Array.from({ length: 100 }, (_, index) => (index < 97 ? 0.5 : 0))
    expect(compiledAfter(helped(late))).toBe(2_000)
  })

  it('is nothing where nobody tells', () => {
    expect(compiledAfter([])).toBe(0)
    expect(compiledAfter(falling(100, 0.5))).toBe(0)
    expect(compiledAfter(helped(Array(100).fill(null)))).toBe(0)
  })
})

describe('warmUpLength', () => {
  it('waits for the compiler, which a smoothed cost does not show', () => {
    expect(warmUpLength([compiling(100, 800)], LIMITS)).toBeGreaterThan(740)
  })

  it('follows the slowest app', () => {
    const slow = falling(100, 0.4)
    const length = warmUpLength([curve(Array(100).fill(1)), slow, falling(100, 0.2)], LIMITS)
    expect(length).toBe(Math.round(warmAfter(slow)))
    expect(Number.isInteger(length)).toBe(true)
  })

  it('stays within its limits', () => {
    expect(warmUpLength([], LIMITS)).toBe(100)
    expect(warmUpLength([curve(Array(60).fill(1))], LIMITS)).toBe(100)
    expect(warmUpLength([falling(200, 0.6)], LIMITS)).toBe(1_500)
  })
})
