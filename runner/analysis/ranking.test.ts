import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areTied, type Ranked, tieGroups } from './ranking.ts'

function ranked(app: string, low: number, high: number, apartFrom: string[] | null = null): Ranked {
  return { app, rank: { low, high }, apartFrom }
}

test('ranges that share a place are tied', () => {
  expect(areTied(ranked('a', 1, 2), ranked('b', 2, 3))).toBe(true)
  expect(areTied(ranked('b', 2, 3), ranked('a', 1, 2))).toBe(true)
  expect(areTied(ranked('a', 1, 2), ranked('b', 3, 3))).toBe(false)
})

test('groups', () => {
  expect(tieGroups([ranked('a', 1, 1), ranked('b', 2, 2)])).toEqual([])
  expect(tieGroups([ranked('a', 1, 1), ranked('b', 2, 3), ranked('c', 2, 3)])).toEqual([['b', 'c']])
})

test('a chain of ties is not one group: its ends can be told apart', () => {
  expect(tieGroups([ranked('a', 1, 2), ranked('b', 1, 3), ranked('c', 3, 3)])).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ])
})

test('a group within another is not told again', () => {
  const all = [ranked('a', 1, 4), ranked('b', 1, 4), ranked('c', 2, 4), ranked('d', 2, 4)]
  expect(tieGroups(all)).toEqual([['a', 'b', 'c', 'd']])
})

test('apps that are proven different are told apart, although their ranges share a place', () => {
  const chain = [ranked('a', 1, 2, ['c']), ranked('b', 1, 3, []), ranked('c', 2, 3, ['a'])]
  expect(areTied(chain[0]!, chain[2]!)).toBe(false)
  expect(tieGroups(chain)).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ])
})

test('longer chains are groups of neighbours, and a group is told by its first', () => {
  const chain = [ranked('a', 1, 2, ['c', 'd']), ranked('b', 1, 3, ['d']), ranked('c', 2, 4, ['a']), ranked('d', 3, 4, ['a', 'b'])]
  const groups = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
  ]
  expect(tieGroups(chain)).toEqual(groups)
  expect(tieGroups(chain.toReversed())).toEqual(groups.toReversed().map((group) => group.toReversed()))
  expect([tieGroups([]), tieGroups([ranked('a', 1, 1, [])])]).toEqual([[], []])
})

test('two apps share a group exactly when they are not proven to differ', () => {
  const setups = fc.tuple(fc.integer({ min: 2, max: 6 }), fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 8 }))
  fc.assert(
    fc.property(setups, ([apps, proven]) => {
      const differ = (i: number, j: number) => i !== j && proven.some(([a, b]) => (a === i && b === j) || (a === j && b === i))
      const indices = Array.from({ length: apps }, (_, app) => app)
      const entries = indices.map((i) => ranked(`${i}`, 1, apps, indices.filter((j) => differ(i, j)).map(String)))
      const groups = tieGroups(entries)
      for (const i of indices) {
        for (const j of indices.slice(i + 1)) {
          const share = groups.some((group) => group.includes(`${i}`) && group.includes(`${j}`))
          expect(share).toBe(!differ(i, j))
        }
      }
    }),
  )
})
