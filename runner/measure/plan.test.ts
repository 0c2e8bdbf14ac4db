import { describe, expect, it } from 'vitest'
import { threeAppPlan as plan } from '../fixtures/plans.ts'
import { arrivalSeed, countProcesses, planRound, provokedBy, provokingApps, repeatedBlock } from './plan.ts'

describe('planDeployments', () => {
  it('has two copies of the baseline and one of every other app', () => {
    expect(plan.deployments.map(({ id, app }) => [id, app])).toEqual([
      ['node-http', 'node-http'],
      ['node-http#2', 'node-http'],
      ['koa', 'koa'],
      ['express', 'express'],
    ])
    expect(plan.deployments[1]).toEqual({
      id: 'node-http#2',
      app: 'node-http',
      copy: 2,
      modulePath: '/apps/node-http/app.ts',
      transport: 'unix',
    })
  })
})

describe('countProcesses', () => {
  it('counts one that several deployments share once, and every worker of a team', () => {
    const [one, ...others] = plan.deployments
    const team = { workers: 3, scheduling: 'shared' } as const
    expect(countProcesses(plan.deployments)).toBe(4)
    expect(countProcesses([{ ...one!, process: 'koa' }, ...others])).toBe(3)
    expect(countProcesses([{ ...one!, team }, ...others])).toBe(6)
  })
})

describe('arrivalSeed', () => {
  it('is one of its own for every round, block, endpoint and attempt, and the same when it is asked for again', () => {
    const places = [1, 2].flatMap((round) =>
      plan.endpoints.flatMap((endpoint) =>
        [0, 1].flatMap((block) => [0, 1].map((attempt) => ({ round, endpoint, block, attempt }))),
      ),
    )
    const seeds = places.map(({ round, attempt, ...place }) => arrivalSeed(plan, round, place, attempt))
    expect(new Set(seeds).size).toBe(places.length)
    expect(places.map(({ round, attempt, ...place }) => arrivalSeed({ ...plan }, round, place, attempt))).toEqual(seeds)
    expect(arrivalSeed({ ...plan, seed: 1 }, 1, { block: 0, endpoint: 'hello' }, 0)).not.toBe(seeds[0])
  })
})

describe('provoked findings', () => {
  it('are those of the deployments of an app', () => {
    const deployments = plan.deployments.map((one) => (one.app === 'koa' ? { ...one, provokes: ['stall'] } : one))
    expect(provokedBy({ deployments }, 'koa')).toEqual(['stall'])
    expect(provokedBy({ deployments }, 'express')).toEqual([])
    expect(provokingApps({ deployments })).toEqual(['koa'])
  })
})

const cut = (blocksPerRound: number, processes = {}) => ({ blocksPerRound, processes })

describe('planRound', () => {
  const round = planRound(plan, 3, cut(40))

  it('has every endpoint once in every block, and every deployment once for each', () => {
    expect(round.blocks).toHaveLength(40 * 3)
    for (let block = 0; block < 40; block++) {
      const own = round.blocks.slice(3 * block, 3 * block + 3)
      expect(own.map((one) => one.block)).toEqual([block, block, block])
      expect(own.map(({ endpoint }) => endpoint).sort()).toEqual([...plan.endpoints].sort())
      for (const { slices } of own) expect(slices.map(({ deployment }) => deployment).sort()).toEqual([0, 1, 2, 3])
    }
  })

  it('has slices of one length within a block, up to a fifth away from the length requested', () => {
    const lengths = round.blocks.map(({ slices }) => new Set(slices.map(({ milliseconds }) => milliseconds)))
    for (const own of lengths) expect(own.size).toBe(1)
    const all = lengths.map(([length]) => length!)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(16)
    expect(Math.min(...all)).toBeLessThan(17)
    expect(Math.max(...all)).toBeLessThanOrEqual(24)
    expect(Math.max(...all)).toBeGreaterThan(23)
    expect(new Set(all).size).toBeGreaterThan(100)
  })

  it('puts deployments, endpoints, starts and warm-ups into random order, and pads environments at random', () => {
    const distinct = (values: readonly unknown[]) => new Set(values.map((value) => JSON.stringify(value))).size
    // All 24 orders of four within 120 blocks, and all six of three within 40.
    expect(distinct(round.blocks.map(({ slices }) => slices.map(({ deployment }) => deployment)))).toBe(24)
    expect(
      distinct(
        Array.from({ length: 40 }, (_, block) => round.blocks.slice(3 * block, 3 * block + 3).map(({ endpoint }) => endpoint)),
      ),
    ).toBe(6)
    const rounds = Array.from({ length: 30 }, (_, index) => planRound(plan, index + 1, cut(1)))
    expect(distinct(rounds.map(({ startOrder }) => startOrder))).toBeGreaterThan(10)
    expect(distinct(rounds.map(({ warmUpOrder }) => warmUpOrder))).toBeGreaterThan(10)
    expect(rounds.some(({ startOrder, warmUpOrder }) => String(startOrder) !== String(warmUpOrder))).toBe(true)
    const paddings = rounds.flatMap(({ environmentPadding }) => environmentPadding)
    expect(distinct(paddings)).toBeGreaterThan(100)
    for (const padding of paddings) expect(padding >= 0 && padding <= 4095 && Number.isInteger(padding)).toBe(true)
    for (const { startOrder, warmUpOrder } of rounds)
      expect([startOrder.toSorted(), warmUpOrder.toSorted()]).toEqual([
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ])
  })

  it('depends on the seed and the number of the round only', () => {
    expect(planRound(plan, 3, cut(40))).toEqual(round)
    expect(planRound(plan, 4, cut(40))).not.toEqual({ ...round, round: 4 })
    expect(planRound({ ...plan, seed: 100 }, 3, cut(40))).not.toEqual(round)
    // Fewer blocks are the first ones of more: a resumed or shortened round stays what it was.
    expect(planRound(plan, 3, cut(10)).blocks).toEqual(round.blocks.slice(0, 30))
  })
})

