import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../result/model.ts'
import type { TodayPart } from './data.ts'
import { todayFigures } from './today-figures.ts'

const SERVERS = ['raw', 'raw again', 'koa', 'express']
type Repetition = TodayPart['procedures'][number]['repetitions'][number]

const byServer = <T>(values: readonly T[]): Record<string, T> =>
  Object.fromEntries(SERVERS.map((server, index) => [server, values[index]!]))

/** Rates and costs in the order of the servers. */
function repetition(rates: readonly number[], costs: readonly (number | null)[], of: Partial<Repetition> = {}): Repetition {
  return {
    wallSeconds: 45,
    requestsPerSecond: byServer(rates),
    costMicroseconds: byServer(costs),
    ratios: null,
    course: [],
    processDeviation: null,
    ...of,
  }
}

function figures(...repetitions: Repetition[]) {
  const procedures = [{ id: 'p', title: 'P', seconds: 45, what: 'p', repetitions }]
  return todayFigures({ servers: SERVERS, procedures })[0]!
}

const interval = (value: number, low: number, high: number): Estimate => ({ value, low, high, level: 0.95 })

describe('todayFigures', () => {
  it('has the spread of ln ratio, and what it makes of the interval of one result', () => {
    // koa costs 1.2 and 1.2 × e^0.02 times as much: the deviation of two values 0.02 apart is 0.02 / √2.
    const { byCost, byRate, wallSeconds, repetitions } = figures(
      repetition([100, 100, 50, 25], [10, 10, 12, 18], { wallSeconds: 44 }),
      repetition([100, 100, 80, 40], [20, 20, 24 * Math.exp(0.02), 36], { wallSeconds: 46 }),
    )
    expect({ wallSeconds, repetitions }).toEqual({ wallSeconds: 45, repetitions: 2 })
    const koa = byCost!.spreads[1]!
    expect(koa.server).toBe('koa')
    expect(koa.ratios[0]).toBeCloseTo(1.2, 12)
    expect(koa.deviation).toBeCloseTo(0.02 / Math.SQRT2, 12)
    expect(koa.halfWidthPercent).toBeCloseTo(100 * (Math.exp((1.96 * 0.02) / Math.SQRT2) - 1), 10)
    expect(byCost!.spreads[2]!.deviation).toBeCloseTo(0, 12)
    // By rates: 100 / 50 and 100 / 80.
    expect(byRate.spreads[1]!.ratios).toEqual([2, 1.25])
    expect(byRate.spreads[1]!.deviation).toBeCloseTo(Math.log(1.6) / Math.SQRT2, 12)
  })

  it('knows no spread from one repetition, and nothing from none', () => {
    const one = figures(repetition([4, 4, 2, 1], [1, 1, 2, 4]))
    expect(one.byCost!.spreads[1]).toEqual({
      server: 'koa',
      ratios: [2],
      deviation: null,
      halfWidthPercent: null,
      printedPercent: null,
    })
    expect(figures()).toMatchObject({
      repetitions: 0,
      wallSeconds: null,
      byCost: null,
      byRate: { repetitions: 0, wrongOrders: 0 },
    })
  })

  it('counts the repetitions in which the order came out wrong, by rate and by cost', () => {
    const right = repetition([100, 99, 80, 50], [10, 10.1, 12, 20])
    const koaBeforeRaw = repetition([100, 99, 101, 50], [10, 10, 12, 20])
    const expressBeforeKoa = repetition([100, 99, 80, 50], [10, 10, 12, 11])
    const equal = repetition([100, 99, 80, 50], [10, 10, 10, 20])
    const { byRate, byCost } = figures(right, koaBeforeRaw, expressBeforeKoa, equal)
    expect(byRate).toMatchObject({ repetitions: 4, wrongOrders: 1 })
    expect(byCost).toMatchObject({ repetitions: 4, wrongOrders: 2 })
  })

  it('does not mind where the copy of the first server comes out in the order', () => {
    expect(figures(repetition([100, 10, 80, 50], [10, 90, 12, 20])).byCost!.wrongOrders).toBe(0)
  })

  it('takes identical servers for different when their numbers are more than 1 % apart, either way', () => {
    const costs = (copy: number) => repetition([100, 100, 80, 50], [10, copy, 12, 20])
    expect(figures(costs(10.09), costs(10.11), costs(9.91), costs(9.89)).byCost!.identicalDiffer).toBe(2)
    expect(figures(repetition([100, 98, 80, 50], [10, 10, 12, 20])).byRate.identicalDiffer).toBe(1)
  })

  it('takes a procedure with intervals at its word', () => {
    const own = (copy: Estimate) =>
      repetition([100, 100, 80, 50], [10, 10, 12, 20], {
        ratios: { 'raw again': copy, koa: interval(1.25, 1.2, 1.3), express: interval(2.1, 2, 2.2) },
      })
    const { byCost } = figures(
      own(interval(1.02, 0.99, 1.05)),
      own(interval(1.005, 1.001, 1.009)),
      own(interval(0.98, 0.97, 0.99)),
      own({ value: 1.5, low: null, high: null, level: 0.95 }),
    )
    expect(byCost!.identicalDiffer).toBe(2)
    // The paired ratio of the suite, not 12 / 10.
    expect(byCost!.spreads[1]!.ratios).toEqual([1.25, 1.25, 1.25, 1.25])
    expect(byCost!.spreads[1]!.printedPercent).toBeCloseTo(4, 10)
    // The median of 0.03 / 1.02, 0.004 / 1.005 and 0.01 / 0.98.
    expect(byCost!.spreads[0]!.printedPercent).toBeCloseTo(100 * (0.01 / 0.98), 10)
  })

  it('prints no interval of its own for a procedure that has none', () => {
    const { spreads } = figures(repetition([4, 4, 2, 1], [1, 1, 2, 4])).byCost!
    expect(spreads.map(({ printedPercent }) => printedPercent)).toEqual([null, null, null])
  })

  it('leaves repetitions without all costs out of what is said by cost', () => {
    const { byCost, byRate } = figures(repetition([4, 4, 2, 1], [1, null, 2, 4]), repetition([4, 4, 2, 1], [1, 1, 2, 4]))
    expect(byCost!.repetitions).toBe(1)
    expect(byRate.repetitions).toBe(2)
    expect(figures(repetition([4, 4, 2, 1], [null, null, null, null])).byCost).toBeNull()
  })
})
