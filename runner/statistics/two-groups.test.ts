import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../fixtures/seeded-random.ts'
import { type TwoGroups, twoGroups } from './two-groups.ts'

const LEAST = Math.log(1.03)
const SIZES = [6, 10, 16, 24, 40, 60]
const SAMPLES = 3_000

/** Share of samples of so many values that are called two groups. */
function found(size: number, value: (random: Random, index: number) => number, samples = SAMPLES): number {
  const random = seededRandom(size)
  const sample = () => Array.from({ length: size }, (_, index) => value(random, index))
  return (
    Array.from({ length: samples }, () => twoGroups(sample(), { leastDistance: LEAST })).filter((groups) => groups !== null)
      .length / samples
  )
}

/** Student's t of 4 degrees of freedom, with the deviation of 1 that it has not by itself. */
const longTailed = ({ normal }: Random) => {
  const squares = Array.from({ length: 4 }, () => normal() ** 2).reduce((sum, square) => sum + square)
  return normal() / Math.sqrt(squares / 4) / Math.SQRT2
}
const kinds = (share: number, ratio: number, spread: number) => (random: Random) =>
  (random.uniform() < share ? Math.log(ratio) : 0) + spread * random.normal()

describe('one group is called two', () => {
  it.each(SIZES)('in one of a hundred normal samples of %i values at the most', (size) => {
    for (const deviation of [0.02, 0.3]) expect(found(size, ({ normal }) => deviation * normal(), 10_000)).toBeLessThan(0.0125)
  })

  it.each(SIZES)('in no more of those of %i values with long tails, or with a few values far out', (size) => {
    expect(found(size, (random) => 0.05 * longTailed(random))).toBeLessThan(0.013)
    const outlying = ({ normal, uniform }: Random) => 0.02 * normal() * (uniform() < 0.1 ? 4 : 1)
    expect(found(size, outlying)).toBeLessThan(0.025)
  })

  it.each(SIZES)('in four of a hundred samples of %i values that are skewed to one side', (size) => {
    expect(found(size, ({ normal }) => 0.05 * Math.exp(0.5 * normal()))).toBeLessThan(0.045)
  })

  it.each([10, 24, 60])('hardly ever of %i values that rise with time, steadily or at once', (size) => {
    expect(found(size, ({ normal }, index) => (0.2 * index) / size + 0.01 * normal())).toBeLessThan(0.01)
    expect(found(size, ({ normal }, index) => (index < size / 3 ? 0 : 0.1) + 0.01 * normal())).toBeLessThan(0.01)
    // There and back.
    expect(found(size, ({ normal }, index) => 0.1 * Math.sin((3 * index) / size) + 0.01 * normal())).toBeLessThan(0.02)
  })
})

describe('two groups are found', () => {
  it.each([
    [8, 0.75],
    [10, 0.85],
    [16, 0.93],
    [40, 0.93],
  ])('of %i values: half of them a quarter more than the others, with a spread of a fiftieth', (size, share) => {
    expect(found(size, kinds(0.5, 1.28 / 1.03, 0.02))).toBeGreaterThan(share)
  })

  it.each([
    [10, 0.15],
    [16, 0.38],
    [24, 0.6],
    [40, 0.83],
    [60, 0.9],
  ])(
    'of %i values: a third of them 1.07 times the others, with a spread of 0.015, as often as so few values allow',
    (size, share) => {
      expect(found(size, kinds(1 / 3, 1.07, 0.015))).toBeGreaterThan(share)
    },
  )

  it('although they drift as well', () => {
    const drifting = (random: Random, index: number) => kinds(0.4, 1.28 / 1.03, 0.02)(random) + 0.002 * index
    expect(found(20, drifting)).toBeGreaterThan(0.9)
  })
})

