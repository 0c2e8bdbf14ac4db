import { describe, expect, it } from 'vitest'
import { slice } from '../fixtures/slices.ts'
import { driftOver, positionEffect } from './within-round.ts'

describe('driftOver', () => {
  it('is the slope over the blocks, as a share of the cost', () => {
    expect(driftOver([10, 11, 12, 13, 14], [])).toBeCloseTo(5 / 12, 12)
    expect(driftOver([10, 10, 10, 10], [])).toBe(0)
  })

  it('does not see what happens to the references as well', () => {
    expect(
      driftOver(
        [30, 35, 31, 37],
        [
          [10, 15, 11, 17],
          [10, 15, 11, 17],
        ],
      ),
    ).toBeCloseTo(0, 12)
  })

  it('is not moved by one odd block in six, and goes on without a missing one', () => {
    expect(driftOver([10, 11, 12, 900, 14, 15], [])).toBeCloseTo(6 / 12.75, 1)
    expect(driftOver([10, 11, Number.NaN, 13, 14], [])).toBeCloseTo(5 / 12, 12)
  })

  it('knows nothing with fewer than four blocks that all have', () => {
    expect(driftOver([10, 11, 12], [])).toBeNull()
    expect(driftOver([10, 11, 12, 13], [[10, 10, 10, Number.NaN]])).toBeNull()
  })
})

describe('positionEffect', () => {
  /** Three places; each costs 1 % more than the one before, whoever has it. */
  const costlier = (position: number, micros: number) => micros * Math.exp(position * 0.01)
  const orders = [
    ['raw', 'raw#2', 'koa'],
    ['koa', 'raw', 'raw#2'],
    ['raw#2', 'koa', 'raw'],
  ]

  it('is the last place over the first, whoever is expensive', () => {
    const slices = orders.flatMap((order, block) =>
      order.map((id, position) => slice(id, block, costlier(position, id === 'koa' ? 20 : 10), { position })),
    )
    expect(positionEffect(slices)).toBeCloseTo(0.02, 9)
  })

  it('is not known without two places', () => {
    expect(positionEffect([slice('raw', 0, 10), slice('raw', 1, 10)])).toBeNull()
    expect(positionEffect([])).toBeNull()
  })
})
