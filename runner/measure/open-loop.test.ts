import { describe, expect, it } from 'vitest'
import { BASELINE } from '../../apps/app.ts'
import { simulation } from '../fixtures/simulated-run.ts'
import type { ArrivalShape } from '../result/load-shape.ts'
import type { MeasuredCell } from '../result/model.ts'
import { meanWait } from '../statistics/queueing.ts'
import { planDeployments } from './plan.ts'

/** µs per request. */
const COSTS: Readonly<Record<string, number>> = { [BASELINE]: 10, koa: 15, express: 20 }
const APPS = Object.keys(COSTS).map((id) => ({ id, modulePath: `/nowhere/${id}.ts`, given: id, insideProject: true }))

/** All apps in a closed loop, and a second time with requests at times of their own. */
function simulated(arrivals: (app: string) => ArrivalShape, world = {}) {
  const closed = planDeployments(APPS, BASELINE, 'tcp')
  const open = closed
    .filter(({ id, app }) => id === app)
    .map((one) => ({
      ...{ ...one, id: `${one.id}@open`, app: `${one.id}@open`, process: one.id },
      load: { arrivals: arrivals(one.id), saturates: false, sliceMilliseconds: 400 },
    }))
  return simulation({
    apps: [...Object.keys(COSTS), ...open.map(({ id }) => id)],
    endpoints: ['hello'],
    plan: { deployments: [...closed, ...open], blocksPerRound: 6 },
    rule: { rounds: 6, precision: null },
    world: { cost: (app) => COSTS[app.replace('@open', '')]!, processNoise: 0, sliceNoise: 0, ...world },
  })
}

async function resultOf(arrivals: (app: string) => ArrivalShape, world = {}) {
  const run = simulated(arrivals, world)
  const { stoppedBecause } = await run.run()
  const result = run.result({ stoppedBecause })
  const cell = (app: string) => result.cells.find((one) => one.app === app) as MeasuredCell
  return { run, result, cell }
}

describe('a round with requests that are due at times of their own', () => {
  it('asks every app at its share of what it can, and finds the waits of theory (Pollaczek and Khinchine)', async () => {
    for (const share of [0.5, 0.8]) {
      const { cell } = await resultOf((app) => ({ share, ofSlowest: [app] }))
      for (const [app, cost] of Object.entries(COSTS)) {
        const { latencyMicroseconds: latency, openLoop, serverBusy, perRound } = cell(`${app}@open`)
        expect(openLoop!.dueRequestsPerSecond).toBeCloseTo((share * 1e6) / cost, -2)
        expect(serverBusy).toBeCloseTo(share, 1)
        expect((latency!.mean! - cost) / meanWait(share, cost)).toBeGreaterThan(0.9)
        expect((latency!.mean! - cost) / meanWait(share, cost)).toBeLessThan(1.1)
        expect(latency!.p50).toBeGreaterThanOrEqual(cost)
        expect(latency!.p99).toBeGreaterThan(latency!.p90)
        expect(perRound).toHaveLength(6)
        for (const round of perRound) {
          expect(round.dueRequestsPerSecond).toBeGreaterThan(0)
          expect(round.latencyMicroseconds!.samples).toBeGreaterThan(1_000)
        }
        // A closed loop says nothing of when a request was due.
        expect(cell(app)).not.toHaveProperty('openLoop')
        expect(cell(app).perRound[0]).not.toHaveProperty('latencyMicroseconds')
      }
    }
  })

  it('gives all apps of a block the same arrivals where their rate is the same, and other ones to every block', async () => {
    const all = Object.keys(COSTS)
    const { run, cell } = await resultOf(() => ({ share: 0.5, ofSlowest: all }), { sliceNoise: 0.02 })
    const slices = run.records.flatMap((record) => record.slices).filter(({ openLoop }) => openLoop !== undefined)
    const blocks = [...Map.groupBy(slices, ({ round, block, attempt }) => `${round} ${block} ${attempt}`).values()]
    expect(blocks.length).toBeGreaterThanOrEqual(36)
    for (const block of blocks) {
      expect(block).toHaveLength(all.length)
      expect(new Set(block.map(({ openLoop }) => `${openLoop!.ratePerSecond} ${openLoop!.plannedNs}`)).size).toBe(1)
    }
    expect(new Set(blocks.map(([first]) => first!.openLoop!.plannedNs)).size).toBe(blocks.length)
    expect(cell('koa@open').openLoop!.dueRequestsPerSecond).toBeCloseTo(25_000, -3)
    // The slowest one waits most, and each its own time at least.
    const p50 = (app: string) => cell(`${app}@open`).latencyMicroseconds!.p50
    expect(p50(BASELINE)).toBeLessThan(p50('koa'))
    expect(p50('koa')).toBeLessThan(p50('express'))
  })

  it('warms up and finds capacities in a closed loop: no request has a time of its own before the first block', async () => {
    const { run } = await resultOf(() => ({ ratePerSecond: 1_000 }))
    const { journal } = run.world
    const begun = journal.slice(journal.indexOf(`connect express@open`) + 1)
    expect(begun.filter((entry) => entry === 'pulse koa@open hello').length).toBeGreaterThan(6)
    expect(run.records[0]!.slices.every(({ openLoop }) => openLoop === undefined || openLoop.ratePerSecond === 1_000)).toBe(true)
  })

  it('brings no finding where all goes well, and says what does not', async () => {
    const good = await resultOf(() => ({ ratePerSecond: 30_000 }))
    const codes = (app: string, { cell } = good) => cell(app).findings.map(({ code }) => code)
    const usual = codes(BASELINE)
    for (const app of Object.keys(COSTS)) expect(codes(`${app}@open`)).toEqual(usual)
    // 55,000 requests/s are more than express can bear, and less than koa can.
    const much = await resultOf(() => ({ ratePerSecond: 55_000 }))
    expect(codes('koa@open', much)).toEqual(usual)
    expect(codes('express@open', much)).toContain('rate-not-reached')
  })

  it('leaves disturbed blocks out of the latencies', async () => {
    let pulses = 0
    const disturbed = { wait: () => ({ serverNs: pulses++ % 40 === 39 ? 300e6 : 0, loadNs: 0 }) }
    const { run, cell } = await resultOf(() => ({ ratePerSecond: 10_000 }), disturbed)
    const own = run.records.flatMap(({ slices }) => slices.filter(({ deployment }) => deployment === 'koa@open'))
    const counted = own.filter(({ disturbance }) => disturbance === null)
    expect(counted.length).toBeLessThan(own.length)
    expect(cell('koa@open').openLoop!.slices).toBe(counted.length)
  })
})
