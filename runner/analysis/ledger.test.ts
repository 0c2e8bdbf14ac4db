import * as hdr from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { twoAppPlan as plan } from '../fixtures/plans.ts'
import { slice } from '../fixtures/slices.ts'
import { latencyHistogram } from '../load/latency-histogram.ts'
import type { RoundRecord } from '../measure/records.ts'
import { Ledger } from './ledger.ts'

function record(round: number, of: Partial<RoundRecord> = {}): RoundRecord {
  return {
    round,
    slices: [],
    latencies: [],
    residentBytes: new Map(),
    processRecords: new Map(),
    loadResidentBytes: null,
    failures: [],
    interrupted: false,
    noise: { totalNs: 0, stealNs: 0, foreignNs: 0 },
    blocks: [],
    between: [],
    warmUps: [],
    ...of,
  }
}

function latencies(target: string, request: number, values: readonly number[]) {
  const histogram = latencyHistogram()
  for (const value of values) histogram.recordValue(value)
  return { target, request, histogram: hdr.encodeIntoCompressedBase64(histogram) }
}

describe('Ledger', () => {
  it('knows nothing at first', () => {
    const ledger = new Ledger(plan)
    expect(ledger).toMatchObject({ rounds: [], measuredNs: 0, loadResidentBytes: null })
    expect(ledger.noise).toEqual({ stealShare: null, foreignShare: null })
    expect(ledger.residentBytes('koa')).toBeNull()
    expect(ledger.latency('koa', 'hello')).toBeNull()
  })

  it('puts latencies together over rounds and over both copies of the baseline, by endpoint', () => {
    const ledger = new Ledger(plan)
    ledger.add(
      record(1, { latencies: [latencies('raw', 0, [100, 200]), latencies('raw#2', 0, [300]), latencies('raw', 1, [9_000])] }),
    )
    ledger.add(record(2, { latencies: [latencies('raw', 0, [400, 500]), latencies('koa', 0, [])] }))
    expect(ledger.latency('raw', 'hello')).toEqual({ mean: 300, p50: 300, p90: 500, p99: 500, max: 500, samples: 5 })
    expect(ledger.latency('raw', 'lookup')).toMatchObject({ samples: 1 })
    expect(ledger.latency('raw', 'lookup')!.max / 9_000).toBeCloseTo(1, 2)
    expect(ledger.latency('koa', 'hello')).toBeNull()
  })

  it('leaves out latencies of rounds in which the machine was slow, also of one that turns out to be only later', () => {
    const ledger = new Ledger(plan)
    const add = (round: number, slow: number) => {
      const slices = plan.deployments.map(({ id }) => slice(id, 0, 10 * slow, { round }))
      ledger.add(record(round, { slices, latencies: [latencies('koa', 0, [100 * slow])] }))
      return ledger.latency('koa', 'hello')
    }
    expect(add(1, 2)).toMatchObject({ samples: 1, mean: 200 })
    expect(add(2, 2)).toMatchObject({ samples: 2, mean: 200 })
    expect(add(3, 1)).toMatchObject({ samples: 3 })
    expect(add(4, 1)).toMatchObject({ samples: 4 })
    expect(add(5, 1)).toMatchObject({ samples: 3, mean: 100 })
    expect(add(6, 1)).toMatchObject({ samples: 4, mean: 100 })
    expect(ledger.rounds.map(({ round }) => round)).toEqual([3, 4, 5, 6])
    expect(ledger.slowRounds).toMatchObject([{ round: 1 }, { round: 2 }])
    expect(ledger.measuredRounds).toBe(6)
  })

  it('takes the median memory of an app and the most of the load generator', () => {
    const ledger = new Ledger(plan)
    ledger.add(
      record(1, {
        residentBytes: new Map([
          ['raw', 10],
          ['raw#2', 30],
          ['koa', 5],
        ]),
        loadResidentBytes: 7,
      }),
    )
    ledger.add(record(2, { residentBytes: new Map([['raw', 20]]), loadResidentBytes: 3 }))
    expect(ledger.residentBytes('raw')).toBe(20)
    expect(ledger.residentBytes('koa')).toBe(5)
    expect(ledger.loadResidentBytes).toBe(7)
  })

  it('shares out noise over all rounds, not round by round', () => {
    const ledger = new Ledger(plan)
    ledger.add(record(1, { noise: { totalNs: 900, stealNs: 90, foreignNs: 0 } }))
    ledger.add(record(2, { noise: { totalNs: 100, stealNs: 0, foreignNs: 50 } }))
    expect(ledger.noise).toEqual({ stealShare: 0.09, foreignShare: 0.05 })
  })
})
