import { describe, expect, it } from 'vitest'
import { slice } from '../fixtures/slices.ts'
import type { BurnSample } from './burn-sample-files.ts'
import { timingOf } from './in-situ.ts'

const open = (startedNs: number, disturbance: string | null = null) =>
  slice('koa+1us', 0, 20, { startedNs, elapsedNs: 20e6, disturbance })

const sample = (startedNs: number, tookNs: number): BurnSample => ({ startedNs, tookNs })

describe('timingOf', () => {
  it('is the mean of what began while a slice was open: not of the warm-up, and not in between', () => {
    const samples = [
      ...[sample(99e6, 5_000), sample(100e6, 1_000), sample(120e6, 1_060)],
      ...[sample(120.1e6, 5_000), sample(200e6, 30_000), sample(220.1e6, 5_000)],
    ]
    expect(timingOf(3, samples, [open(100e6), open(200e6)])).toEqual({
      ...{ round: 3, samples: 3, leftOut: 0 },
      meanNs: expect.closeTo((1_000 + 1_060 + 30_000) / 3, 6),
    })
  })

  it('leaves out disturbed slices, as the suite does', () => {
    const samples = [sample(110e6, 1_000), sample(210e6, 9_000)]
    expect(timingOf(1, samples, [open(100e6), open(200e6, 'foreign-cpu')])).toMatchObject({ meanNs: 1_000, samples: 1 })
  })

  it('leaves out calls in which the process has lost its CPU, and counts them; interruptions stay', () => {
    const samples = [sample(110e6, 1_000), sample(111e6, 4e6), sample(112e6, 1e6)]
    expect(timingOf(1, samples, [open(100e6)])).toEqual({ round: 1, meanNs: 500_500, samples: 2, leftOut: 1 })
  })

  it('knows nothing of a process that left nothing', () => {
    expect(timingOf(1, [], [open(100e6)])).toBeNull()
    expect(timingOf(1, [sample(110e6, 4e6)], [open(100e6)])).toBeNull()
    expect(timingOf(1, [sample(110e6, 1_000)], [])).toBeNull()
  })
})
