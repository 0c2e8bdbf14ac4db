import { describe, expect, it } from 'vitest'
import { cellRound as cell, roundAnalysis } from '../fixtures/cell-round.ts'
import type { RoundValue } from '../result/model.ts'
import { estimateMeans } from '../statistics/estimate.ts'
import { estimateIdentical } from './copies.ts'
import { cellSeries, estimateCells, estimateChanges, estimatePosition } from './estimates.ts'
import { estimateOverall, rankCells } from './ranking.ts'
import type { CellRound, RoundAnalysis } from './round-analysis.ts'

const rounds = (table: readonly Record<string, number>[], endpoint = 'hello'): RoundAnalysis[] =>
  table.map((row, index) =>
    roundAnalysis(index + 1, {
      cells: Object.entries(row).map(([app, logRatio]) => cell(index + 1, app, logRatio, { endpoint })),
    }),
  )

describe('estimateCells', () => {
  const table = [
    { raw: 0, koa: 0.2, express: 0.6 },
    { raw: 0, koa: 0.22, express: 0.61 },
    { raw: 0, koa: 0.24, express: 0.65 },
  ]
  const series = cellSeries(rounds(table))
  const byApp = (estimates: ReturnType<typeof estimateCells>, app: string) =>
    estimates.get(series.find((one) => one.app === app)!)!

  it('undoes the logs of a t interval over rounds', () => {
    const { ratio, cost, requestsPerSecond } = byApp(estimateCells(series, 'raw'), 'koa')
    // Mean 0.22, standard deviation 0.02, t(0.975, 2) = 4.302653.
    const half = (4.302653 * 0.02) / Math.sqrt(3)
    expect(ratio.value).toBeCloseTo(Math.exp(0.22), 10)
    expect(ratio.low).toBeCloseTo(Math.exp(0.22 - half), 5)
    expect(ratio.high).toBeCloseTo(Math.exp(0.22 + half), 5)
    expect(ratio.level).toBe(0.95)
    expect(cost.value).toBeCloseTo(10 * Math.exp(0.22), 8)
    expect(requestsPerSecond.value).toBeCloseTo(1e5 * Math.exp(-0.22), 4)
  })

  it('knows the ratio of the baseline exactly, and its cost like any other', () => {
    const estimate = byApp(estimateCells(series, 'raw'), 'raw')
    expect(estimate.ratio).toEqual({ value: 1, low: 1, high: 1, level: 0.95 })
    expect(estimate.overheadMicroseconds).toEqual({ value: 0, low: 0, high: 0, level: 0.95 })
    expect(estimate.cost.value).toBeCloseTo(10, 10)
  })

  it('holds what two copies may differ by in everything that is over the baseline, and in nothing else', () => {
    const [plain, wider] = [0, Math.log(1.1)].map((bound) => byApp(estimateCells(series, 'raw', bound), 'koa'))
    for (const figure of ['ratio', 'typicalRatio'] as const) {
      expect(wider![figure]!.value).toBe(plain![figure]!.value)
      expect(wider![figure]!.low! / plain![figure]!.low!).toBeCloseTo(1 / 1.1, 9)
      expect(wider![figure]!.high! / plain![figure]!.high!).toBeCloseTo(1.1, 9)
    }
    // A tenth of the 10 µs of the baseline.
    expect(wider!.overheadMicroseconds.low! - plain!.overheadMicroseconds.low!).toBeCloseTo(-1, 9)
    expect(wider!.overheadMicroseconds.high! - plain!.overheadMicroseconds.high!).toBeCloseTo(1, 9)
    expect(wider!.cost).toEqual(plain!.cost)
    expect(byApp(estimateCells(series, 'raw', 0.1), 'raw').ratio).toEqual({ value: 1, low: 1, high: 1, level: 0.95 })
  })

  it('has no interval after one round, rather than an infinite one', () => {
    const one = cellSeries(rounds(table.slice(0, 1)))
    const koa = one.find(({ app }) => app === 'koa')!
    const estimate = estimateCells(one, 'raw').get(koa)!
    expect(estimate.ratio).toEqual({ value: expect.closeTo(Math.exp(0.2), 12), low: null, high: null, level: 0.95 })
    expect(estimate.overheadMicroseconds.low).toBeNull()
    expect(rankCells(one).get(koa)).toEqual({ app: 'koa', rank: { low: 1, high: 3 }, apartFrom: [] })
  })

  it('ranks only what may be ranked', () => {
    const steady = cellSeries(
      rounds(
        Array.from({ length: 8 }, (_, index) => ({ raw: 0, koa: 0.2 + 0.001 * (index % 3), express: 0.6 + 0.001 * (index % 2) })),
      ),
    )
    const ranks = (ranked: (app: string) => boolean) =>
      Object.fromEntries(
        [...rankCells(steady.filter(({ app }) => ranked(app)))].map(([{ app }, { rank }]) => [app, [rank.low, rank.high]]),
      )
    expect(ranks(() => true)).toEqual({ raw: [1, 1], koa: [2, 2], express: [3, 3] })
    const apart = [...rankCells(steady)].map(([{ app }, { apartFrom }]) => [app, apartFrom!.toSorted()])
    expect(Object.fromEntries(apart)).toEqual({ raw: ['express', 'koa'], koa: ['express', 'raw'], express: ['koa', 'raw'] })
    expect(ranks((app) => app !== 'koa')).toEqual({ raw: [1, 1], express: [2, 2] })
    // Where two copies of one server may differ by 0.3, koa is no further from the baseline than that.
    const bounded = [...rankCells(steady, 0.3)].map(([{ app }, { rank }]) => [app, [rank.low, rank.high]])
    expect(Object.fromEntries(bounded)).toEqual({ raw: [1, 2], koa: [1, 2], express: [3, 3] })
  })
})

