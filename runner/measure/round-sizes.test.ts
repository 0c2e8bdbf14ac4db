import { describe, expect, it } from 'vitest'
import { threeAppPlan as plan, stopRule as rule } from '../fixtures/plans.ts'
import { type Plan, planDeployments } from './plan.ts'
import { blocksFor, fittingBlocks, fittingWarmUp, roundNs } from './round-sizes.ts'

describe('the length of a round', () => {
  const plan = { endpoints: ['hello', 'lookup'], sliceMilliseconds: 20 } as unknown as Plan
  const app = { id: 'koa', modulePath: '/koa.ts', given: 'koa', insideProject: true }
  const running = [1, 2, 3, 4, 5].flatMap((number) => planDeployments([{ ...app, id: `koa-${number}` }], 'raw', 'tcp'))
  const shape = { plan, running, warmUpMilliseconds: 1_000, observedSliceMilliseconds: null }

  it('is at least what it measures and warms up, and grows by a block at a time', () => {
    expect(roundNs(shape, 10)).toBeGreaterThan(5 * (1_000 + 10 * 2 * 20) * 1e6)
    const block = roundNs(shape, 11) - roundNs(shape, 10)
    expect(block).toBeGreaterThanOrEqual(5 * 2 * 20 * 1e6)
    expect(roundNs(shape, 21) - roundNs(shape, 20)).toBeCloseTo(block, 0)
  })

  it('is cut until the least number of rounds fits, but never to nothing', () => {
    expect(fittingBlocks(shape, 30, rule(), 0)).toBe(30)
    const fitting = fittingBlocks(shape, 30, rule({ maximumNs: 80e9 }), 10e9)
    expect(fitting).toBeLessThan(30)
    expect(6 * roundNs(shape, fitting)).toBeLessThanOrEqual(70e9)
    expect(6 * 1.05 * roundNs(shape, fitting + 1)).toBeGreaterThan(70e9)
    expect(fittingBlocks(shape, 30, rule({ maximumNs: 1e9 }), 0)).toBe(3)
    expect(fittingBlocks(shape, 2, rule({ maximumNs: 1e9 }), 0)).toBe(2)
    // With an exact number of rounds all of them have to fit.
    expect(fittingBlocks(shape, 30, rule({ rounds: 2, maximumNs: 80e9 }), 10e9)).toBe(30)
  })
})

describe('the warm-up of a short run', () => {
  it('is what was wanted when there is time', () => {
    expect(fittingWarmUp(6, 2_400, rule({ maximumNs: 600e9 }), 20e9)).toBe(2_400)
  })

  it('leaves room for six rounds and for something to measure in them', () => {
    const length = fittingWarmUp(5, 2_400, rule({ maximumNs: 124e9 }), 9e9)
    expect(length).toBeLessThan(1_700)
    expect(length).toBeGreaterThan(1_300)
    // Six rounds of five processes: what is left of each one's time is measuring.
    expect(6 * 5 * (250 + length)).toBeLessThan((115_000 - 6 * 3_900) * 0.75)
  })

  it('rather gives up rounds than to measure cold processes', () => {
    expect(fittingWarmUp(5, 2_400, rule({ maximumNs: 45e9 }), 9e9)).toBe(1_300)
    expect(fittingWarmUp(5, 1_000, rule({ maximumNs: 45e9 }), 9e9)).toBe(1_000)
  })

  it('leaves room for two rounds', () => {
    const length = fittingWarmUp(5, 2_400, rule({ maximumNs: 28e9 }), 5e9)
    expect(length).toBeLessThan(1_300)
    expect(2 * 5 * (250 + length)).toBeLessThan((23_000 - 2 * 3_900) * 0.75)
  })

  it('is never nothing', () => {
    expect(fittingWarmUp(40, 2_400, rule({ maximumNs: 10e9 }), 9e9)).toBe(300)
  })
})

describe('the blocks of a round', () => {
  it('grows with the warm-up and shrinks with the number of endpoints and the length of slices, within limits', () => {
    const least = blocksFor(plan, 0)
    expect(blocksFor(plan, 1_000)).toBeGreaterThan(least)
    expect(blocksFor({ ...plan, endpoints: ['hello'] }, 1_000)).toBeGreaterThan(blocksFor(plan, 1_000))
    expect(blocksFor({ ...plan, sliceMilliseconds: 40 }, 1_000)).toBeLessThan(blocksFor(plan, 1_000))
    expect(blocksFor({ ...plan, sliceMilliseconds: 5_000 }, 0)).toBeGreaterThanOrEqual(3)
    expect(blocksFor(plan, 1e9)).toBe(blocksFor(plan, 1e8))
  })

  it('are more where a deployment has endpoints of its own, and so shorter blocks', () => {
    const hello = { ...plan, endpoints: ['hello', 'lookup'] }
    const one = hello.deployments.map((own) => (own.app === 'node-http' ? own : { ...own, endpoints: ['hello'] }))
    expect(blocksFor({ ...hello, deployments: one }, 1_000)).toBeGreaterThan(blocksFor(hello, 1_000))
  })
})
