import { describe, expect, it } from 'vitest'
import { asReal, simulation } from '../fixtures/simulated-run.ts'
import type { FakeWorldOptions } from '../load/fake.ts'
import type { MeasuredCell } from '../result/model.ts'
import { restsMilliseconds } from './between.ts'

const WARM_UP = 1_000

/** Two apps on two endpoints; the skeleton costs 10 µs and koa 15. */
async function measured(world: Partial<FakeWorldOptions>) {
  const { run, result, records } = simulation({
    apps: ['node-http', 'koa'],
    rule: { rounds: 6, precision: null },
    plan: { warmUpMilliseconds: WARM_UP, blocksPerRound: 12 },
    world: { cost: (app) => (app === 'koa' ? 15 : 10), processNoise: 0.001, sliceNoise: 0.002, ...world },
  })
  const { cells, findings } = result(asReal(await run()))
  const of = (app: string) => cells.find((cell) => cell.app === app && cell.endpoint === 'hello') as MeasuredCell
  return { koa: of('koa'), skeleton: of('node-http'), findings: findings.map(({ code }) => code), records }
}

describe('work outside of slices', () => {
  it.each([
    ['10 ms', 10e6],
    ['100 ms', 100e6],
    ['1 s', 1e9],
  ])('%s later is charged to the requests that caused it, and to no others', async (_when, afterNs) => {
    const later: FakeWorldOptions['later'] = ({ app }) => (app === 'koa' ? { afterNs, nsPerRequest: 5_000 } : null)
    const { koa, skeleton } = await measured({ later })
    expect(koa.overheadMicroseconds.value).toBeCloseTo(10, 0)
    expect(koa.lateMicroseconds!.value).toBeGreaterThan(3)
    expect(koa.typicalCost!.value).toBeLessThan(koa.cost.value - 2)
    expect(skeleton.lateMicroseconds!.value).toBeCloseTo(0, 3)
    expect(koa.findings.map(({ code }) => code)).toContain('late-work')
  })

  it('that an app does by itself is no request’s cost', async () => {
    const { koa, skeleton, findings } = await measured({ idleShare: (app) => (app === 'koa' ? 0.05 : 0) })
    expect(koa.overheadMicroseconds.value).toBeCloseTo(5, 0)
    expect(koa.findings.map(({ code }) => code)).toContain('works-when-idle')
    expect(findings).toContain('works-between-slices')
    expect(skeleton.verdict).not.toBe('invalid')
  })

  it('is told of every process, with all that it has answered', async () => {
    const { records } = await measured({})
    // Everybody in the first round, and later only who is not among the first to be loaded.
    const idle = records.map(({ between }) => between.filter(({ idleNs }) => idleNs >= 500e6).length)
    expect(idle[0]).toBe(3)
    expect(Math.max(...idle.slice(1))).toBe(1)
    for (const { between, slices } of records) {
      expect(between.map(({ process }) => process).sort()).toEqual(['koa', 'node-http', 'node-http#2'])
      for (const { process, requests, outsideNs, outsideCpuNs } of between) {
        const own = slices.filter(({ deployment }) => deployment === process)
        expect(requests).toBe(own.reduce((sum, slice) => sum + slice.requests, 0))
        expect(outsideNs).toBeGreaterThan(1_200e6)
        expect(outsideCpuNs).toBeCloseTo(0, 6)
      }
    }
  })
})

it('rests are as long as a usual time to put work off for, and shorter for who is in a hurry', () => {
  expect(restsMilliseconds(2_400)).toBe(2_400)
  expect(restsMilliseconds(100)).toBe(240)
})
