import { describe, expect, it } from 'vitest'
import { asReal, type SimulationOptions, simulation } from '../fixtures/simulated-run.ts'
import type { RunRecord } from '../measure/records.ts'
import { type Cell, type Estimate, type MeasuredCell, Result } from '../result/model.ts'

/** Assembles, writes and reads again: nothing may be lost to JSON. */
async function resultOf(options: SimulationOptions): Promise<Result> {
  const simulated = simulation(options)
  return roundTrip(simulated.result(await simulated.run()))
}

function roundTrip(result: Result): Result {
  const read = Result.parse(JSON.parse(JSON.stringify(result)))
  expect(read).toEqual(result)
  return read
}

function measured(result: Result, app: string, endpoint: string): MeasuredCell {
  const cell = result.cells.find((one) => one.app === app && one.endpoint === endpoint)
  if (cell?.state !== 'measured') throw new Error(`${app} ${endpoint} is ${cell?.state}`)
  return cell
}

function holds({ low, high }: Estimate, truth: number): boolean {
  return low !== null && high !== null && low <= truth && truth <= high
}

/** The second copy of the baseline costs 5 % more. */
const dearerCopy: SimulationOptions['rig'] = ({ host }) => ({
  host: {
    ...host,
    start: async (plan, options) => {
      const deployment = await host.start(plan, options)
      if (plan.id !== 'node-http#2') return deployment
      return {
        ...deployment,
        cpu: async () => ({ ...(await deployment.cpu()), cpuNs: (await deployment.cpu()).cpuNs * 1.05 }),
      }
    },
  },
})

const states = (cells: readonly Cell[]) => cells.map(({ app, endpoint, state }) => `${app} ${endpoint} ${state}`)

describe('planted costs', () => {
  const truth: Record<string, number> = { 'node-http': 10, koa: 12.5, express: 20, fastify: 11 }
  const apps = Object.keys(truth)
  const cost = (app: string, endpoint: string) => truth[app]! * (endpoint === 'lookup' ? 3 : 1)

  it('come out as they were planted', async () => {
    const result = await resultOf({ apps, rule: { rounds: 12, precision: null }, world: { cost } })
    let held = 0
    let intervals = 0
    for (const app of apps) {
      for (const endpoint of ['hello', 'lookup']) {
        const cell = measured(result, app, endpoint)
        const expected = cost(app, endpoint)
        const base = cost('node-http', endpoint)
        expect(Math.abs(cell.cost.value / expected - 1)).toBeLessThan(0.01)
        expect(Math.abs(cell.ratio.value / (expected / base) - 1)).toBeLessThan(0.01)
        expect(Math.abs(cell.overheadMicroseconds.value - (expected - base))).toBeLessThan(0.02 * expected)
        expect(Math.abs(cell.requestsPerSecond.value / (1e6 / expected) - 1)).toBeLessThan(0.01)
        expect(cell.impliedMaximumRequestsPerSecond).toBeCloseTo(1e6 / cell.cost.value, 6)
        expect(cell).toMatchObject({
          userShare: expect.closeTo(0.6, 6),
          typicalRatio: { value: expect.closeTo(expected / base, 1) },
          lateMicroseconds: { value: expect.closeTo(0, 6) },
          driftPercent: { level: expect.closeTo(1 - 0.05 / 8, 10) },
          blocksKept: 96,
          blocksPlanned: 96,
          loadBusy: 0.5,
          serverBusy: expect.closeTo(1, 6),
          headerBytes: 100,
          residentBytes: 50e6,
        })
        expect(holds(cell.driftPercent!, 0)).toBe(true)
        for (const [estimate, value] of [
          [cell.cost, expected],
          [cell.ratio, expected / base],
          [cell.overheadMicroseconds, expected - base],
        ] as const) {
          intervals++
          if (holds(estimate, value)) held++
        }
      }
    }
    // 95 % intervals, not independent of each other; the baseline's ratio and overhead are exact.
    expect(intervals).toBe(24)
    expect(held).toBeGreaterThanOrEqual(20)
  })

  it('give the order of cost, endpoint by endpoint and overall', async () => {
    const result = await resultOf({ apps, rule: { rounds: 12, precision: null }, world: { cost } })
    // Simulated results are never ranked; the order of the ratios is what ranks are made from.
    const order = (endpoint: string) =>
      apps.toSorted((a, b) => measured(result, a, endpoint).ratio.value - measured(result, b, endpoint).ratio.value)
    expect(order('hello')).toEqual(['node-http', 'fastify', 'koa', 'express'])
    expect(order('lookup')).toEqual(['node-http', 'fastify', 'koa', 'express'])
  })

  it('tell the baseline from itself by nothing', async () => {
    const result = await resultOf({ apps, rule: { rounds: 12, precision: null }, world: { cost } })
    expect(measured(result, 'node-http', 'hello')).toMatchObject({
      ratio: { value: 1, low: 1, high: 1 },
      overheadMicroseconds: { value: 0, low: 0, high: 0 },
      deployment: { copies: 2 },
    })
    expect(result.controls.identical.map(({ endpoint }) => endpoint)).toEqual(['hello', 'lookup'])
    for (const { ratio, deployments } of result.controls.identical) {
      expect(deployments).toEqual(['node-http', 'node-http#2'])
      expect(Math.abs(ratio.value - 1)).toBeLessThan(0.01)
      // Two endpoints share the error probability.
      expect(ratio.level).toBeCloseTo(0.975, 10)
    }
  })

  it('say that two copies differ when they do', async () => {
    const simulated = simulation({
      rule: { rounds: 8, precision: null },
      world: {},
      rig: dearerCopy,
    })
    const result = roundTrip(simulated.result(await simulated.run()))
    expect(result.controls.identical.every(({ agrees }) => !agrees)).toBe(true)
    expect(result.findings.map(({ code }) => code)).toContain('identical-bound')
    // Koa and express differ from the baseline by far more.
    for (const cell of result.cells) expect(cell.findings.map(({ code }) => code)).toContain('identical-bound')
  })
})

