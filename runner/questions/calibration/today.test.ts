import { describe, expect, it } from 'vitest'
import { realPart, simulatedPart } from '../../fixtures/simulated-part.ts'
import type { FakeWorld } from '../../load/fake.ts'
import { RunError } from '../../result/errors.ts'
import { TodayPart } from './data.ts'
import { type Procedure, type ProcedureOrder, sequentialAutocannon } from './procedures.ts'
import { thisSuite } from './this-suite.ts'
import { measureProcedures } from './today.ts'
import { todayFigures } from './today-figures.ts'

const COST: Record<string, number> = { 'node-http': 10, 'node-http-2': 10, koa: 15, express: 22 }
const cost = (app: string) => COST[app]!
const NAMES = ['node-http', 'node-http again', 'koa', 'express']
const Body = TodayPart.omit({ head: true })
const MINUTE = 60_000

function later(world: FakeWorld) {
  return (seconds: number) => {
    world.nowNs += seconds * 1e9
  }
}

/** A way to compare that knows the truth and takes its time on the clock given. */
function clairvoyant(pass: (seconds: number) => void, of: Partial<Procedure> = {}): Procedure & { orders: ProcedureOrder[] } {
  const orders: ProcedureOrder[] = []
  return {
    id: 'clairvoyant',
    title: 'a clairvoyant',
    what: (seconds) => `looks for ${seconds} s`,
    missing: async () => null,
    async repeat(order) {
      orders.push(order)
      pass(order.seconds)
      const costMicroseconds = Object.fromEntries(order.servers.map(({ name, app }) => [name, cost(app.id)]))
      const requestsPerSecond = Object.fromEntries(order.servers.map(({ name, app }) => [name, 1e6 / cost(app.id)]))
      return { costMicroseconds, requestsPerSecond, ratios: null, course: [], processDeviation: null }
    },
    ...of,
    orders,
  }
}

