import { describe, expect, it } from 'vitest'
import { slice } from '../fixtures/slices.ts'
import { driftOver, type HelpedSlice, helperFall, positionEffect } from './within-round.ts'

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

/** One slice per block, of 20 ms CPU time; shares of the helper threads. */
const byBlock = (shares: readonly (number | null)[]): HelpedSlice[] =>
  shares.map((share, block) => ({ block, serverCpuNs: 20e6, helperCpuNs: share === null ? null : share * 20e6 }))

describe('helperFall', () => {
  it('is the difference between the halves of a round', () => {
    expect(helperFall(byBlock([0.3, 0.1, 0.02, 0.02]))).toBeCloseTo(0.18, 12)
    expect(helperFall(byBlock([0.02, 0.02, 0.1, 0.3]))).toBeCloseTo(-0.18, 12)
  })

  it('is nothing where helpers take the same all the time, however much', () => {
    expect(helperFall(byBlock(Array(9).fill(0.2)))).toBeCloseTo(0, 12)
  })

  it('gives a slice the weight of its CPU time', () => {
    const slices = byBlock([0.5, 0, 0, 0])
    const longer = slices.map((slice) => (slice.block === 1 ? { ...slice, serverCpuNs: 60e6 } : slice))
    expect(helperFall(longer)).toBeCloseTo(10 / 80, 12)
  })

  it('counts blocks and not slices: the baseline has two copies, and a block may be missing', () => {
    const copies = [...byBlock([0.3, 0.1, 0.02, 0.02]), ...byBlock([0.3, 0.1, 0.02, 0.02])]
    expect(helperFall(copies)).toBeCloseTo(0.18, 12)
    const gap = byBlock([0.3, 0, 0.1, 0.02, 0.02]).filter(({ block }) => block !== 1)
    expect(helperFall(gap)).toBeCloseTo(0.18, 12)
  })

  it('is unknown with too few blocks, or where nobody tells', () => {
    expect(helperFall(byBlock([0.3, 0.1, 0]))).toBeNull()
    expect(helperFall(byBlock([0.3, 0.1, null, 0]))).toBeNull()
    expect(helperFall([])).toBeNull()
    const older = byBlock([0, 0, 0, 0]).map(({ block, serverCpuNs }) => ({ block, serverCpuNs }) as HelpedSlice)
    expect(helperFall(older)).toBeNull()
  })
})