function judgedAsReal(options: SimulationOptions) {
  const simulated = simulation(options)
  return { ...simulated, result: (record: RunRecord) => simulated.result(asReal(record)) }
}

describe('ranks', () => {
  const run = async (options: SimulationOptions) => {
    const simulated = judgedAsReal(options)
    return roundTrip(simulated.result(await simulated.run()))
  }
  const ranks = (result: Result, endpoint: string) =>
    Object.fromEntries(
      result.cells.flatMap((cell) =>
        cell.endpoint === endpoint && cell.state === 'measured' ? [[cell.app, cell.rank && [cell.rank.low, cell.rank.high]]] : [],
      ),
    )
  const cost = (app: string) => ({ 'node-http': 10, koa: 15, twin: 15, express: 30 })[app]!
  const apps = ['node-http', 'koa', 'twin', 'express']

  it('follow the costs, and identical apps tie', async () => {
    const result = await run({ apps, rule: { rounds: 12, precision: null }, world: { cost } })
    expect(result.cells.map(({ verdict }) => verdict)).toEqual(Array(8).fill('valid'))
    for (const endpoint of ['hello', 'lookup']) {
      expect(ranks(result, endpoint)).toEqual({ 'node-http': [1, 1], koa: [2, 3], twin: [2, 3], express: [4, 4] })
    }
    expect(result.overall.map(({ app, rank }) => [app, rank])).toEqual([
      ['node-http', { low: 1, high: 1 }],
      ['koa', { low: 2, high: 3 }],
      ['twin', { low: 2, high: 3 }],
      ['express', { low: 4, high: 4 }],
    ])
    expect(result.verdict).toBe('valid')
  })

  it('are not given to an invalid cell, nor does it take a place of the others', async () => {
    const result = await run({
      apps,
      rule: { rounds: 12, precision: null },
      // Koa waits most of the time on one endpoint: its server is hardly busy.
      world: {
        cost,
        disturb: (pulse, { app, endpoint }) =>
          app === 'koa' && endpoint === 'hello' ? { ...pulse, elapsedNs: pulse.elapsedNs * 2 } : pulse,
      },
    })
    expect(measured(result, 'koa', 'hello')).toMatchObject({ verdict: 'invalid', rank: null })
    expect(measured(result, 'koa', 'hello').findings.map(({ code }) => code)).toEqual(['connections-bound'])
    expect(ranks(result, 'hello')).toEqual({ 'node-http': [1, 1], koa: null, twin: [2, 2], express: [3, 3] })
    expect(ranks(result, 'lookup')).toEqual({ 'node-http': [1, 1], koa: [2, 3], twin: [2, 3], express: [4, 4] })
    expect(result.overall.map(({ app }) => app)).toEqual(['node-http', 'twin', 'express'])
    expect(result.verdict).toBe('invalid')
  })

  it('are not given to an app that two copies of the baseline may differ by; the others keep theirs, and the run its verdict', async () => {
    const near = (app: string) => (app === 'twin' ? 10 : cost(app))
    const result = await run({ apps, rule: { rounds: 12, precision: null }, world: { cost: near }, rig: dearerCopy })
    expect(measured(result, 'twin', 'hello')).toMatchObject({ verdict: 'invalid', rank: null })
    expect(holds(measured(result, 'twin', 'hello').ratio, 1)).toBe(true)
    expect(ranks(result, 'hello')).toEqual({ 'node-http': [1, 1], koa: [2, 2], twin: null, express: [3, 3] })
    expect(measured(result, 'koa', 'hello').verdict).toBe('valid')
    expect(result.verdict).toBe('valid')
    const alone = await run({
      apps: ['node-http', 'twin'],
      rule: { rounds: 12, precision: null },
      world: { cost: near },
      rig: dearerCopy,
    })
    expect(alone.verdict).toBe('invalid')
  })

  it('are given to nobody in a simulation', async () => {
    const result = await resultOf({ apps, rule: { rounds: 8, precision: null }, world: { cost } })
    expect(result.cells.every((cell) => cell.state === 'measured' && cell.rank === null && cell.verdict === 'invalid')).toBe(true)
    expect(result.findings.map(({ code }) => code)).toEqual(['simulated'])
  })
})

