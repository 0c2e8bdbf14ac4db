import { describe, expect, it } from 'vitest'
import type { Slice } from '../measure/records.ts'
import { sumOfSlow } from './sums.ts'
import { slowAnswers } from './within-round.ts'

/** 1000 requests of 20 µs; what is in flight at the end of 16 connections takes 0.32 ms. */
const slice = (change: Partial<Slice> = {}) =>
  ({
    ...{ requests: 1_000, serverCpuNs: 20e6, elapsedNs: 20.3e6, drainNs: 0.3e6 },
    ...{ serverRunDelayNs: 0, serverWaitNs: 0, loadWaitNs: 0 },
    ...change,
  }) as Slice
/** Its last answer comes 60 ms late. */
const late = (change: Partial<Slice> = {}) => slice({ elapsedNs: 80.3e6, drainNs: 60.3e6, ...change })
const slices = (...all: readonly Slice[]) => slowAnswers(all, 16).slices

describe('an answer is slow', () => {
  it('when it comes late and nobody has worked on it', () => {
    const { slices, waitNs, longestNs } = slowAnswers([slice(), late(), slice(), late({ drainNs: 30.3e6 })], 16)
    expect(slices).toBe(2)
    expect(longestNs / 1e6).toBeCloseTo(60, 0)
    expect(waitNs / 1e6).toBeCloseTo(90, 0)
  })

  it.each([
    ['when the server has worked all the time', { serverCpuNs: 79e6 }],
    ['when the server has waited for its CPU', { serverWaitNs: 55e6 }],
    ['when any of its threads has', { serverRunDelayNs: 55e6 }],
    ['when the load generator has waited for its own', { loadWaitNs: 55e6 }],
    ['when all answers are as slow as that', { requests: 5, serverCpuNs: 20e6 }],
    ['when it is not late', { drainNs: 5e6 }],
    ['when it is not known who has waited', { serverWaitNs: null }],
    ['when the driver cannot tell', { loadWaitNs: null }],
  ])('but not %s', (_why, change) => {
    expect(slices(late(change))).toBe(0)
  })
})

it('sums of rounds keep the longest', () => {
  const parts = [
    { slices: 1, waitNs: 20, longestNs: 20 },
    { slices: 2, waitNs: 50, longestNs: 40 },
  ]
  expect(sumOfSlow(parts)).toEqual({ slices: 3, waitNs: 70, longestNs: 40 })
  expect(sumOfSlow([])).toEqual({ slices: 0, waitNs: 0, longestNs: 0 })
})
