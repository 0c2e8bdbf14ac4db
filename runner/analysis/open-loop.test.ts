import { describe, expect, it } from 'vitest'
import { slice } from '../fixtures/slices.ts'
import { encodeHistogram, fineHistogram, recordFine } from '../load/latency-histogram.ts'
import type { Slice } from '../measure/records.ts'
import { openLoopOf, openLoopOver } from './open-loop.ts'

function histogram(milliseconds: readonly number[]): string {
  const recorded = fineHistogram()
  for (const one of milliseconds) recordFine(recorded, one)
  return encodeHistogram(recorded)
}

/** A slice of requests that were due at times of their own, answered after so many milliseconds each. */
function due(deployment: string, latencies: readonly number[], of: Partial<Slice['openLoop']> = {}): Slice {
  return slice(deployment, 0, 10, {
    openLoop: {
      ...{ ratePerSecond: 1_000, scheduled: latencies.length, dropped: 0, queued: 1, plannedNs: 90e6, answeredNs: 100e6 },
      ...{ latencies: histogram(latencies), lags: histogram(latencies.map(() => 0.002)) },
      ...of,
    },
  })
}

const many = (milliseconds: number, count = 100) => Array.from({ length: count }, () => milliseconds)

describe('openLoopOf', () => {
  it('sums the slices of a cell, and takes percentiles of all their answers, in microseconds', () => {
    const figures = openLoopOf([due('koa', many(0.1, 900)), due('koa', many(0.3, 100), { ratePerSecond: 3_000, dropped: 2 })])
    expect(figures).toMatchObject({ dueRequestsPerSecond: 2_000, slices: 2, scheduled: 1_000, dropped: 2, queued: 2 })
    expect(figures).toMatchObject({ plannedNs: 180e6, answeredNs: 200e6, sendLagMicroseconds: { p50: 2, p99: 2 } })
    expect(figures!.latency).toMatchObject({
      p50: expect.closeTo(100, 6),
      p90: expect.closeTo(100, 6),
      p99: expect.closeTo(300, -1),
      samples: 1_000,
    })
    expect(figures!.latency.mean).toBeCloseTo(120, 0)
    expect(figures!.latency.max).toBeGreaterThanOrEqual(300)
  })

  it('takes the geometric mean of copies, each by itself: not the percentiles of their mixture', () => {
    const figures = openLoopOf([due('raw', many(0.1)), due('raw#2', many(0.4, 60))])
    expect(figures!.latency.p50).toBeCloseTo(200, 0)
    expect(figures!.latency.p99).toBeCloseTo(200, 0)
    expect(figures!.latency.samples).toBe(60)
  })

  it('is nothing in a closed loop, or without an answer', () => {
    expect(openLoopOf([slice('koa', 0, 10)])).toBeNull()
    expect(openLoopOf([due('koa', [])])).toBeNull()
    expect(openLoopOf([])).toBeNull()
  })
})

describe('openLoopOver', () => {
  it('puts rounds together: sums, and the middle of what each has seen', () => {
    const rounds = [openLoopOf([due('koa', many(0.1))]), null, openLoopOf([due('koa', many(0.4))])]
    const all = openLoopOver(rounds)
    expect(all).toMatchObject({ slices: 2, scheduled: 200 })
    expect(all!.latency.p50).toBeCloseTo(200, 0)
    expect(all!.latency.samples).toBe(200)
    expect(openLoopOver([null])).toBeNull()
  })
})
