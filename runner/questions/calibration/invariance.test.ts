import { beforeAll, describe, expect, it } from 'vitest'
import { realPart, simulatedPart } from '../../fixtures/simulated-part.ts'
import { unaware } from '../../fixtures/unaware-rig.ts'
import { notPinned, placeOnCpus } from '../../machine/placement.ts'
import { RunError } from '../../result/errors.ts'
import { fakeRig, type OpenedRig, openRig } from '../rigs.ts'
import { InvariancePart } from './data.ts'
import { invariance, measureFactors } from './invariance.ts'
import { invarianceFigures } from './invariance-answer.ts'
import { asPlanned, invarianceFactors, standard } from './invariance-factors.ts'

const HOUR = 3_600_000
const COST: Record<string, number> = { 'node-http': 10, koa: 15, express: 22, fastify: 12 }
const cost = (app: string) => COST[app.replace(/@.*$/, '').replace(/-\d$/, '')]!
const pinned = { serverCpu: 3, loadCpu: 2, moreLanes: [], runnerCpu: 2, notPinnedBecause: null }
/** The schema of a part without its head. */
const Body = InvariancePart.omit({ head: true })

describe('invarianceFactors', () => {
  it('has the default in each factor, once and first', () => {
    const factors = invarianceFactors(pinned)
    expect(factors.map(({ id }) => id)).toEqual(['load-generator', 'slice', 'connections', 'cpu', 'neighbours', 'order'])
    for (const { settings } of factors) {
      const [first, ...others] = settings.map(({ comparison }) => comparison)
      expect(first!.reading).toBe(asPlanned)
      for (const { circumstances, reading } of others) {
        expect(circumstances === first!.circumstances && reading === asPlanned).toBe(false)
      }
    }
  })

  it('swaps server and load generator, and keeps the runner off the servers', () => {
    const swapped = (placement: typeof pinned) =>
      invarianceFactors(placement).find(({ id }) => id === 'cpu')!.settings[1]!.comparison.circumstances.placement
    expect(swapped(pinned)).toEqual({ ...pinned, serverCpu: 2, loadCpu: 3, runnerCpu: 3 })
    expect(swapped({ ...pinned, runnerCpu: 1 })).toEqual({ ...pinned, serverCpu: 2, loadCpu: 3, runnerCpu: 1 })
  })

  it('cannot swap what is not pinned', () => {
    expect(invarianceFactors(notPinned('there is only one CPU')).map(({ id }) => id)).not.toContain('cpu')
  })
})