describe('a deployment with endpoints of its own', () => {
  const deployments = plan.deployments.map((one) => (one.id === 'koa' ? { ...one, endpoints: ['lookup'] } : one))
  const restricted = { ...plan, deployments }

  it('has slices of these only, and changes nothing for the others', () => {
    const all = planRound(plan, 3, cut(10))
    const without = all.blocks.map((block) => ({
      ...block,
      slices: block.slices.filter(({ deployment }) => block.endpoint === 'lookup' || plan.deployments[deployment]!.id !== 'koa'),
    }))
    expect(planRound(restricted, 3, cut(10))).toEqual({ ...all, blocks: without })
  })
})

describe('repeatedBlock', () => {
  const { blocks } = planRound(plan, 3, cut(40))
  const orderOf = ({ slices }: (typeof blocks)[number]) => slices.map(({ deployment }) => deployment).join()

  it('has the same slices in an order of its own', () => {
    for (const block of blocks.slice(0, 20)) {
      const again = repeatedBlock(plan, 3, block, 1)
      expect(again).toMatchObject({ block: block.block, endpoint: block.endpoint })
      expect(again.slices.toSorted((a, b) => a.deployment - b.deployment)).toEqual(
        block.slices.toSorted((a, b) => a.deployment - b.deployment),
      )
    }
    // All 24 orders of four, about equally often: 120 blocks twice are 10 each, with a standard deviation of 3.1.
    const orders = blocks.flatMap((block) => [1, 2].map((attempt) => orderOf(repeatedBlock(plan, 3, block, attempt))))
    const counts = Map.groupBy(orders, (order) => order)
    expect(counts.size).toBe(24)
    for (const { length } of counts.values()) expect(length).toBeLessThan(26)
  })

  it('depends on seed, round, block, endpoint and attempt, and on nothing else', () => {
    const block = blocks[0]!
    const own = orderOf(repeatedBlock(plan, 3, block, 1))
    expect(orderOf(repeatedBlock(plan, 3, block, 1))).toBe(own)
    const others = [1, 2, 3, 4, 5, 6, 7, 8].map((other) => [
      orderOf(repeatedBlock({ ...plan, seed: other }, 3, block, 1)),
      orderOf(repeatedBlock(plan, 3 + other, block, 1)),
      orderOf(repeatedBlock(plan, 3, { ...block, block: other }, 1)),
      orderOf(repeatedBlock(plan, 3, block, 1 + other)),
    ])
    // Eight times the same order by chance: 24 ** -8.
    for (const what of [0, 1, 2, 3]) expect(others.some((orders) => orders[what] !== own)).toBe(true)
    const endpoints = plan.endpoints.map((endpoint) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => orderOf(repeatedBlock(plan, 3, { ...block, endpoint }, attempt))).join(';'),
    )
    expect(new Set(endpoints).size).toBe(plan.endpoints.length)
  })
})
