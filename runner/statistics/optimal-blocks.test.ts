import { describe, expect, it } from 'vitest'
import { optimalBlocks, varianceComponents } from './optimal-blocks.ts'
import { seededRandom } from './simulation/seeded-random.ts'

describe('varianceComponents', () => {
  it('splits by hand: 2 within, 8 between the means, of which 2 ÷ 2 comes from the blocks', () => {
    expect(
      varianceComponents([
        [1, 3],
        [5, 7],
      ]),
    ).toEqual({ block: 2, round: 7 })
  })

  it('finds planted components, with unequal numbers of blocks', () => {
    const random = seededRandom(2)
    const rounds = Array.from({ length: 3000 }, (_, round) => {
      const level = 0.5 * random.normal()
      return Array.from({ length: 2 + (round % 4) }, () => level + random.normal())
    })
    const { block, round } = varianceComponents(rounds)
    expect(block).toBeCloseTo(1, 1)
    expect(round).toBeCloseTo(0.25, 1)
  })

  it('sees no variance between rounds when their blocks explain it all, and none at all in equal values', () => {
    expect(
      varianceComponents([
        [1, 9],
        [9, 1],
      ]).round,
    ).toBe(0)
    expect(
      varianceComponents([
        [3, 3],
        [3, 3],
      ]),
    ).toEqual({ block: 0, round: 0 })
  })

  it('needs two rounds, and two blocks in one of them', () => {
    expect(() => varianceComponents([[1, 2]])).toThrow(RangeError)
    expect(() => varianceComponents([[1], [2]])).toThrow('the variance between blocks needs a round with at least two')
    expect(() => varianceComponents([[1, 2], []])).toThrow(RangeError)
  })
})

describe('optimalBlocks', () => {
  it('is √(14.1 ÷ 6.7 × 9) = 4.35, rounded up, when blocks deviate three times as much as rounds', () => {
    expect(optimalBlocks({ round: 14.1, block: 6.7 }, { block: 9, round: 1 })).toBe(5)
  })

  it('makes the variance per second smallest', () => {
    const [costs, components] = [
      { round: 20, block: 1 },
      { block: 4, round: 0.5 },
    ]
    const badness = (blocks: number) => (costs.round + blocks * costs.block) * (components.round + components.block / blocks)
    const best = optimalBlocks(costs, components)
    expect(badness(best)).toBeLessThan(badness(best - 2))
    expect(badness(best)).toBeLessThan(badness(best + 2))
  })

  it('stays within its limits, also when one of the two does not vary', () => {
    const costs = { round: 10, block: 1 }
    expect(optimalBlocks(costs, { block: 1, round: 1 }, { least: 6 })).toBe(6)
    expect(optimalBlocks(costs, { block: 1, round: 0 }, { most: 40 })).toBe(40)
    expect(optimalBlocks(costs, { block: 0, round: 0 }, { least: 2, most: 40 })).toBe(2)
    expect(() => optimalBlocks({ round: 0, block: 1 }, { block: 1, round: 1 })).toThrow(RangeError)
  })
})
