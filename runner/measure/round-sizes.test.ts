import { describe, expect, it } from 'vitest'
import { threeAppPlan as plan, stopRule as rule } from '../fixtures/plans.ts'
import { type Plan, planDeployments } from './plan.ts'
import type { RoundRecord } from './records.ts'
import { cutRounds, isRefinedAfter, observedIn, roundNs, sizeRounds, variancesAfter, warmUpLimits } from './round-sizes.ts'

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
  return { plan, running: plan.deployments, warmUpMilliseconds, observed: null }
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

  it('has as many blocks as the plan wishes at the least, as long as six rounds fit', () => {
    const wishing = shapeOf({ ...plan, leastBlocks: 24 })
    expect(cutRounds(wishing, variances(0.02, 0.02, 0.001), rule(), LONG).blocksPerRound).toBe(24)
    const { blocksPerRound, processes } = cutRounds(wishing, variances(0.02, 0.02, 0.001), rule(), 60e9)
    expect(blocksPerRound).toBeGreaterThanOrEqual(4)
    expect(blocksPerRound).toBeLessThan(24)
    expect(6 * roundNs(wishing, { blocksPerRound, processes })).toBeLessThan(60e9)
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

  it('is made anew after the first round, three, six, twelve and so on', () => {
    const refined = Array.from({ length: 30 }, (_, index) => index + 1).filter(isRefinedAfter)
    expect(refined).toEqual([1, 3, 6, 12, 24])
  })
})

describe('the warm-up', () => {
  const limits = (maximumNs: number, of: Partial<Plan> = {}) => {
    const one = { ...plan, ...of }
    return warmUpLimits(one, one.deployments, rule({ maximumNs }), 9e9)
  }

  it('ends when V8 has compiled the app, where two rounds of that fit into the time', () => {
    expect(limits(600e9)).toEqual({ least: 1_900, most: 4_000 })
    expect(limits(45e9)).toEqual({ least: 1_900, most: 4_000 })
  })

  it('is shorter where they do not: rather too few rounds than cold ones', () => {
    const { least, most } = limits(36e9)
    expect(least).toBe(1_900)
    expect(most).toBeLessThan(2_500)
    expect(2 * 4 * (300 + most)).toBeLessThan(27_000)
    const cold = limits(20e9)
    expect(cold.least).toBe(cold.most)
    expect(cold.most).toBeLessThan(1_000)
  })

  it('is never nothing', () => {
    expect(limits(9.1e9)).toEqual({ least: 300, most: 300 })
  })

  it('is what was given', () => {
    expect(limits(25e9, { warmUpMilliseconds: 3_000 })).toEqual({ least: 3_000, most: 3_000 })
  })
})

it('the first round has as few blocks as there may be: what slices take is not known yet', () => {
  const { sizes, cut } = sizeRounds(plan, plan.deployments, rule(), 5e9)
  expect(sizes.blocksPerRound).toBe(4)
  expect(cut.blocksPerRound).toBeGreaterThan(4)
  expect(sizeRounds({ ...plan, blocksPerRound: 9 }, plan.deployments, rule(), 5e9).sizes.blocksPerRound).toBe(9)
})

it('slices that take longer than asked for make rounds of fewer blocks: slow apps, and a driver that knows whole seconds only', () => {
  const slices = [{ elapsedNs: 1_000e6, deployment: 'koa' }] as unknown as RoundRecord['slices']
  const warmUps = [{ process: 'koa', app: 'koa', milliseconds: 1_000, elapsedMilliseconds: 1_100, compiled: true, latest: null }]
  const observed = observedIn(plan, { slices, warmUps })
  expect(observed).toEqual({ excessMilliseconds: 980, warmUpMilliseconds: 1_100 })
  const [usual, slow] = [null, observed].map((seen) => cutRounds({ ...shapeOf(plan), observed: seen }, null, rule(), LONG))
  expect(slow!.blocksPerRound).toBeLessThan(usual!.blocksPerRound)
})

it('variances are those of apps, and after few rounds mostly what all have in common', () => {
  const cell = (app: string, process: number) => ({ app, process, reference: 1, block: 1 })
  const precision = {
    rounds: 3,
    widestHalfWidth: 1,
    widestCell: '',
    roundsNeeded: null,
    variances: [cell('koa', 9), cell('koa', 3), cell('hono', 0), cell('hono', 4)],
  }
  const after = (rounds: number) => variancesAfter(rounds, precision)?.map(({ process }) => process)
  expect(after(2)).toBeUndefined()
  // In common 4; koa has 6 and hono 2.
  expect(after(3)).toEqual([4.5, 4.5, 3.5, 3.5])
  expect(after(7)).toEqual([5, 5, 3, 3])
  expect(variancesAfter(9, { ...precision, variances: [] })).toBeNull()
})