describe('every stage has a result that the schema accepts', () => {
  it('no round', async () => {
    const result = await resultOf({ rule: { maximumNs: 1e9 } })
    expect(result).toMatchObject({
      rounds: 0,
      stoppedBecause: 'time',
      verdict: 'invalid',
      overall: [],
      controls: { identical: [] },
    })
    expect(states(result.cells)).toEqual(
      ['hello', 'lookup'].flatMap((endpoint) => ['node-http', 'koa', 'express'].map((app) => `${app} ${endpoint} skipped`)),
    )
  })

  it('one round: no interval, no rank', async () => {
    const simulated = judgedAsReal({ rule: { rounds: 1, precision: null } })
    const result = roundTrip(simulated.result(await simulated.run()))
    const cell = measured(result, 'koa', 'hello')
    expect(cell).toMatchObject({ ratio: { low: null, high: null }, rank: null, verdict: 'invalid' })
    expect(cell.cost.value).toBeGreaterThan(0)
    expect(cell.perRound).toHaveLength(1)
    expect(cell.findings.map(({ code }) => code)).toContain('too-few-rounds')
  })

  it('two rounds: an interval, and a warning', async () => {
    const simulated = judgedAsReal({ rule: { rounds: 2, precision: null } })
    const result = roundTrip(simulated.result(await simulated.run()))
    const cell = measured(result, 'koa', 'hello')
    expect(cell.ratio.low).toBeGreaterThan(0)
    expect(cell.verdict).toBe('suspect')
    expect(cell.findings.map(({ code }) => code)).toContain('few-rounds')
    expect(cell.perRound.map(({ round }) => round)).toEqual([1, 2])
  })

  it('every round of a run, as it goes', async () => {
    const results: Result[] = []
    const simulated = simulation({
      rule: { rounds: 4, precision: null },
      afterRound: (_record, state) => results.push(roundTrip(simulated.result({ ...state, stoppedBecause: 'interrupted' }))),
    })
    await simulated.run()
    expect(results.map(({ rounds }) => rounds)).toEqual([1, 2, 3, 4])
    for (const { findings } of results) expect(findings.map(({ code }) => code)).toContain('interrupted')
  })

  it('everything failed', async () => {
    const violation = { what: 'status', expected: '200', actual: '500' } as const
    const result = await resultOf({
      rig: ({ checkContract }) => ({
        checkContract: async (deployment, endpoints, load) =>
          (await checkContract(deployment, endpoints, load)).map((check) => ({ ...check, violations: [violation] })),
      }),
    })
    expect(result).toMatchObject({ stoppedBecause: 'failed', verdict: 'invalid', overall: [], rounds: 0 })
    expect(result.cells.map(({ state }) => state)).toEqual(Array(6).fill('failed'))
    for (const cell of result.cells) expect(cell.findings.map(({ code }) => code)).toEqual(['contract-broken'])
  })

  it('one app failed half way: what it had measured does not count', async () => {
    const disturb = <T extends object>(pulse: T, { app, pulses }: { app: string; pulses: number }): T =>
      app === 'koa' && pulses > 150 ? { ...pulse, lost: 1, broken: true } : pulse
    const result = await resultOf({ rule: { rounds: 4, precision: null }, world: { disturb } })
    expect(result.cells.filter(({ app }) => app === 'koa').map(({ state }) => state)).toEqual(['failed', 'failed'])
    expect(measured(result, 'express', 'hello').perRound).toHaveLength(4)
    expect(result.overall.some(({ app }) => app === 'koa')).toBe(false)
  })

  it('the baseline failed half way: nobody has anything to be compared with', async () => {
    const disturb = <T extends object>(pulse: T, { app, pulses }: { app: string; pulses: number }): T =>
      app === 'node-http' && pulses > 250 ? { ...pulse, lost: 1, broken: true } : pulse
    const result = await resultOf({ rule: { rounds: 8, precision: null }, world: { disturb } })
    expect(result).toMatchObject({ stoppedBecause: 'failed', verdict: 'invalid', overall: [] })
    expect(result.rounds).toBeGreaterThan(1)
    for (const cell of result.cells) {
      expect(cell).toMatchObject(
        cell.app === 'node-http'
          ? { state: 'failed' }
          : { state: 'skipped', reason: `node-http failed on ${cell.endpoint}, and there is nothing else to compare with` },
      )
    }
  })

  it('one endpoint, one app', async () => {
    const result = await resultOf({ apps: ['node-http'], endpoints: ['hello'], rule: { rounds: 2, precision: null } })
    expect(states(result.cells)).toEqual(['node-http hello measured'])
    expect(result.overall).toEqual([])
  })
})

