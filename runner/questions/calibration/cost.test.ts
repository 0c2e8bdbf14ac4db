import { describe, expect, it } from 'vitest'
import { cellRound, roundAnalysis } from '../../fixtures/cell-round.ts'
import { goodCell } from '../../fixtures/good-cell.ts'
import { simulatedPart } from '../../fixtures/simulated-part.ts'
import type { MeasuredCell } from '../../result/model.ts'
import { cost, costPerRequest } from './cost.ts'
import { CostPart } from './data.ts'

const Body = CostPart.omit({ head: true })

describe('measureCost in a simulated world', () => {
  it('runs every shape, and says what a request costs on both sides', async () => {
    const { context, world, remarks } = simulatedPart(108_000)
    const { body, cutShort, problem } = await cost.measure(context)
    expect({ cutShort, problem, remarks }).toEqual({ cutShort: false, problem: null, remarks: [] })
    const { runs, perRequest } = Body.parse(body)
    const shapes = runs.map(({ apps, endpoints }) => [apps, endpoints])
    expect(shapes.slice(0, 4)).toEqual([
      [1, 1],
      [4, 1],
      [4, 4],
      [8, 4],
    ])
    for (const run of runs) expect(run).toMatchObject({ rounds: 3, blocksPerRound: 10, warmUpMilliseconds: 300 })
    expect(runs[3]!.wallSeconds).toBeGreaterThan(runs[2]!.wallSeconds)
    expect(runs[0]!.loadResidentBytes).toBe(60e6)
    expect(runs[0]!.runnerResidentBytes).toBeGreaterThan(10e6)
    // The baseline and four apps on four endpoints.
    expect(perRequest).toHaveLength(20)
    // The simulated load generator is idle half of the time, its server never.
    for (const { serverMicroseconds, loadMicroseconds } of perRequest) {
      expect(loadMicroseconds! / serverMicroseconds).toBeCloseTo(0.5, 1)
    }
    expect(world.nowNs / 1e6).toBeLessThanOrEqual(108_000)
  })

  it('takes copies where there are too few apps', async () => {
    const { context, world } = simulatedPart(30_000, {}, { apps: ['koa'] })
    await cost.measure(context)
    expect(world.journal).toContain('start koa-4')
  })

  it('keeps the shapes that were finished', async () => {
    const tested = simulatedPart(108_000)
    const progress = (sentence: string) => void (sentence.includes('4 apps on 4 endpoints, round 1') && tested.controller.abort())
    const { body, cutShort } = await cost.measure({ ...tested.context, progress })
    expect(cutShort).toBe(true)
    expect(body!.runs).toHaveLength(2)
    expect(body!.perRequest).toEqual([])
  })
})

describe('costPerRequest', () => {
  const cell = (of: Partial<MeasuredCell>) =>
    ({ ...goodCell({ figures: of }).figures, verdict: 'valid', findings: [], rank: null, apartFrom: null }) as MeasuredCell

  it('is the share of the time in which the load generator did not wait, over the requests', () => {
    const cells = [cell({ app: 'koa', serverBusy: 0.98, loadBusy: 0.6 }), cell({ app: 'express', loadBusy: null })]
    const rounds = [
      roundAnalysis(1, { cells: [cellRound(1, 'koa', 0, { elapsedNs: 1e9, requests: 60_000 })] }),
      roundAnalysis(2, {
        cells: [
          cellRound(2, 'koa', 0, { elapsedNs: 2e9, requests: 90_000 }),
          cellRound(2, 'koa', 0, { elapsedNs: 9e9, requests: 7, endpoint: 'table' }),
        ],
      }),
    ]
    const [koa, express] = costPerRequest({ cells }, rounds)
    // 0.6 × 3 s over 150,000 requests.
    expect(koa).toMatchObject({ app: 'koa', endpoint: 'hello', serverMicroseconds: 16, serverBusy: 0.98, loadBusy: 0.6 })
    expect(koa!.loadMicroseconds).toBeCloseTo(12, 9)
    expect(express!.loadMicroseconds).toBeNull()
  })
})
