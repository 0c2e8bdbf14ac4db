import { beforeAll, describe, expect, it } from 'vitest'
import { fakeBench, type OpenedBench } from '../benches.ts'
import { placeOnCpus } from '../environment/cpus.ts'
import { RunError } from '../errors.ts'
import { realPart, simulatedPart } from '../fixtures/simulated-part.ts'
import { FakeWorld } from '../load/fake.ts'
import { InvariancePart } from './data.ts'
import { measureFactors, measureInvariance } from './invariance.ts'
import { invarianceFactors, isDefault } from './invariance-factors.ts'
import { invarianceFigures } from './invariance-figures.ts'
import type { PartContext } from './part-context.ts'

const HOUR = 3_600_000
const COST: Record<string, number> = { 'node-http': 10, koa: 15, express: 22, fastify: 12 }
const cost = (app: string) => COST[app.replace(/-\d$/, '')]!
const pinned = { serverCpu: 3, loadCpu: 2, runnerCpu: 2, notPinnedBecause: null }
/** The schema of a part without its head. */
const Body = InvariancePart.omit({ head: true })

describe('invarianceFactors', () => {
  it('has the default in each factor, once', () => {
    const factors = invarianceFactors(pinned)
    expect(factors.map(({ id }) => id)).toEqual(['load-generator', 'slice', 'connections', 'cpu', 'neighbours', 'order'])
    for (const { settings } of factors) expect(settings.filter(isDefault)).toHaveLength(1)
  })

  it('swaps server and load generator, and keeps the runner off the servers', () => {
    const swapped = (placement: typeof pinned) =>
      invarianceFactors(placement)
        .find(({ id }) => id === 'cpu')!
        .settings.find((setting) => !isDefault(setting))!.circumstances.placement
    expect(swapped(pinned)).toEqual({ serverCpu: 2, loadCpu: 3, runnerCpu: 3, notPinnedBecause: null })
    expect(swapped({ ...pinned, runnerCpu: 1 })).toEqual({ serverCpu: 2, loadCpu: 3, runnerCpu: 1, notPinnedBecause: null })
  })

  it('cannot swap what is not pinned', () => {
    const unpinned = { serverCpu: null, loadCpu: null, runnerCpu: null, notPinnedBecause: 'there is only one CPU' }
    expect(invarianceFactors(unpinned).map(({ id }) => id)).not.toContain('cpu')
  })
})

