import { expect, it } from 'vitest'
import { overContinuous } from './continuous.ts'
import type { CellSeries } from './estimates.ts'

/** Costs by round, of one endpoint of an app. */
const cell = (app: string, endpoint: string, costs: readonly number[]) =>
  ({
    app,
    endpoint,
    rounds: costs.map((costMicroseconds, index) => ({ round: index + 1, costMicroseconds })),
  }) as unknown as CellSeries

/** 1,000 requests to hello at the end of the warm-up, at so many microseconds. */
const ledgerOf = (costs: Readonly<Record<string, number>>) => ({
  latestOfWarmUp: (app: string) =>
    app in costs ? [{ cpuNs: 1e6 * costs[app]!, answered: [{ app, endpoint: 'hello', requests: 1_000 }] }] : [],
})

it('is what slices add to the cost without a break, over what they add to that of the baseline', () => {
  const series = [cell('raw', 'hello', [22, 22, 22]), cell('bun', 'hello', [55, 55, 55]), cell('koa', 'hello', [33, 33, 33])]
  const over = overContinuous(series, ledgerOf({ raw: 20, bun: 25, koa: 30 }), 'raw')
  expect([...over.keys()]).toEqual(['bun', 'koa'])
  expect(over.get('bun')!.value).toBeCloseTo(2)
  expect(over.get('koa')!.value).toBeCloseTo(1)
})

it('is not known of what was not watched, nor without the baseline, nor after one round', () => {
  const series = [cell('raw', 'hello', [10, 10]), cell('koa', 'hello', [20, 20]), cell('once', 'hello', [20])]
  expect([...overContinuous(series, ledgerOf({ raw: 10, once: 10 }), 'raw').keys()]).toEqual([])
  expect([...overContinuous(series, ledgerOf({ koa: 20 }), 'raw').keys()]).toEqual([])
})

it('takes of several endpoints all that was answered, at what each costs in slices', () => {
  const series = ['raw', 'koa'].flatMap((app) => [cell(app, 'hello', [10, 10]), cell(app, 'lookup', [400, 400])])
  // The warm-up has another mix than the slices: that alone makes no difference.
  const answered = (app: string) => [
    { app, endpoint: 'hello', requests: 1_000 },
    { app, endpoint: 'lookup', requests: 20 },
  ]
  const used: Readonly<Record<string, number>> = { raw: 18e6, koa: 9e6 }
  const over = overContinuous(series, { latestOfWarmUp: (app) => [{ cpuNs: used[app]!, answered: answered(app) }] }, 'raw')
  expect(over.get('koa')!.value).toBeCloseTo(2)
})

it('is not known where one of the endpoints has no cost', () => {
  const series = [cell('raw', 'hello', [10, 10]), cell('koa', 'lookup', [20, 20])]
  expect([...overContinuous(series, ledgerOf({ raw: 10, koa: 10 }), 'raw').keys()]).toEqual([])
})
