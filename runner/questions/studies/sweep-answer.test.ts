import { describe, expect, it } from 'vitest'
import { finding } from '../../analysis/checks/judge.ts'
import { calmResult } from '../../fixtures/fixture-result.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { answerSweep } from './sweep.ts'

const LEVELS = [1, 2, 4, 8, 16, 32].map((connections) => ({ app: 'koa', id: `koa@${connections}`, connections }))

/** A server of 50 µs a request, 200 µs away: with N connections it gives N ÷ 250 µs until its CPU is used up. */
function sweptResult(change: (cell: MeasuredCell, connections: number) => MeasuredCell = (cell) => cell): Result {
  const model = calmResult().cells.find((cell) => cell.state === 'measured' && cell.app === 'koa') as MeasuredCell
  const cells = LEVELS.map(({ id, connections }) => {
    const rate = Math.min(connections / 250e-6, 20_000)
    const known = (value: number) => ({ value, low: value * 0.99, high: value * 1.01, level: 0.95 })
    return change(
      {
        ...model,
        ...{ app: id, cost: known(50), requestsPerSecond: known(rate), serverBusy: (rate * 50) / 1e6, loadBusy: 0.3 },
        load: { ...model.load, connections },
        latencyMicroseconds: { mean: (connections / rate) * 1e6, p50: 200, p90: 300, p99: 400, max: 500, samples: 1000 },
        perRound: [0.99, 1, 1.01].map((factor, index) => ({
          ...model.perRound[0]!,
          ...{ round: index + 1, requestsPerSecond: rate * factor },
        })),
      },
      connections,
    )
  })
  return { ...calmResult(), cells }
}

describe('the answer of a sweep', () => {
  it('finds knee, plateau and limit of a server that is known', () => {
    const { sentences, tables, limits } = answerSweep(sweptResult(), LEVELS)
    // R(1) = 250 µs and D = 50 µs meet at 5 connections; 20 and more are the plateau.
    expect(sentences).toEqual([
      expect.stringMatching(
        /^koa gives 20,000 \[19,\d+, 20,\d+\] requests\/s from 32 connections on, and what limits it is the CPU of the server; its knee .* at 5\.0 connections\.$/,
      ),
    ])
    expect(limits).toEqual([])
    const rows = tables[0]!.rows
    expect(rows.map((row) => row[1])).toEqual([1, 2, 4, 8, 16, 32])
    // Little's law, and what is used up.
    expect(rows.map((row) => row[6])).toEqual([1, 2, 4, 8, 16, 32])
    expect(rows.map((row) => row.at(-2))).toEqual([...Array(3).fill('neither CPU'), ...Array(3).fill('the CPU of the server')])
  })

  it('has a curve of throughput and of cost, with intervals', () => {
    const { charts } = answerSweep(sweptResult(), LEVELS)
    expect(charts.map(({ id }) => id)).toEqual(['sweep-throughput-hello', 'sweep-cost-hello'])
    expect(charts[0]!.points[0]).toMatchObject({ series: 'koa', x: 1, y: 4000, low: expect.closeTo(3960, 6) })
  })

  it('says when the load generator is the limit, and when the bounds do not hold', () => {
    const bound = sweptResult((cell) => ({ ...cell, serverBusy: 0.7, loadBusy: 0.99 }))
    expect(answerSweep(bound, LEVELS).sentences[0]).toContain('what limits it is the load generator')
    const toomuch = sweptResult((cell, connections) =>
      connections === 2 ? { ...cell, requestsPerSecond: { ...cell.requestsPerSecond, value: 9_000 } } : cell,
    )
    expect(answerSweep(toomuch, LEVELS).limits).toEqual([
      'koa gives more than its asymptotic bound with 2 connections: the bounds take a request to need the same with any number of them, and it needs less there. Its knee is a rough one.',
    ])
  })

  it('leaves it to a finding to say that times and counts disagree', () => {
    const strained = finding('littles-law-strained', { product: 2.2, connections: 2 })
    const limits = answerSweep(
      sweptResult((cell, connections) =>
        connections === 2
          ? { ...cell, requestsPerSecond: { ...cell.requestsPerSecond, value: 9_000 }, verdict: 'suspect', findings: [strained] }
          : cell,
      ),
      LEVELS,
    ).limits
    expect(limits).toEqual([])
  })

  it('leaves out what is invalid, and says so', () => {
    const result = sweptResult((cell, connections) => (connections === 32 ? { ...cell, verdict: 'invalid' } : cell))
    const { sentences, tables, charts, limits } = answerSweep(result, LEVELS)
    expect(tables[0]!.rows.map((row) => row.at(-1))).toEqual([...Array(5).fill('valid'), 'invalid'])
    expect(charts[0]!.points.map(({ x }) => x)).toEqual([1, 2, 4, 8, 16])
    expect(sentences[0]).toContain('no level lies 4 times beyond it')
    expect(limits).toEqual(['koa@32 on hello is not quoted: invalid.'])
  })

  it('makes no plateau of one level, and nothing of nothing', () => {
    const result = sweptResult()
    expect(answerSweep(result, LEVELS.slice(0, 1)).sentences).toEqual([
      'koa: one number of connections says nothing of a plateau.',
    ])
    expect(answerSweep({ ...result, cells: [] }, LEVELS)).toMatchObject({ sentences: [], tables: [], charts: [] })
  })
})