describe('measureInvariance in a simulated world', () => {
  const simulated = simulatedPart(HOUR / 4, { cost })
  let outcome: Awaited<ReturnType<typeof measureInvariance>>
  let factors: InvariancePart['factors']

  beforeAll(async () => {
    outcome = await measureInvariance(simulated.context)
    factors = outcome.body!.factors
  })

  it('pools the rounds of all passes, finds the true ratios, and proves no difference where there is none', async () => {
    const { world, remarks } = simulated
    const { body, cutShort, problem } = outcome
    expect({ cutShort, problem, remarks }).toEqual({ cutShort: false, problem: null, remarks: [] })
    expect(world.running).toEqual([])
    const part = Body.parse(body)
    expect(part.factors.map(({ id }) => id)).toEqual(['load-generator', 'slice', 'connections', 'neighbours', 'order'])
    const settings = part.factors.flatMap((factor) => factor.settings)
    for (const { rounds, cells, baselineMicroseconds } of settings) {
      expect(rounds).toBeGreaterThanOrEqual(4)
      expect(baselineMicroseconds.value).toBeCloseTo(10, 0)
      for (const { app, ratio, perRound } of cells) {
        expect(ratio.value / (cost(app) / 10)).toBeCloseTo(1, 1)
        expect(perRound.length).toBe(rounds)
      }
    }
    const figures = invarianceFigures(part)
    expect(figures.length).toBeGreaterThan(30)
    expect(figures.filter(({ proven }) => proven)).toEqual([])
    expect(new Set(figures.filter(({ paired }) => paired).map(({ factor }) => factor))).toEqual(new Set(['order']))
  })

  it('measures the default once for all factors, and more often than the others', async () => {
    const defaults = factors.map(({ settings }) => settings.find((setting) => setting.isDefault)!)
    expect(new Set(defaults.map(({ rounds }) => rounds)).size).toBe(1)
    expect(new Set(defaults.map(({ cells }) => JSON.stringify(cells.find(({ app }) => app === 'koa')))).size).toBe(1)
    const sleeping = factors[0]!.settings.find(({ label }) => label === 'sleeping')!
    expect(defaults[0]!.rounds).toBeGreaterThan(2 * sleeping.rounds)
  })

  it('gives every round a number of its own, but for places, which are of the same rounds', async () => {
    const roundsOf = (id: string) =>
      factors.find((factor) => factor.id === id)!.settings.map(({ cells }) => cells[0]!.perRound.map(({ round }) => round))
    const connections = roundsOf('connections').flat()
    expect(new Set(connections).size).toBe(connections.length)
    const [any, ...places] = roundsOf('order')
    for (const place of places) expect(any).toEqual(expect.arrayContaining(place))
  })

  it('looks at koa alone where its neighbours change, and has them all in the block', async () => {
    const { settings } = factors.find(({ id }) => id === 'neighbours')!
    expect(settings.map(({ label, cells }) => [label, cells.map(({ app }) => app)])).toEqual([
      ['express', ['koa']],
      ['fastify', ['koa']],
      ['four copies of express', ['koa']],
    ])
    expect(simulated.world.journal).toEqual(expect.arrayContaining(['pulse fastify hello', 'pulse express-4 hello']))
  })

  it('finds a setting that is not invariant, and says by how much', async () => {
    const plain = new FakeWorld({ seed: 3, cost })
    // A sleeping load generator adds 1 µs to koa, and nothing to the others.
    const taxed = new FakeWorld({ seed: 4, cost: (app) => cost(app) + (app === 'koa' ? 1 : 0) })
    const { context } = simulatedPart(
      HOUR / 4,
      {},
      {
        now: () => plain.nowNs + taxed.nowNs,
        openBench: async (driver) => fakeBench(driver === 'autocannon-sleeping' ? taxed : plain),
      },
    )
    const { body } = await measureInvariance(context)
    const proven = invarianceFigures(body!).filter((difference) => difference.proven)
    expect(proven.map(({ factor, setting, app }) => [factor, setting, app])).toEqual([['load-generator', 'sleeping', 'koa']])
    const { value, low, high } = proven[0]!.differencePercent
    expect(low).toBeLessThan(100 / 15)
    expect(high).toBeGreaterThan(100 / 15)
    expect(value).toBeCloseTo(100 / 15, 0)
  })

  it('has one turn of smaller runs when there is little time', async () => {
    const { context, world } = simulatedPart(200_000, { cost })
    const { body } = await measureInvariance(context)
    // The last run may be one of those that take longer than the mean.
    expect(world.nowNs / 1e6).toBeLessThan(1.05 * 200_000)
    for (const { settings } of body!.factors) for (const { rounds } of settings) expect(rounds).toBeGreaterThanOrEqual(2)
  })

  it('tells of a setting that fails, and goes on without it', async () => {
    const { context, remarks, world } = simulatedPart(HOUR / 4, { cost })
    const { bench, ...facts } = fakeBench(world)
    const gone = new RunError('load-generator-gone', 'the load generator was ended by SIGKILL')
    const failing: OpenedBench = { ...facts, bench: { ...bench, driver: { ...bench.driver, open: () => Promise.reject(gone) } } }
    const openBench: PartContext['openBench'] = async (driver) =>
      driver === 'autocannon-sleeping' ? failing : { ...facts, bench }
    const { body, cutShort, problem } = await measureInvariance({ ...context, openBench })
    expect({ cutShort, problem }).toEqual({ cutShort: false, problem: null })
    expect(body!.factors.map(({ id }) => id)).toEqual(['slice', 'connections', 'neighbours', 'order'])
    expect(remarks).toEqual(
      ['this time', 'from now on'].map(
        (when) => `a sleeping load generator failed and is left out ${when}: the load generator was ended by SIGKILL`,
      ),
    )
    expect(world.running).toEqual([])
  })

  it('stops at the signal with what was finished', async () => {
    const { context, controller, world } = simulatedPart(HOUR, { cost }, { progress: () => {} })
    const stopping = {
      ...context,
      now() {
        if (world.nowNs > 100e9) controller.abort()
        return world.nowNs
      },
    }
    const { body, cutShort, problem } = await measureInvariance(stopping)
    expect({ cutShort, problem }).toEqual({ cutShort: true, problem: null })
    expect(Body.safeParse(body).success).toBe(true)
    expect(world.running).toEqual([])
    expect(world.nowNs / 1e9).toBeLessThan(130)
  })
})

describe('two settings for real', () => {
  it('are measured, pooled and compared', async () => {
    const wanted = invarianceFactors(placeOnCpus()).filter(({ id }) => id === 'load-generator')
    const { context } = realPart(13_000, { apps: ['koa'] })
    const { body, cutShort, problem } = await measureFactors(context, wanted)
    expect({ cutShort, problem }).toEqual({ cutShort: false, problem: null })
    const [factor] = Body.parse(body).factors
    expect(factor!.settings.map(({ label, isDefault, loadBusy }) => [label, isDefault, loadBusy === null])).toEqual([
      ['spinning', true, false],
      ['sleeping', false, true],
    ])
    // On a busy machine a round may have no undisturbed block.
    expect(factor!.settings.every(({ rounds }) => rounds >= 1)).toBe(true)
    expect(invarianceFigures(body!)).toMatchObject([{ factor: 'load-generator', setting: 'sleeping', app: 'koa', paired: false }])
  })
})