describe('estimateOverall', () => {
  const two = (app: string, hello: number[], lookup: number[]): CellRound[] => [
    ...hello.map((log, index) => cell(index + 1, app, log)),
    ...lookup.map((log, index) => cell(index + 1, app, log, { endpoint: 'lookup' })),
  ]
  const analyses = (...cells: CellRound[][]): RoundAnalysis[] =>
    [1, 2, 3].map((round) => roundAnalysis(round, { cells: cells.flat().filter((one) => one.value.round === round) }))

  it('is the geometric mean over endpoints, round by round', () => {
    const series = cellSeries(analyses(two('raw', [0, 0, 0], [0, 0, 0]), two('koa', [0.2, 0.22, 0.24], [0.1, 0.1, 0.1])))
    const [raw, koa] = estimateOverall(series, ['hello', 'lookup'], 'raw')
    expect(raw).toMatchObject({ app: 'raw', ratio: { value: 1, low: 1, high: 1 } })
    expect(koa!.ratio.value).toBeCloseTo(Math.exp(0.16), 10)
    expect(koa!.ratio.high).toBeCloseTo(Math.exp(0.16 + (4.302653 * 0.01) / Math.sqrt(3)), 5)
  })

  it('leaves out an app that lacks an endpoint', () => {
    const series = cellSeries(analyses(two('raw', [0, 0, 0], [0, 0, 0]), two('koa', [0.2, 0.2, 0.2], [])))
    expect(estimateOverall(series, ['hello', 'lookup'], 'raw').map(({ app }) => app)).toEqual(['raw'])
    expect(estimateOverall([], ['hello'], 'raw')).toEqual([])
  })

  it('borrows no variance from the baseline, which has none', () => {
    const logs = { koa: [0.2, 0.23, 0.25], express: [0.5, 0.52, 0.57], hono: [0.1, 0.12, 0.16] }
    const others = Object.entries(logs).map(([app, values]) => two(app, values, values))
    const series = cellSeries(analyses(two('raw', [0, 0, 0], [0, 0, 0]), ...others))
    const overall = estimateOverall(series, ['hello', 'lookup'], 'raw')
    const own = estimateMeans(Object.values(logs))
    for (const [index, app] of Object.keys(logs).entries()) {
      expect(overall.find((one) => one.app === app)!.ratio.high).toBeCloseTo(Math.exp(own[index]!.high), 10)
    }
  })
})

describe('estimateIdentical', () => {
  const copies = (logRatio: number) =>
    [0, logRatio].map((log, copy) => ({ process: `raw${copy}`, requests: 10, serverCpuNs: 1e5 * Math.exp(log), elapsedNs: 1 }))

  it('shares the error probability between the endpoints', () => {
    const analyses: RoundAnalysis[] = [0.01, 0.02, 0.03].map((logRatio, index) =>
      roundAnalysis(index + 1, {
        cells: [
          cell(index + 1, 'raw', 0, { copies: copies(logRatio) }),
          cell(index + 1, 'raw', 0, { endpoint: 'lookup', copies: copies(-logRatio) }),
        ],
      }),
    )
    const [hello, lookup] = estimateIdentical(analyses)
    expect(hello!.ratio.level).toBeCloseTo(0.975, 12)
    expect(hello!.ratio.value).toBeCloseTo(Math.exp(0.02), 12)
    // t(0.9875, 2) = 6.205347.
    expect(hello!.ratio.high).toBeCloseTo(Math.exp(0.02 + (6.205347 * 0.01) / Math.sqrt(3)), 5)
    expect(lookup!.ratio.value).toBeCloseTo(Math.exp(-0.02), 12)
    expect(estimateIdentical([])).toEqual([])
  })
})