describe('what was measured beside the values', () => {
  /** Share of samples found, of values that depend on something that has two states, and on something else that may be anything. */
  const foundBeside = (size: number, ofState: number, kind: (random: Random) => number) => {
    const random = seededRandom(size)
    const samples = Array.from({ length: SAMPLES }, () => {
      const states = Array.from({ length: size }, () => (random.uniform() < 0.5 ? 110 : 350))
      const others = Array.from({ length: size }, () => random.normal())
      const values = states.map((state) => (ofState * state) / 240 + kind(random))
      return twoGroups(values, { leastDistance: LEAST, covariates: [states, others] })
    })
    return samples.filter((groups) => groups !== null).length / SAMPLES
  }

  it.each([8, 12, 20, 40])('makes no groups of %i values, whether it moves them or not', (size) => {
    for (const ofState of [0, 0.1]) expect(foundBeside(size, ofState, ({ normal }) => 0.02 * normal())).toBeLessThan(0.013)
  })

  it.each([
    [12, 0.85],
    [20, 0.9],
    [40, 0.93],
  ])('hides none of %i values, whether it moves them or not', (size, share) => {
    for (const ofState of [0, 0.1]) expect(foundBeside(size, ofState, kinds(0.4, 1.28 / 1.03, 0.02))).toBeGreaterThan(share)
  })

  it('may be the groups themselves, or say nothing', () => {
    const values = [0, 1, 0, 0, 1, 0, 1, 0.1]
    expect(twoGroups(values)).not.toBeNull()
    expect(twoGroups(values, { covariates: [values.map(Math.round)] })).toBeNull()
    expect(() => twoGroups(values, { covariates: [values, values, values] })).toThrow(RangeError)
    expect(twoGroups([...values, 1], { covariates: [[...values, 1].map(() => 7)] })).toMatchObject({ high: { count: 4 } })
  })

  it('is evened out in the means', () => {
    const states = [1, 2, 1, 2, 2, 1, 1, 2, 1, 2]
    const high = [false, false, true, false, true, false, true, false, false, true]
    const values = high.map((is, index) => (is ? 10 : 0) + states[index]!)
    const { low, high: upper } = twoGroups(values, { covariates: [states] })!
    expect([low.mean, upper.mean]).toEqual([expect.closeTo(1.5, 9), expect.closeTo(11.5, 9)])
    expect([low.count, upper.count]).toEqual([6, 4])
  })
})

describe('two groups', () => {
  const low = [1.03, 1.02, 1.04, 1.03, 1.025, 1.035]
  const high = [1.28, 1.27, 1.29]
  const mixed = [low[0]!, high[0]!, low[1]!, low[2]!, high[1]!, low[3]!, low[4]!, high[2]!, low[5]!]

  it('have a mean, a number of members, and a distance', () => {
    const { low: lower, high: upper, betweenOverWithin } = twoGroups(mixed)!
    expect(lower).toEqual({ mean: expect.closeTo(1.03, 10), count: 6 })
    expect(upper).toEqual({ mean: expect.closeTo(1.28, 10), count: 3 })
    // 2 × 0.25², over six times and three times squares of 0.01 and less: 0.00025 + 0.0002.
    expect(betweenOverWithin).toBeCloseTo(0.125 / 0.00045, 6)
  })

  it('are none when one of them has a single member, when they are too close, or when they came one after the other', () => {
    expect(twoGroups([...low, 1.28])).toBeNull()
    expect(twoGroups(mixed, { leastDistance: 0.3 })).toBeNull()
    expect(twoGroups([...low, ...high])).toBeNull()
    expect(twoGroups(mixed.slice(0, 5))).toBeNull()
  })

  it('may have members that are all equal', () => {
    expect(twoGroups([1, 2, 1, 1, 2, 1])).toMatchObject({ betweenOverWithin: Infinity, low: { count: 4 } } satisfies Partial<
      Record<keyof TwoGroups, unknown>
    >)
    expect(twoGroups([1, 1, 1, 1, 1, 1, 1])).toBeNull()
  })

  it('do not depend on where the values lie, or on their unit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 30 }), (values) => {
        const [plain, scaled] = [twoGroups(values), twoGroups(values.map((value) => 4 * value - 8))]
        expect(scaled?.low.count).toBe(plain?.low.count)
        if (plain !== null) expect(scaled!.high.mean).toBeCloseTo(4 * plain.high.mean - 8, 9)
      }),
    )
  })

  it('leave the values in their order', () => {
    const values = [...mixed]
    twoGroups(values)
    expect(values).toEqual(mixed)
  })
})
