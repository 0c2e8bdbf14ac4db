import { expect, it } from 'vitest'
import { slice } from '../../fixtures/slices.ts'
import { encodeHistogram, fineHistogram, recordFine } from '../../load/latency-histogram.ts'
import type { Slice } from '../../measure/sample.ts'
import { LatencyCopies } from './latency-copies.ts'

function due(deployment: string, milliseconds: number, of: Partial<Slice> = {}): Slice {
  const recorded = fineHistogram()
  recordFine(recorded, milliseconds, 100)
  const latencies = encodeHistogram(recorded)
  return slice(deployment, 0, 10, {
    openLoop: {
      ...{ ratePerSecond: 1, scheduled: 100, dropped: 0, queued: 0, plannedNs: 1, answeredNs: 1 },
      ...{ latencies, lags: latencies },
    },
    ...of,
  })
}

it('compares the two copies of the baseline, load by load, and nobody else; disturbed blocks do not count', () => {
  const copies = new LatencyCopies('raw')
  for (const wobble of [1, 1.02, 0.98]) {
    copies.take({
      slices: [
        ...[due('raw@80', 0.1), due('raw@80#2', 0.2 * wobble), due('raw@same-rate', 0.1), due('raw@same-rate#2', 0.1)],
        ...[due('koa@80', 0.5), due('raw@80', 9, { disturbance: 'steal' }), slice('raw', 0, 10)],
      ],
    })
  }
  const all = copies.differences()
  expect(all.map(({ app, endpoint }) => [app, endpoint])).toEqual([
    ['raw@80', 'hello'],
    ['raw@same-rate', 'hello'],
  ])
  expect(all[0]!.p50.value).toBeCloseTo(2, 1)
  expect(all[0]!.p50.low).toBeGreaterThan(1.8)
  expect(all[1]!.p90.value).toBeCloseTo(1, 6)
})
