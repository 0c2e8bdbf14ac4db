import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Pair, Ranking } from './ranks.ts'
import { tieLetters } from './tie-letters.ts'

/** A ranking of apps with these costs in which exactly the given pairs are proven to differ. */
function rankingOf(costs: readonly number[], proven: readonly (readonly [number, number])[]): Ranking {
  const pairs = costs.flatMap((cost, i) =>
    costs.slice(i + 1).map((other, offset): Pair => {
      const j = i + 1 + offset
      const differs = proven.some(([one, two]) => (one === i && two === j) || (one === j && two === i))
      const verdict = differs ? (cost < other ? 'lower' : 'higher') : 'undecided'
      return { i, j, meanDifference: cost - other, low: cost - other, high: cost - other, adjustedP: differs ? 0 : 1, verdict }
    }),
  )
  return { ranks: costs.map(() => ({ low: 1, high: costs.length })), pairs }
}

it('gives one letter to apps that no pair tells apart', () => {
  expect(tieLetters(rankingOf([1, 2, 3], []))).toEqual(['a', 'a', 'a'])
})

it('gives an app between two others the letters of both', () => {
  expect(tieLetters(rankingOf([3, 1, 2], [[0, 1]]))).toEqual(['b', 'a', 'ab'])
})

it('gives every app its own letter, the cheapest first, when all differ', () => {
  const every = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const
  expect(tieLetters(rankingOf([3, 1, 2], every))).toEqual(['c', 'a', 'b'])
})

it('makes chains', () => {
  const apart = [
    [0, 2],
    [0, 3],
    [1, 3],
  ] as const
  expect(tieLetters(rankingOf([1, 2, 3, 4], apart))).toEqual(['a', 'ab', 'bc', 'c'])
})

it('of one app is a, and of none is nothing', () => {
  expect(tieLetters(rankingOf([1], []))).toEqual(['a'])
  expect(tieLetters(rankingOf([], []))).toEqual([])
})

it('lets two apps share a letter exactly when they are not proven to differ', () => {
  const cost = fc.integer({ min: 0, max: 100 })
  const setups = fc.tuple(
    fc.array(cost, { minLength: 2, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 8 }),
  )
  fc.assert(
    fc.property(setups, ([costs, proven]) => {
      const ranking = rankingOf(costs, proven)
      const letters = tieLetters(ranking)
      for (const { i, j, verdict } of ranking.pairs) {
        const shared = [...letters[i]!].some((letter) => letters[j]!.includes(letter))
        expect(shared).toBe(verdict === 'undecided')
      }
    }),
  )
})
