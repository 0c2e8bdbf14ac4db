import { describe, expect, it } from 'vitest'
import { burnTimes, knownWorks, largestDeviation } from './known-work.ts'

/** What so many turns add when one takes so long. */
const pass = (turnNs: number) => new Map([500, 1_000, 10_000].map((count) => [count, count * turnNs]))

describe('burnTimes', () => {
  it('is what the largest number of turns adds to a call, median over passes', () => {
    const { nanosecondsPerTurn, perProcess } = burnTimes([pass(2), pass(2.1), pass(3)])
    expect(perProcess.map((value) => Number(value.toFixed(9)))).toEqual([2, 2.1, 3])
    expect(nanosecondsPerTurn).toBeCloseTo(2.1, 9)
  })
})

describe('knownWorks', () => {
  it('takes the nearest whole number of turns', () => {
    expect(knownWorks([0, 0.5, 1, 10], 2.2)).toEqual([
      { microseconds: 0, turns: 0 },
      { microseconds: 0.5, turns: 227 },
      { microseconds: 1, turns: 455 },
      { microseconds: 10, turns: 4_545 },
    ])
  })
})

describe('largestDeviation', () => {
  const works = [
    { microseconds: 0, turns: 0 },
    { microseconds: 1, turns: 500 },
    { microseconds: 2, turns: 1_000 },
    { microseconds: 20, turns: 10_000 },
  ]

  it('is nothing when every turn takes what it should', () => {
    expect(largestDeviation(works, [pass(2)])).toBeCloseTo(0, 12)
  })

  it('sees a machine that changed: the same share of every work', () => {
    expect(largestDeviation(works, [pass(2), pass(2.06), pass(2.06)])).toBeCloseTo(0.03, 9)
  })

  it('sees one work that is not its multiple of the others, with its sign', () => {
    const bent = new Map([...pass(2), [1_000, 1_900]])
    expect(largestDeviation(works, [bent])).toBeCloseTo(-0.05, 9)
  })
})
