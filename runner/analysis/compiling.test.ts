import { describe, expect, it } from 'vitest'
import { type HelpedSlice, helperFall } from './compiling.ts'

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