describe('the distance of the CPUs', () => {
  const value = (round: number, logRatio: number, cpuDistanceNanoseconds: number): RoundValue => ({
    ...cell(round, 'any', logRatio).value,
    ...{ costMicroseconds: 10 * Math.exp(logRatio), ratio: Math.exp(logRatio), overheadMicroseconds: 0, lateMicroseconds: null },
    cpuDistanceNanoseconds,
  })
  const distances = [110, 350, 110, 110, 350, 350, 110, 350, 230, 110]
  const series = (app: string, endpoint: string, first: number, logRatio: (distanceNs: number) => number) => ({
    app,
    endpoint,
    rounds: distances
      .map((distanceNs, index) => value(index + 1, logRatio(distanceNs), distanceNs))
      .filter(({ round }) => round >= first),
  })
  const koa = (distanceNs: number) => 0.5 - distanceNs / 1000
  const express = (distanceNs: number) => koa(distanceNs) + 0.02 + (distanceNs - 228) / 4000

  it('stays beside its own round when an app that is not on every endpoint has a round more', () => {
    const cells = ['hello', 'table'].flatMap((endpoint) => [
      series('koa', endpoint, 2, koa),
      series('express', endpoint, 2, express),
    ])
    const rows = estimateOverall([series('gone', 'hello', 1, koa), ...cells], ['hello', 'table'], 'node-http')
    // The distance explains everything, so nothing is left for the intervals, and the order is plain.
    for (const { ratio } of rows) expect(ratio.high! - ratio.low!).toBeLessThan(1e-9)
    expect(rows.map(({ app, rank }) => [app, rank])).toEqual([
      ['koa', { low: 1, high: 1 }],
      ['express', { low: 2, high: 2 }],
    ])
  })
})

describe('estimateChanges', () => {
  const series = (byApp: Record<string, readonly (number | null)[]>) =>
    cellSeries(
      [0, 1, 2].map((index) =>
        roundAnalysis(index + 1, {
          cells: Object.entries(byApp).map(([app, drifts]) => cell(index + 1, app, 0, { drift: drifts[index]! })),
        }),
      ),
    )

  it('is a t interval in percent, at a level that the cells share', () => {
    const cells = series({ raw: [0, 0.01, -0.01], koa: [-0.02, -0.03, -0.04] })
    const koa = estimateChanges(cells, 'drift').get(cells[1]!)!
    // Two cells share 5 %; mean -0.03, standard deviation 0.01, t(0.9875, 2) = 6.205347.
    const half = (6.205347 * 1) / Math.sqrt(3)
    expect(koa.level).toBeCloseTo(0.975, 12)
    expect(koa.value).toBeCloseTo(-3, 10)
    expect(koa.low).toBeCloseTo(-3 - half, 5)
    expect(koa.high).toBeCloseTo(-3 + half, 5)
  })

  it('has no interval for one round, and nothing for a cell that never had blocks enough', () => {
    const cells = series({ raw: [null, 0.01, null], koa: [null, null, null] })
    const drifts = estimateChanges(cells, 'drift')
    expect(drifts.get(cells[0]!)).toMatchObject({ value: 1, low: null, high: null })
    expect(drifts.has(cells[1]!)).toBe(false)
    expect(estimateChanges([], 'drift').size).toBe(0)
  })
})

describe('estimatePosition', () => {
  it('is a t interval over the rounds at 99 %, as a ratio', () => {
    const rounds = [0.01, 0.02, 0.03].map((positionEffect, index) => roundAnalysis(index + 1, { positionEffect }))
    // Mean 0.02, standard deviation 0.01, t(0.995, 2) = 9.924843.
    const estimate = estimatePosition(rounds)!
    expect(estimate.level).toBe(0.99)
    expect(estimate.value).toBeCloseTo(Math.exp(0.02), 12)
    expect(estimate.high).toBeCloseTo(Math.exp(0.02 + (9.924843 * 0.01) / Math.sqrt(3)), 7)
  })

  it('is not known when no round knows it', () => {
    expect(estimatePosition([roundAnalysis(1)])).toBeNull()
    expect(estimatePosition([])).toBeNull()
  })
})