describe('blocks', () => {
  it('are counted by endpoint, and for the run', async () => {
    // All blocks of hello in the second round are disturbed: two tries each, until no repeat is left.
    let round = 0
    const world = {
      beforeStart: (id: string) => {
        if (id === 'node-http#2') round++
      },
      wait: ({ endpoint }: { endpoint: string }) => ({ serverNs: round === 2 && endpoint === 'hello' ? 15e6 : 0, loadNs: 0 }),
    }
    const result = await resultOf({ rule: { rounds: 3, precision: null }, world })
    expect(measured(result, 'koa', 'hello')).toMatchObject({ blocksKept: 16, blocksPlanned: 24 })
    expect(measured(result, 'koa', 'hello').perRound.map(({ round }) => round)).toEqual([1, 3])
    expect(measured(result, 'koa', 'lookup')).toMatchObject({ blocksKept: 24, blocksPlanned: 24 })
    const thrownAway = result.blocks?.disturbances['foreign-cpu'] ?? 0
    expect(thrownAway).toBeGreaterThan(8)
    expect(result.blocks).toEqual({ planned: 48, attempts: 40 + thrownAway, disturbances: { 'foreign-cpu': thrownAway } })
  })

  it('that are all disturbed leave nothing to measure, and it says so', async () => {
    const world = { wait: () => ({ serverNs: 15e6, loadNs: 0 }) }
    const result = await resultOf({ rule: { rounds: 2, precision: null }, world })
    expect(result.cells[0]).toMatchObject({ state: 'skipped', reason: 'every block was disturbed' })
    expect(result.findings.map(({ code }) => code)).toContain('machine-too-busy')
  })
})

describe('precision', () => {
  it('is asked of the cells that are left: a failed app does not keep the run going', async () => {
    const disturb = <T extends object>(pulse: T, { app, pulses }: { app: string; pulses: number }): T =>
      app === 'koa' && pulses > 150 ? { ...pulse, lost: 1, broken: true } : pulse
    const simulated = simulation({ rule: { precision: 0.05 }, world: { disturb } })
    expect(await simulated.run()).toMatchObject({ stoppedBecause: 'precision' })
    expect(simulated.records).toHaveLength(6)
  })

  it('that was not reached is found in the cells that lack it', async () => {
    const simulated = judgedAsReal({ rule: { precision: 0.001, maximumNs: 30e9 } })
    const result = roundTrip(simulated.result(await simulated.run()))
    expect(result.stoppedBecause).toBe('time')
    const codes = (app: string) => measured(result, app, 'hello').findings.map(({ code }) => code)
    expect(codes('koa')).toContain('precision-not-reached')
    expect(codes('node-http')).not.toContain('precision-not-reached')
  })
})
