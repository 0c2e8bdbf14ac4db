import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankWithTies } from './ranks.ts'

/** Rounds of apps with these log costs; the wobble differs between apps and has mean zero over six rounds. */
function roundsOf(costs: readonly number[], wobble: number): number[][] {
  const patterns = [
    [1, -1, 1, -1, 1, -1],
    [1, 1, -1, -1, 1, -1],
    [-1, 1, 1, -1, -1, 1],
    [1, -1, -1, 1, -1, 1],
  ]
  return Array.from({ length: 6 }, (_, round) => costs.map((cost, app) => cost + wobble * patterns[app % 4]![round]!))
}

describe('verdicts', () => {
  it('name the cheaper app of a pair when it is proven and matters', () => {
    const { pairs, ranks } = rankWithTies(roundsOf([0.1, 0, 0.5], 0.001))
    expect(pairs.map(({ i, j, verdict }) => [i, j, verdict])).toEqual([
      [0, 1, 'higher'],
      [0, 2, 'lower'],
      [1, 2, 'lower'],
    ])
    expect(pairs[0]!.meanDifference).toBeCloseTo(0.1, 12)
    expect(ranks).toEqual([
      { low: 2, high: 2 },
      { low: 1, high: 1 },
      { low: 3, high: 3 },
    ])
  })

  it('call a proven difference within the margin a tie', () => {
    const { pairs, ranks } = rankWithTies(roundsOf([0, 0.004], 0.001))
    expect(pairs[0]!.adjustedP).toBeLessThan(0.05)
    expect(pairs[0]!.verdict).toBe('tie')
    expect(ranks).toEqual([
      { low: 1, high: 2 },
      { low: 1, high: 2 },
    ])
    expect(rankWithTies(roundsOf([0, 0.004], 0.001), { margin: 0.002 }).pairs[0]!.verdict).toBe('lower')
  })

  it('stay undecided when the interval reaches over the margin, even if zero is ruled out', () => {
    const [wide] = rankWithTies(roundsOf([0, 0.004], 0.03)).pairs
    expect(wide!.verdict).toBe('undecided')
    const [straddling] = rankWithTies(roundsOf([0, 0.009], 0.003)).pairs
    expect(straddling!.adjustedP).toBeLessThan(0.05)
    expect(-straddling!.low).toBeGreaterThan(Math.log(1.01))
    expect(straddling!.verdict).toBe('undecided')
  })

  it('cannot be given on fewer than two common rounds', () => {
    const gap = Number.NaN
    const { pairs, ranks } = rankWithTies([
      [0, 1, 2],
      [0, gap, 2],
      [gap, 1, 2.001],
      [0.001, gap, 2],
    ])
    expect(pairs[0]).toMatchObject({ i: 0, j: 1, low: -Infinity, high: Infinity, adjustedP: 1, verdict: 'undecided' })
    expect(pairs[1]!.verdict).toBe('lower')
    expect(ranks[0]).toEqual({ low: 1, high: 2 })
    expect(rankWithTies([[1, 2]]).pairs[0]!.verdict).toBe('undecided')
  })

  it('treat identical apps as tied', () => {
    expect(
      rankWithTies([
        [1, 1],
        [2, 2],
        [3, 3],
      ]).pairs[0],
    ).toMatchObject({ meanDifference: 0, adjustedP: 1, verdict: 'tie' })
  })

  it('need rounds of one length; one app or none is no contest', () => {
    expect(() => rankWithTies([[1, 2], [1]])).toThrow('every round needs an entry for every app')
    expect(rankWithTies([[1], [2]])).toEqual({ ranks: [{ low: 1, high: 1 }], pairs: [] })
    expect(rankWithTies([])).toEqual({ ranks: [], pairs: [] })
  })
})

describe('any table of log costs', () => {
  // Multiples of 2^-10 add up without rounding, so equal differences stay equal.
  const exact = fc.integer({ min: 0, max: 1024 }).map((units) => units / 1024)
  const tables = fc.integer({ min: 1, max: 5 }).chain((apps) =>
    fc.array(fc.array(exact, { minLength: apps, maxLength: apps }), {
      minLength: 2,
      maxLength: 8,
    }),
  )

  it('gets consistent ranks, whatever shifts all apps of a round and in whatever order the rounds come', () => {
    fc.assert(
      fc.property(tables, (rounds) => {
        const ranking = rankWithTies(rounds)
        const shifted = rankWithTies(rounds.map((round, index) => round.map((cost) => cost + index)).toReversed())
        expect(shifted.ranks).toEqual(ranking.ranks)
        expect(shifted.pairs.map(({ verdict }) => verdict)).toEqual(ranking.pairs.map(({ verdict }) => verdict))
        for (const { low, high } of ranking.ranks) expect(1 <= low && low <= high && high <= ranking.ranks.length).toBe(true)
      }),
    )
  })
})
