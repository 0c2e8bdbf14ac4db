import { describe, expect, it } from 'vitest'
import { twoAppPlan as plan } from '../fixtures/plans.ts'
import { slice, slices } from '../fixtures/slices.ts'
import { encodeHistogram, fineHistogram, recordFine } from '../load/latency-histogram.ts'
import type { Slice } from '../measure/records.ts'
import { analyseRound } from './round-analysis.ts'

const cellOf = (analysis: ReturnType<typeof analyseRound>, name: string, endpoint = 'hello') =>
  analysis.cells.find((cell) => cell.app === name && cell.endpoint === endpoint)

describe('analyseRound', () => {
  it('compares slices of the same block only', () => {
    // Koa costs twice as much in every block, while the machine becomes four times slower: unpaired means would not give 2.
    const analysis = analyseRound(plan, 4, slices({ raw: [10, 20, 40], 'raw#2': [10, 20, 40], koa: [20, 40, 80] }))
    const koa = cellOf(analysis, 'koa')!
    expect(koa.value.typicalRatio).toBeCloseTo(2, 12)
    expect(koa.value.typicalCostMicroseconds).toBeCloseTo(40, 12)
    expect(koa).toMatchObject({ value: { round: 4, blocks: 3 }, slices: 3, requests: 300 })
    expect(koa.copies).toEqual([{ process: 'koa', requests: 300, serverCpuNs: 14e6, elapsedNs: 30e6 }])
  })

  it('trims the extreme fifth at either end', () => {
    const analysis = analyseRound(
      plan,
      4,
      slices({ raw: [10, 10, 10, 10, 10], 'raw#2': [10, 10, 10, 10, 10], koa: [1, 12, 13, 14, 900] }),
    )
    const expected = (Math.log(1.2) + Math.log(1.3) + Math.log(1.4)) / 3
    expect(cellOf(analysis, 'koa')!.value.typicalRatio).toBeCloseTo(Math.exp(expected), 12)
    // All of it is in the sums.
    expect(cellOf(analysis, 'koa')!.copies[0]!.serverCpuNs).toBeCloseTo(940 * 100_000, 6)
  })

  it('leaves out a block that one of the two misses, for that pair', () => {
    const analysis = analyseRound(plan, 4, slices({ raw: [10, null, 10], 'raw#2': [10, 10, null], koa: [20, 30, null] }))
    // With the first copy block 0; with the second blocks 0 and 1.
    expect(cellOf(analysis, 'koa')!.value.typicalRatio).toBeCloseTo(Math.sqrt(2 * Math.sqrt(2 * 3)), 12)
    expect(cellOf(analysis, 'koa')!.value.blocks).toBe(2)
  })

  it('has both copies in the baseline and none of them in its ratio', () => {
    const analysis = analyseRound(plan, 4, slices({ raw: [10, 10], 'raw#2': [12, 12], koa: [20, 20] }))
    expect(cellOf(analysis, 'raw')).toMatchObject({ value: { typicalRatio: 1 }, slices: 4, requests: 400 })
    expect(cellOf(analysis, 'raw')!.value.typicalCostMicroseconds).toBeCloseTo(Math.sqrt(10 * 12), 12)
    expect(cellOf(analysis, 'raw')!.copies.map(({ process }) => process)).toEqual(['raw', 'raw#2'])
  })

  it('takes the steady rate, and all of a slice that has none', () => {
    const steady = analyseRound(plan, 4, slices({ raw: [10], 'raw#2': [10] }))
    expect(cellOf(steady, 'raw')!.value.requestsPerSecond).toBeCloseTo(10_000, 8)
    const short = analyseRound(plan, 4, slices({ raw: [10], 'raw#2': [10] }, { steadyRequests: 0, steadyNs: 0, elapsedNs: 20e6 }))
    expect(cellOf(short, 'raw')!.value.requestsPerSecond).toBeCloseTo(5_000, 8)
  })

  it('sums up what slices tell, and knows nothing where one of them does not', () => {
    const all = slices({ raw: [10, 10], 'raw#2': [10, 10] })
    expect(cellOf(analyseRound(plan, 4, all), 'raw')).toMatchObject({
      idleNs: 8e6,
      userNs: 24e6,
      systemNs: 16e6,
      elapsedNs: 40e6,
      serverCpuNs: 4e6,
    })
    expect(cellOf(analyseRound(plan, 4, all), 'raw')!.serverBusy).toBeCloseTo(0.1, 12)
    const partly = [...all.slice(1), { ...all[0]!, idleNs: null, userNs: null }]
    expect(cellOf(analyseRound(plan, 4, partly), 'raw')).toMatchObject({ idleNs: null, userNs: null, systemNs: 16e6 })
  })

  it('leaves out a slice that was not drained, or answered nothing', () => {
    const clean = slices({ raw: [10, 10], 'raw#2': [10, 10], koa: [20] })
    const undrained = analyseRound(plan, 4, [...clean, slice('koa', 1, 900, { drained: false })])
    expect(cellOf(undrained, 'koa')!.value.typicalRatio).toBeCloseTo(2, 12)
    const silent = analyseRound(plan, 4, [...clean, slice('koa', 1, 0, { requests: 0, serverCpuNs: 5e6 })])
    expect(cellOf(silent, 'koa')).toMatchObject({ slices: 1, value: { blocks: 1 } })
  })

  it('leaves out a cell without a block to compare, and everything where there is no baseline', () => {
    const apart = analyseRound(plan, 4, slices({ raw: [10, null], 'raw#2': [10, null], koa: [null, 20] }))
    expect(apart.cells.map((cell) => cell.app)).toEqual(['raw'])
    expect(analyseRound(plan, 4, slices({ koa: [20] })).cells).toEqual([])
    expect(analyseRound(plan, 4, [])).toEqual({
      ...{ round: 4, baseline: 'raw', between: [], cells: [] },
      positionEffect: null,
      blocks: [],
    })
  })

  it('goes on with one copy of the baseline', () => {
    const analysis = analyseRound(plan, 4, slices({ raw: [10], koa: [20] }))
    expect(cellOf(analysis, 'koa')!.value.typicalRatio).toBeCloseTo(2, 12)
    expect(cellOf(analysis, 'raw')!.copies).toHaveLength(1)
  })

  it('keeps endpoints apart', () => {
    const hello = slices({ raw: [10], 'raw#2': [10], koa: [20] })
    const lookup = slices({ raw: [100], 'raw#2': [100], koa: [110] }, { endpoint: 'lookup' })
    const analysis = analyseRound(plan, 4, [...lookup, ...hello])
    expect(cellOf(analysis, 'koa')!.value.typicalRatio).toBeCloseTo(2, 12)
    expect(cellOf(analysis, 'koa', 'lookup')!.value.typicalRatio).toBeCloseTo(1.1, 12)
  })

  it('ignores a disturbed attempt, but for what the load generator has seen of it', () => {
    const disturbed = slices({ raw: [90], 'raw#2': [90], koa: [900] }, { disturbance: 'steal', reconnects: 2 })
    const analysis = analyseRound(plan, 4, [...disturbed, ...slices({ raw: [10], 'raw#2': [10], koa: [20] }, { attempt: 1 })])
    const koa = cellOf(analysis, 'koa')!
    expect(koa.value.typicalRatio).toBeCloseTo(2, 12)
    expect(koa).toMatchObject({ slices: 1, steadyRequests: 90, reconnects: 0 })
    expect(koa.loaded).toEqual({ reconnects: 2, steadyRequests: 180, steadyNs: 18e6 })
  })

  it('calls an answer slow by the connections of the cell itself, not by those of the plan', () => {
    const late = { drainNs: 20e6, elapsedNs: 40e6, serverWaitNs: 0, loadWaitNs: 0 }
    const measured = slices({ raw: [10], 'raw#2': [10], koa: [100] }, late)
    const withConnections = (connections: number) => ({
      ...plan,
      deployments: plan.deployments.map((one) => (one.app === 'koa' ? { ...one, load: { connections } } : one)),
    })
    // One turn of 8 connections takes 0.8 ms, one of 128 takes 12.8 ms: then the last answers are less than 10 ms late.
    expect(cellOf(analyseRound(withConnections(8), 4, measured), 'koa')!.slow.slices).toBe(1)
    expect(cellOf(analyseRound(withConnections(128), 4, measured), 'koa')!.slow.slices).toBe(0)
    expect(cellOf(analyseRound(withConnections(128), 4, measured), 'raw')!.slow.slices).toBe(2)
  })

  it('measures drift above the baseline, and of the baseline its own', () => {
    // The machine becomes slower by 4 µs for everyone; koa becomes cheaper by 2 of 20 µs on top of it.
    const analysis = analyseRound(
      plan,
      4,
      slices({ raw: [10, 11, 12, 13, 14], 'raw#2': [10, 11, 12, 13, 14], koa: [20, 20.5, 21, 21.5, 22] }),
    )
    expect(cellOf(analysis, 'koa')!.drift).toBeCloseTo((-0.5 * 5) / 21, 12)
    expect(cellOf(analysis, 'raw')!.drift).toBeCloseTo(5 / 12, 12)
    expect(cellOf(analyseRound(plan, 4, slices({ raw: [10, 11, 12], 'raw#2': [10, 11, 12] })), 'raw')!.drift).toBeNull()
  })
})

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

it('keeps the latencies of the copies apart; disturbed blocks do not count', () => {
  const analysis = analyseRound(plan, 4, [
    // In any order within their block.
    ...[due('raw#2', 0.2), due('raw', 0.1), due('koa', 0.5)],
    ...[due('raw', 9, { disturbance: 'steal' }), due('raw#2', 9, { disturbance: 'steal' })],
  ])
  const { copyLatenciesMicroseconds } = cellOf(analysis, 'raw')!.value
  expect(copyLatenciesMicroseconds!.map(({ p50, samples }) => [p50, samples])).toEqual([
    [expect.closeTo(100, 0), 100],
    [expect.closeTo(200, 0), 100],
  ])
  expect(cellOf(analysis, 'koa')!.value.copyLatenciesMicroseconds).toBeUndefined()
  expect(
    cellOf(analyseRound(plan, 4, slices({ raw: [10], 'raw#2': [10] })), 'raw')!.value.copyLatenciesMicroseconds,
  ).toBeUndefined()
})
