import { describe, expect, it } from 'vitest'
import { threeAppPlan as plan, stopRule as rule } from '../fixtures/plans.ts'
import { type Plan, planDeployments } from './plan.ts'
import { cutRounds, fittingWarmUp, isRefinedAfter, roundNs } from './round-sizes.ts'

const COPIES_OF_EACH = [1, 2, 3]
const several: Plan = {
  ...plan,
  deployments: planDeployments(
    ['node-http', 'koa', 'express'].map((id) => ({ id, modulePath: `/${id}.ts`, given: id, insideProject: true })),
    'node-http',
    'tcp',
    COPIES_OF_EACH,
  ),
}
const shapeOf = (plan: Plan, warmUpMilliseconds = 1_000) => {
  return { plan, running: plan.deployments, warmUpMilliseconds, observedSliceMilliseconds: null }
}
const LONG = 300e9

describe('the length of a round', () => {
  const shape = shapeOf(plan)
  const cut = (blocksPerRound: number, processes = {}) => ({ blocksPerRound, processes })

  it('is at least what it measures and warms up, and grows by a block and by a process at a time', () => {
    expect(roundNs(shape, cut(10))).toBeGreaterThan(4 * (1_000 + 10 * 3 * 20) * 1e6)
    const block = roundNs(shape, cut(11)) - roundNs(shape, cut(10))
    expect(block).toBeGreaterThanOrEqual(4 * 3 * 20 * 1e6)
    expect(roundNs(shape, cut(21)) - roundNs(shape, cut(20))).toBeCloseTo(block, 0)
    const one = roundNs(shapeOf(several), cut(10, { koa: 1, express: 1 }))
    const two = roundNs(shapeOf(several), cut(10, { koa: 2, express: 1 }))
    expect(two - one).toBeGreaterThan((1_000 + 10 * 3 * 20) * 1e6)
  })
})

describe('the cut of a round', () => {
  const variances = (koa: number, express: number, block = 0.02) =>
    Object.entries({ koa, express }).map(([app, process]) => {
      return { app, process: process ** 2, reference: 0.004 ** 2, block: block ** 2 }
    })

  it('is one process of every app before anything is known of them, and several of what differs most after it', () => {
    expect(cutRounds(shapeOf(several), null, rule(), LONG).processes).toEqual({ koa: 1, express: 1 })
    const { processes } = cutRounds(shapeOf(several), variances(0.05, 0.005), rule(), LONG)
    expect(processes.koa).toBeGreaterThan(1)
    expect(processes.express).toBe(1)
  })

  it('says nothing of processes where the plan has one of each', () => {
    expect(cutRounds(shapeOf(plan), variances(0.05, 0.005), rule(), LONG).processes).toEqual({})
  })

  it('has more blocks the more they differ and the longer the warm-up is, within limits', () => {
    const blocks = (noise: number, warmUp = 1_000) =>
      cutRounds(shapeOf(plan, warmUp), variances(0.02, 0.02, noise), rule(), LONG).blocksPerRound
    expect(blocks(0.05)).toBeGreaterThan(blocks(0.02))
    expect(blocks(0.05, 4_000)).toBeGreaterThan(blocks(0.05))
    expect(blocks(0.001)).toBe(4)
    expect(blocks(10)).toBeLessThanOrEqual(60)
  })

  it('keeps a number of blocks that was given', () => {
    expect(cutRounds(shapeOf({ ...plan, blocksPerRound: 7 }), variances(0.02, 0.02), rule(), LONG).blocksPerRound).toBe(7)
  })

  it('is as small as it gets where the least number of rounds does not fit', () => {
    const { blocksPerRound, processes } = cutRounds(shapeOf(several), variances(0.05, 0.05, 1), rule(), 1e9)
    expect(blocksPerRound).toBe(4)
    expect(processes).toEqual({ koa: 1, express: 1 })
  })

  it('is found for a run of the baseline alone', () => {
    const alone = { ...plan, deployments: plan.deployments.filter(({ app }) => app === 'node-http') }
    expect(cutRounds(shapeOf(alone), null, rule(), LONG)).toMatchObject({ processes: {} })
  })

  it('is made anew after three rounds, six, twelve and so on', () => {
    const refined = Array.from({ length: 30 }, (_, index) => index + 1).filter(isRefinedAfter)
    expect(refined).toEqual([3, 6, 12, 24])
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
