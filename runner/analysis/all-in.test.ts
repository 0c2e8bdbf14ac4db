import { describe, expect, it } from 'vitest'
import { cellRound, roundAnalysis } from '../fixtures/cell-round.ts'
import type { BetweenSlices } from '../measure/records.ts'
import { AllInCosts, type CopySums } from './all-in.ts'
import { cellSeries, identicalLogRatios } from './estimates.ts'

const between = (app: string, of: Partial<BetweenSlices> = {}): BetweenSlices => ({
  ...{ process: app, app, idleNs: 1e9, idleCpuNs: 0, outsideNs: 40e9, outsideCpuNs: 0, requests: 100_000, busyChildren: 0 },
  ...of,
})
const copy = (process: string, of: Partial<CopySums> = {}): CopySums => ({
  ...{ process, requests: 50_000, serverCpuNs: 50_000 * 10_000, elapsedNs: 1e9 },
  ...of,
})

describe('AllInCosts', () => {
  it('are what the slices used where nothing is done outside of them', () => {
    expect(new AllInCosts([[between('koa')]]).of(0, [copy('koa')])).toEqual({ costNs: 10_000, lateNs: 0 })
    expect(new AllInCosts([[]]).of(0, [copy('koa')])).toEqual({ costNs: 10_000, lateNs: 0 })
  })

  it('charge later work to all requests of the server, also those of another endpoint', () => {
    const costs = new AllInCosts([[between('koa', { outsideCpuNs: 100_000 * 11_000 })]])
    expect(costs.of(0, [copy('koa')])).toEqual({ costNs: 21_000, lateNs: 11_000 })
  })

  it('take off what the app does by itself, in its slices and outside of them', () => {
    // 5 % of a CPU: 50 ms in a second of slices, 2 s in 40 s outside.
    const idle = between('koa', { idleCpuNs: 50e6, outsideCpuNs: 2e9 })
    const { costNs, lateNs } = new AllInCosts([[idle]]).of(0, [copy('koa', { serverCpuNs: 550e6 })])
    expect(lateNs).toBeCloseTo(0, 6)
    expect(costNs).toBeCloseTo(10_000, 6)
  })

  it('know how idle an app is from all rounds and copies together', () => {
    const rounds = [
      [between('raw', { idleNs: 9e9 }), between('raw', { process: 'raw#2', idleCpuNs: 100e6 })],
      [between('raw', { idleNs: 0 })],
    ]
    const costs = new AllInCosts(rounds)
    expect(costs.outsideWork()).toEqual([{ app: 'raw', idleShare: 0.01, outsideShare: 0, busyChildren: 0 }])
    expect(costs.of(1, [copy('raw')]).lateNs).toBeCloseTo((-0.01 * 40e9) / 100_000, 6)
  })

  it('take several copies of a server together', () => {
    const rounds = [[between('raw', { outsideCpuNs: 1e9 }), between('raw', { process: 'raw#2', requests: 300_000 })]]
    const cost = new AllInCosts(rounds).of(0, [copy('raw'), copy('raw#2', { serverCpuNs: 50_000 * 12_000 })])
    expect(cost).toEqual({ costNs: 11_000 + 2_500, lateNs: 2_500 })
  })
})

describe('cellSeries', () => {
  const round = (late: number) =>
    roundAnalysis(1, {
      cells: [cellRound(1, 'raw', 0), cellRound(1, 'koa', Math.log(1.2))],
      between: [between('raw'), between('koa', { outsideCpuNs: late * 100_000 })],
    })

  it('has later work in cost, ratio and overhead, and not in what is typical', () => {
    const [, koa] = cellSeries([round(5_000)])
    const [value] = koa!.rounds
    expect(value!.costMicroseconds).toBeCloseTo(17, 9)
    expect(value!.ratio).toBeCloseTo(1.7, 9)
    expect(value!.overheadMicroseconds).toBeCloseTo(7, 9)
    expect(value!.lateMicroseconds).toBeCloseTo(5, 12)
    expect(value!.typicalRatio).toBeCloseTo(1.2, 9)
  })

  it('has nothing late where nobody has watched', () => {
    const [, koa] = cellSeries([{ ...round(5_000), between: [] }])
    expect(koa!.rounds[0]!.lateMicroseconds).toBeNull()
  })
})

it('identicalLogRatios compares all that two copies of the baseline cost', () => {
  const cells = [cellRound(1, 'raw', 0, { copies: [copy('raw'), copy('raw#2')] })]
  const late = [between('raw'), between('raw', { process: 'raw#2', outsideCpuNs: 1_000 * 100_000 })]
  expect(identicalLogRatios([roundAnalysis(1, { cells, between: late })])).toEqual(
    new Map([['hello', [expect.closeTo(Math.log(1.1), 12)]]]),
  )
})

it('a round in which a server used less than it is said to use by itself says nothing, and breaks nothing', () => {
  const cells = [cellRound(1, 'raw', 0), cellRound(1, 'koa', 0.5)]
  // By itself more than a hundred CPUs.
  const idle = [between('raw'), between('koa', { idleNs: 1, idleCpuNs: 1e12 })]
  expect(cellSeries([roundAnalysis(1, { cells, between: idle })]).map(({ app }) => app)).toEqual(['raw'])
  const copies = ['raw', 'raw#2'].map((process) => ({ process, requests: 100, serverCpuNs: 1e6, elapsedNs: 1 }))
  const two = [cellRound(1, 'raw', 0, { copies })]
  const second = [between('raw', { app: 'raw' }), between('raw', { process: 'raw#2', outsideCpuNs: -1e12 })]
  expect(identicalLogRatios([roundAnalysis(1, { cells: two, between: second })])).toEqual(new Map())
})