describe('measureProcedures in a simulated world', () => {
  it('gives all procedures the same servers and about the same time, in turns', async () => {
    const { context, world, remarks } = simulatedPart(10 * MINUTE, { cost })
    const other = clairvoyant(later(world))
    const { body, cutShort, problem } = await measureProcedures(context, [other, thisSuite])
    expect({ cutShort, problem, remarks }).toEqual({ cutShort: false, problem: null, remarks: [] })
    const { servers, procedures } = Body.parse(body)
    expect(servers).toEqual(NAMES)
    // 600 s hold 13 repetitions of 45 s: six turns of two, and one more.
    const counts = procedures.map(({ repetitions }) => repetitions.length)
    expect(counts[0]! + counts[1]!).toBeGreaterThanOrEqual(13)
    expect(Math.abs(counts[0]! - counts[1]!)).toBeLessThanOrEqual(1)
    // A repetition may take a little longer than those before it.
    expect(world.nowNs / 1e6).toBeLessThanOrEqual(10 * MINUTE + 5_000)
    for (const { wallSeconds, requestsPerSecond, costMicroseconds } of procedures.flatMap(({ repetitions }) => repetitions)) {
      expect(wallSeconds).toBeGreaterThan(33)
      expect(wallSeconds).toBeLessThan(45.1)
      expect(Object.keys(requestsPerSecond)).toEqual(NAMES)
      expect(Object.keys(costMicroseconds)).toEqual(NAMES)
    }
    expect(new Set(other.orders.map(({ seed }) => seed)).size).toBe(other.orders.length)
    expect(world.running).toEqual([])
  })

  it('has the suite find the truth with its own intervals, and tell the identical servers from none', async () => {
    const { context } = simulatedPart(10 * MINUTE, { cost })
    const { body } = await measureProcedures(context, [thisSuite])
    const [suite] = body!.procedures
    expect(Object.keys(suite!.repetitions[0]!.ratios!)).toEqual(NAMES.slice(1))
    for (const { ratios, course, processDeviation } of suite!.repetitions) {
      expect(ratios!.koa!.value).toBeCloseTo(1.5, 1)
      expect(ratios!.express!.value).toBeCloseTo(2.2, 1)
      expect(ratios!.koa!.low).toBeLessThan(ratios!.koa!.value)
      // What it knew after its last round is what it says.
      expect(course.at(-1)!.printed).toEqual(ratios)
      expect(Object.keys(course[0]!.ratios)).toEqual(NAMES.slice(1))
      expect(course.map(({ seconds }) => seconds)).toEqual(course.map(({ seconds }) => seconds).sort((one, other) => one - other))
      expect(Object.keys(processDeviation!)).toEqual(NAMES.slice(1))
    }
    const [figures] = todayFigures(body!)
    expect(figures!.byCost).toMatchObject({ repetitions: suite!.repetitions.length, wrongOrders: 0 })
    expect(figures!.byCost!.spreads[1]!.printedPercent).toBeGreaterThan(0)
  })

  it('shrinks repetitions so that two of each fit', async () => {
    const { context, world } = simulatedPart(60_000, { cost })
    const passes = [0, 1, 2].map(() => clairvoyant(later(world)))
    const { body } = await measureProcedures(context, passes)
    expect(passes[0]!.orders.map(({ seconds }) => seconds)).toEqual([10, 10])
    expect(body!.procedures.map(({ what, repetitions }) => [what, repetitions.length])).toEqual(
      passes.map(() => ['looks for 10 s', 2]),
    )
  })

  it('has two lengths where there is time, the long one with procedures for it only', async () => {
    const { context, world, remarks } = simulatedPart(60 * MINUTE, {}, { lengths: [300, 45] })
    const passes = [{}, { shortOnly: true }, {}, { shortOnly: true }, {}].map((of) => clairvoyant(later(world), of))
    const { body } = await measureProcedures(context, passes)
    expect(Body.parse(body).procedures.map(({ seconds, repetitions }) => [seconds, repetitions.length])).toEqual([
      ...passes.map(() => [45, 4]),
      ...[1, 2, 3].map(() => [300, 3]),
    ])
    expect(new Set(passes[0]!.orders.map(({ seed }) => seed)).size).toBe(7)
    expect(remarks).toEqual([])
  })

  it('says that there is no time for a long length, and keeps what was had when one fails', async () => {
    const hurried = simulatedPart(20 * MINUTE, {}, { lengths: [45, 300] })
    const { body } = await measureProcedures(
      hurried.context,
      [clairvoyant(later(hurried.world))].flatMap((one) => [one, one, one]),
    )
    expect(new Set(body!.procedures.map(({ seconds }) => seconds))).toEqual(new Set([45]))
    expect(hurried.remarks).toEqual(['repetitions of 5 min are left out: there is not enough time for two of every procedure'])
    const { context, world } = simulatedPart(60 * MINUTE, {}, { lengths: [45, 300] })
    const short = clairvoyant((seconds) => {
      later(world)(seconds)
      if (seconds === 300) throw new RunError('load-generator', 'autocannon had 3 connection errors')
    })
    const outcome = await measureProcedures(context, [short])
    expect(outcome).toMatchObject({ cutShort: true, problem: { code: 'all-failed' } })
    expect(outcome.body!.procedures[0]!.repetitions.length).toBeGreaterThan(4)
  })

  it('leaves out a procedure whose program is missing, and says so in the data and at once', async () => {
    const { context, world, remarks } = simulatedPart(2 * MINUTE)
    const present = clairvoyant(later(world))
    const missing = clairvoyant(() => {}, { id: 'wrk', title: 'wrk', missing: async () => 'wrk is not installed' })
    const { body } = await measureProcedures(context, [missing, present])
    expect(body!.procedures[0]).toMatchObject({ id: 'wrk', what: 'left out: wrk is not installed', repetitions: [] })
    expect(body!.procedures[1]!.repetitions.length).toBeGreaterThanOrEqual(2)
    expect(remarks).toEqual(['wrk is left out: wrk is not installed'])
    expect(missing.orders).toEqual([])
  })

  it('leaves out a repetition that failed, and tells of it', async () => {
    const { context, world, remarks } = simulatedPart(4 * MINUTE)
    let repetitions = 0
    const moody = clairvoyant((seconds) => {
      world.nowNs += seconds * 1e9
      if (++repetitions === 2) throw new RunError('load-generator', 'autocannon had 3 connection errors')
    })
    const { body, cutShort } = await measureProcedures(context, [moody])
    expect(remarks).toEqual(['a clairvoyant failed and is left out this time: autocannon had 3 connection errors'])
    expect(cutShort).toBe(false)
    expect(body!.procedures[0]!.repetitions).toHaveLength(repetitions - 1)
  })

  it('takes a server that the suite could not measure for a failed repetition', async () => {
    const { context, remarks } = simulatedPart(2 * MINUTE, {
      cost,
      disturb: (pulse, { app }) => (app === 'koa' ? { ...pulse, wrongAnswers: 1 } : pulse),
    })
    await expect(measureProcedures(context, [thisSuite])).rejects.toThrow(/^nothing is left to measure: koa was not measured: /)
    expect(remarks.filter((remark) => remark.startsWith('this suite failed'))).toHaveLength(2)
  })

  it('stops at the signal with what was finished', async () => {
    const { context, world, controller } = simulatedPart(10 * MINUTE, { cost })
    const other = clairvoyant(later(world))
    const stopping = {
      ...context,
      progress: () => {
        if (world.nowNs > 200e9) controller.abort()
      },
    }
    const { body, cutShort, problem } = await measureProcedures(stopping, [other, thisSuite])
    expect({ cutShort, problem }).toEqual({ cutShort: true, problem: null })
    expect(Body.parse(body).procedures.flatMap(({ repetitions }) => repetitions).length).toBeLessThan(8)
    expect(world.running).toEqual([])
  })

  it('has nothing to tell when nothing was finished', async () => {
    const { context, controller } = simulatedPart(MINUTE)
    controller.abort()
    expect(await measureProcedures(context, [thisSuite])).toEqual({ body: null, cutShort: true, problem: null })
  })
})

describe('a tiny part for real', () => {
  it('has figures of every server', async () => {
    const { context, remarks } = realPart(1_000, { apps: [] })
    const { body, problem } = await measureProcedures(context, [sequentialAutocannon])
    expect({ problem, remarks }).toEqual({ problem: null, remarks: [] })
    const { servers, procedures } = Body.parse(body)
    expect(servers).toEqual(NAMES.slice(0, 2))
    expect(procedures[0]!.repetitions[0]!.wallSeconds).toBeGreaterThan(2)
    expect(todayFigures(body!)[0]!.byCost!.spreads.map(({ server }) => server)).toEqual(['node-http again'])
  })
})
