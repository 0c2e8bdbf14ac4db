import { describe, expect, it } from 'vitest'
import { slice } from '../../fixtures/slices.ts'
import { type BurnSample, timingOf } from './known-work.ts'

const open = (startedNs: number, disturbance: string | null = null, block = 0) =>
  slice('koa+1us', block, 20, { startedNs, elapsedNs: 20e6, disturbance })

const sample = (startedNs: number, tookNs: number, call = 0): BurnSample => ({ startedNs, tookNs, call })

describe('timingOf', () => {
  it('is the mean of what began while a slice was open: not of the warm-up, and not in between', () => {
    const samples = [
      ...[sample(99e6, 5_000), sample(100e6, 1_000), sample(120e6, 1_060)],
      ...[sample(120.1e6, 5_000), sample(200e6, 30_000), sample(220.1e6, 5_000)],
    ]
    expect(timingOf(3, samples, [open(100e6), open(200e6)])).toEqual({
      ...{ round: 3, samples: 3, leftOut: 0, requestNs: new Map() },
      value: expect.closeTo((1_000 + 1_060 + 30_000) / 3_000, 9),
      cpuDistanceNanoseconds: null,
    })
  })

  it('leaves out disturbed slices, as the suite does', () => {
    const samples = [sample(110e6, 1_000), sample(210e6, 9_000)]
    expect(timingOf(1, samples, [open(100e6), open(200e6, 'foreign-cpu')])).toMatchObject({ value: 1, samples: 1 })
  })

  it('leaves out calls in which the process has lost its CPU, and counts them; interruptions stay', () => {
    const samples = [sample(110e6, 1_000), sample(111e6, 4e6), sample(112e6, 1e6)]
    expect(timingOf(1, samples, [open(100e6)])).toEqual({
      ...{ round: 1, value: 500.5, cpuDistanceNanoseconds: null, samples: 2, leftOut: 1 },
      requestNs: new Map(),
    })
  })

  it('knows what a whole request took in every slice that counts, from its first sample to its last', () => {
    const inSlice = (startedNs: number, firstCall: number) =>
      [0, 40, 75, 120].map((calls) => sample(startedNs + 1e6 + calls * 25_000, 5_000, firstCall + calls))
    const samples = [
      ...inSlice(100e6, 1_000),
      ...inSlice(200e6, 3_000),
      ...inSlice(300e6, 5_000),
      ...inSlice(400e6, 7_000).slice(1),
    ]
    const slices = [open(100e6), open(200e6, null, 1), open(300e6, 'foreign-cpu', 2), open(400e6, null, 3)]
    const { requestNs } = timingOf(1, samples, slices)!
    expect([...requestNs.keys()]).toEqual([0, 1])
    for (const took of requestNs.values()) expect(took).toBeCloseTo(25_000, 6)
  })

  it('knows nothing of a process that left nothing', () => {
    expect(timingOf(1, [], [open(100e6)])).toBeNull()
    expect(timingOf(1, [sample(110e6, 4e6)], [open(100e6)])).toBeNull()
    expect(timingOf(1, [sample(110e6, 1_000)], [])).toBeNull()
  })
})