describe('measureInvariance in a simulated world', () => {
  const simulated = simulatedPart(HOUR / 4, { cost, seed: 4 })
  let outcome: Awaited<ReturnType<typeof invariance.measure>>
  let factors: InvariancePart['factors']

  beforeAll(async () => {
    outcome = await invariance.measure(simulated.context)
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
    const apart = figures.filter(({ paired }) => !paired).map(({ factor, setting }) => `${factor}: ${setting}`)
    expect(apart).toEqual(['neighbours: four copies of express'])
  })

  const roundsOf = (id: string) =>
    factors.find((factor) => factor.id === id)!.settings.map(({ cells }) => cells[0]!.perRound.map(({ round }) => round))

  it('asks the same processes in every way of one kind: the rounds are the same, and so is the default of two factors', () => {
    for (const id of ['connections', 'slice', 'order']) {
      const [first, ...others] = roundsOf(id)
      for (const rounds of others) expect(first).toEqual(expect.arrayContaining(rounds))
    }
    const defaults = ['load-generator', 'connections'].map(
      (id) => factors.find((factor) => factor.id === id)!.settings.find(({ isDefault }) => isDefault)!,
    )
    expect(defaults[0]!.cells).toEqual(defaults[1]!.cells)
    expect(simulated.world.journal.filter((line) => line.startsWith('start node-http@'))).toEqual([])
  })

  it('gives every round a number of its own where the processes are others', () => {
    const apart = ['connections', 'slice', 'order'].map((id) => roundsOf(id).flat())
    for (const [index, rounds] of apart.entries()) {
      for (const others of apart.slice(index + 1)) expect(rounds.filter((round) => others.includes(round))).toEqual([])
    }
  })

  it('looks at koa alone where its neighbours change, and has them all in the block', async () => {
    const { settings } = factors.find(({ id }) => id === 'neighbours')!
    expect(settings.map(({ label, cells }) => [label, cells.map(({ app }) => app)])).toEqual([
      ['any', ['koa']],
      ['right after node-http', ['koa']],
      ['right after express', ['koa']],
      ['four copies of express', ['koa']],
    ])
    expect(simulated.world.journal).toEqual(expect.arrayContaining(['pulse express-4 hello']))
  })

  it('finds a setting that is not invariant, and says by how much', async () => {
    // A sleeping load generator adds 1 µs to koa, and nothing to the others.
    const taxed = (app: string) => cost(app) + (app === 'koa@sleeping' ? 1 : 0)
    const { context } = simulatedPart(HOUR / 4, { cost: taxed, seed: 5 })
    const { body } = await invariance.measure(context)
    const proven = invarianceFigures(body!).filter((difference) => difference.proven)
    expect(proven.map(({ factor, setting, app }) => [factor, setting, app])).toEqual([['load-generator', 'sleeping', 'koa']])
    const { value, low, high } = proven[0]!.differencePercent
    expect(low).toBeLessThan(100 / 15)
    expect(high).toBeGreaterThan(100 / 15)
    expect(value).toBeCloseTo(100 / 15, 0)
  })

  it('has one turn of smaller runs when there is little time', async () => {
    const { context, world } = simulatedPart(200_000, { cost })
    const { body } = await invariance.measure(context)
    // The last run may be one of those that take longer than the mean.
    expect(world.nowNs / 1e6).toBeLessThan(1.05 * 200_000)
    for (const { settings } of body!.factors) for (const { rounds } of settings) expect(rounds).toBeGreaterThanOrEqual(2)
  })

  it('tells of circumstances that fail, and goes on without them', async () => {
    const { context, remarks, world } = simulatedPart(HOUR / 4, { cost, seed: 4 })
    const { rig, ...facts } = fakeRig(world)
    const gone = new RunError('load-generator-gone', 'the load generator was ended by SIGKILL')
    // It does not survive being told of so many connections.
    const open = async () => {
      const session = world.openSession()
      const connect: typeof session.connect = (target) =>
        target.connections === 256 ? Promise.reject(gone) : session.connect(target)
      return { ...session, connect }
    }
    const failing: OpenedRig = { ...facts, rig: { ...rig, driver: { ...rig.driver, open } } }
    const { body, cutShort, problem } = await invariance.measure({ ...context, openRig: async () => failing })
    expect({ cutShort, problem }).toEqual({ cutShort: false, problem: null })
    expect(body!.factors.map(({ id }) => id)).toEqual(['slice', 'neighbours', 'order'])
    expect(remarks).toEqual(
      ['this time', 'from now on'].map(
        (when) => `other loads failed and is left out ${when}: the load generator was ended by SIGKILL`,
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
    const { body, cutShort, problem } = await invariance.measure(stopping)
    expect({ cutShort, problem }).toEqual({ cutShort: true, problem: null })
    expect(Body.safeParse(body).success).toBe(true)
    expect(world.running).toEqual([])
    expect(world.nowNs / 1e9).toBeLessThan(130)
  })
})

describe('two settings for real', () => {
  const RUN_MILLISECONDS = 2_000

  it('are measured, pooled and compared', async () => {
    const factor = invarianceFactors(placeOnCpus()).find(({ id }) => id === 'load-generator')!
    const [spinning, sleeping] = factor.settings
    // The ways of the other factors would take their time, too.
    const circumstances = { ...standard, ways: spinning!.comparison.circumstances.ways.slice(0, 1) }
    const settings = [spinning!, sleeping!].map(({ label, comparison }) => ({
      label,
      comparison: { ...comparison, circumstances },
    }))
    // Its runs are all that moves the clock, and one of them fits: how fast or how busy the machine is makes no difference.
    let runs = 0
    const { context } = realPart(RUN_MILLISECONDS, {
      apps: ['koa'],
      now: () => runs * RUN_MILLISECONDS * 1e6,
      async openRig(...args) {
        runs++
        const opened = await openRig(...args)
        return { ...opened, rig: { ...opened.rig, ...unaware(opened.rig) } }
      },
    })
    const { body, cutShort, problem } = await measureFactors(context, [{ ...factor, settings }])
    expect({ cutShort, problem }).toEqual({ cutShort: false, problem: null })
    const [found] = Body.parse(body).factors
    expect(found!.settings.map(({ label, isDefault, loadBusy }) => [label, isDefault, loadBusy === null])).toEqual([
      ['spinning', true, false],
      ['sleeping', false, true],
    ])
    // On a busy machine a round may have no undisturbed block.
    expect(found!.settings.every(({ rounds }) => rounds >= 1)).toBe(true)
    expect(invarianceFigures(body!)).toMatchObject([{ factor: 'load-generator', setting: 'sleeping', app: 'koa', paired: true }])
  })
})
