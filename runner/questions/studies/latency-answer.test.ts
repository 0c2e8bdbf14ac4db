import { describe, expect, it } from 'vitest'
import { simulatedRunOf } from '../../fixtures/simulated-run-of-study.ts'
import type { Answer } from '../../result/answer.ts'
import { meanWait } from '../../statistics/queueing.ts'
import { latency } from './latency.ts'

/** µs per request, however an app is asked. */
const COSTS: Readonly<Record<string, number>> = { 'node-http': 10, koa: 15, express: 20, fastify: 10 }
/** As little as shows it: every request is simulated. */
const SMALL = { endpoints: ['hello' as const], slice: 30, blocks: 3, rounds: 3 }
const cost = (app: string) => COSTS[app.replace(/@.*/, '')]!

function figures({ tables }: Answer, id: string, head: string): Record<string, number | null> {
  const table = tables.find((one) => one.id === id)!
  const column = table.columns.findIndex((one) => one.head === head)
  return Object.fromEntries(
    table.rows.map((row) => {
      const figure = row[column]!
      return [row[0], typeof figure === 'object' ? (figure?.value ?? null) : Number(figure)]
    }),
  )
}

describe('the answer of latency', () => {
  it('says percentiles with intervals, and what is longer; equal apps are a tie', async () => {
    const given = { ...SMALL, apps: ['koa', 'express', 'fastify'], slice: 100, blocks: 5, rounds: 6 }
    const { answer, result } = await simulatedRunOf(latency, { given, world: { cost } })
    const [same, apart, tie, copies] = answer.sentences
    expect(same).toMatch(
      /^On hello at [\d,]+ \[[\d, ]+\] requests\/s for all, half of what the slowest \(express\) can, 99 % of the requests are answered by node-http within [\d.]+ \[[\d., ]+\] µs, koa within/,
    )
    expect(apart).toMatch(
      /^That is for koa [\d.]+ \[[\d., ]+\] times and express [\d.]+ \[[\d., ]+\] times the time of node-http\.$/,
    )
    expect(tie).toBe('fastify cannot be told apart from node-http.')
    expect(copies).toMatch(/^Of two copies of node-http, the second takes .* cannot be told apart, as it should be\.$/)
    expect(answer.tables.map(({ id }) => id)).toEqual(['latency-hello-same-rate', 'latency-hello-80'])
    // All apps at the same rate: that of half of what express can.
    for (const rate of Object.values(figures(answer, 'latency-hello-same-rate', 'requests/s')))
      expect(rate).toBeCloseTo(25_000, -3)
    const loads = figures(answer, 'latency-hello-same-rate', 'load %')
    expect(loads['node-http']).toBeCloseTo(25, 0)
    expect(loads.express).toBeCloseTo(50, 0)
    // Each at its own: the one that takes twice as long waits twice as long, as theory says.
    const [rates, means] = ['requests/s', 'mean, µs'].map((head) => figures(answer, 'latency-hello-80', head)) as [
      Record<string, number>,
      Record<string, number>,
    ]
    const waits = figures(answer, 'latency-hello-80', 'M/D/1 wait, µs')
    for (const [app, microseconds] of Object.entries(COSTS)) {
      expect(rates[app]!).toBeCloseTo((0.8 * 1e6) / microseconds, -4)
      expect(waits[app]! / meanWait(0.8, microseconds)).toBeCloseTo(1, 0)
      expect((means[app]! - microseconds) / waits[app]!).toBeGreaterThan(0.8)
      expect((means[app]! - microseconds) / waits[app]!).toBeLessThan(1.25)
    }
    expect(answer.charts.map(({ id }) => id)).toEqual(['latency-hello-same-rate', 'latency-hello-80'])
    expect(answer.charts[0]!.points).toHaveLength(4 * 3)
    for (const cell of result.cells) expect(cell.verdict).not.toBe('invalid')
  })

  it('leaves the 99th percentile out where samples are few, and says so', async () => {
    const given = { ...SMALL, apps: ['koa'], slice: 100 }
    const { answer } = await simulatedRunOf(latency, { given, own: { rate: 1_000 }, world: { cost } })
    expect(answer.sentences[0]).toMatch(/^On hello at 1,000 requests\/s for all, 90 % of the requests/)
    expect(figures(answer, 'latency-hello-same-rate', 'p99, µs')).toEqual({ 'node-http': null, koa: null })
    expect(answer.limits.join()).toContain('2 of 4 rows have no p99: it takes 10,000 samples in every round')
    expect(answer.charts[0]!.points.map(({ series }) => series)).not.toContain('p99')
    expect(answer.charts[1]!.points.map(({ series }) => series)).toContain('p99')
  })

  it('quotes nothing of a cell that is invalid', async () => {
    const given = { ...SMALL, apps: ['koa', 'express'] }
    // More than express can bear.
    const { answer } = await simulatedRunOf(latency, { given, own: { rate: 55_000 }, world: { cost } })
    expect(answer.tables[0]!.rows.map(([app]) => app)).toEqual(['node-http', 'koa'])
    expect(answer.sentences[0]).not.toContain('express')
    expect(answer.limits).toContain('express@same-rate on hello is not quoted: invalid (rate-not-reached).')
  })

  it('draws how latency grows where several loads were requested', async () => {
    const given = { ...SMALL, apps: ['koa'] }
    const { answer } = await simulatedRunOf(latency, { given, own: { loadPercent: [90, 30, 60] }, world: { cost } })
    expect(answer.tables.map(({ id }) => id)).toEqual(['same-rate', '30', '60', '90'].map((load) => `latency-hello-${load}`))
    const curve = answer.charts.find(({ id }) => id === 'latency-by-load-hello')!
    const koa = curve.points.filter(({ series }) => series === 'koa')
    expect(koa.map(({ x }) => x)).toEqual([30, 60, 90])
    expect(koa.map(({ y }) => y)).toEqual(koa.map(({ y }) => y).toSorted((a, b) => a - b))
  })

  it('speaks of every endpoint', async () => {
    const given = { ...SMALL, apps: ['koa'], endpoints: ['hello' as const, 'table' as const] }
    const { answer } = await simulatedRunOf(latency, { given, world: { cost } })
    expect(answer.tables.map(({ id }) => id)).toEqual([
      ...['latency-hello-same-rate', 'latency-hello-80', 'latency-table-same-rate', 'latency-table-80'],
    ])
  })
})

describe('latency', () => {
  it('refuses a driver that cannot send requests at times of their own', async () => {
    await expect(simulatedRunOf(latency, { given: { driver: 'wrk' } })).rejects.toMatchObject({
      ...{ name: 'UserError', code: 'driver-cannot', exitStatus: 2 },
      message: '--driver wrk cannot send requests at times of their own',
    })
  })
})
