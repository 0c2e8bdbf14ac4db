import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadApp } from '../../../apps/create-server.ts'
import { simulatedPart } from '../../fixtures/simulated-part.ts'
import { RunError } from '../../result/errors.ts'
import { PlantedPart } from './data.ts'
import type { BurnClock } from './known-work.ts'
import { measurePlantedWith, type TakeSamples } from './planted.ts'

const Body = PlantedPart.omit({ head: true })
const MINUTE = 60_000
const WORKS = [0, 0.5, 1, 2, 5, 10]

/** What is planted takes so many times as long in a server as alone. */
const LONGER = 1.05
/** What two looks at the clock take, and their end after the slices of a round began. */
const EMPTY_NS = 60
const LAST_NS = 7.5e9
const EVERY_NS = 5e6

/** The base costs 12 µs, or 18 for koa, and the wrapper 0.3; the rest of the name is what is burnt. */
function cost(app: string): number {
  const [base] = app.split('+')
  return (base === 'koa' ? 18 : 12) + (app.includes('+') ? 0.3 + LONGER * workOf(app) : 0)
}

function workOf(app: string): number {
  return Number.parseFloat(app.split('+')[1]!)
}

/** What every process would have left, had it been one: a call every 5 ms of the last seconds, warm-up or not. */
const takeSamples: TakeSamples = ({ id }, now) =>
  Array.from({ length: LAST_NS / EVERY_NS }, (_, index) => ({
    startedNs: now() - LAST_NS + index * EVERY_NS,
    tookNs: EMPTY_NS + LONGER * 1000 * workOf(id),
    // Every request costs what the simulation says, and the server never waits.
    call: (index * EVERY_NS) / (1000 * cost(id)),
  }))

/** A clock that takes 4 ns for a call and 2 ns for a turn, and says what it was asked. */
function clock(turnNs = () => 2): BurnClock & { asked: number[] } {
  const asked: number[] = []
  const read: BurnClock = async (turns) => {
    asked.push(turns)
    return 4 + turns * turnNs()
  }
  return Object.assign(read, { asked })
}

describe('measurePlantedWith in a simulated world', () => {
  it('plants on both bases and recovers what was planted, as it was timed in the servers', async () => {
    const { context, world, remarks } = simulatedPart(12 * MINUTE, { cost, processNoise: 0.001 })
    const burn = clock()
    const { body, cutShort, problem } = await measurePlantedWith(context, burn, takeSamples)
    expect({ cutShort, problem }).toEqual({ cutShort: false, problem: null })
    const { runs, burn: times } = Body.parse(body)
    expect(runs.length).toBeGreaterThanOrEqual(2)
    expect(runs.map(({ base }) => base).slice(0, 2)).toEqual(['node-http', 'koa'])
    for (const { rounds, cells, emptyNanoseconds } of runs) {
      expect(rounds).toBe(7)
      expect(emptyNanoseconds).toBeCloseTo(EMPTY_NS, 6)
      expect(cells.map(({ plantedMicroseconds }) => plantedMicroseconds)).toEqual(WORKS)
      for (const { plantedMicroseconds, overheadMicroseconds, overWrapperMicroseconds, inSitu, wholeRequest } of cells) {
        const taken = LONGER * plantedMicroseconds
        expect(overheadMicroseconds.value).toBeCloseTo(taken + 0.3, 1)
        if (plantedMicroseconds === 0) continue
        expect(overWrapperMicroseconds!.value).toBeCloseTo(taken, 1)
        expect(inSitu!.microseconds.value).toBeCloseTo(taken, 6)
        expect(inSitu!.recoveredLessInSitu.value).toBeCloseTo(overWrapperMicroseconds!.value - taken, 6)
        expect(wholeRequest!.microseconds.value).toBeCloseTo(taken, 6)
        // 7 rounds, 48 slices of 20 ms; the warm-up is not among them.
        expect(inSitu!.samples).toBeGreaterThan(7 * 48 * 2)
        expect(inSitu!.samples).toBeLessThan(7 * 48 * 6)
      }
    }
    expect(times.nanosecondsPerTurn).toBeCloseTo(2, 9)
    expect(times.turnsPerMicrosecond).toBeCloseTo(500, 6)
    // Three first looks; a pass before the first run, and one after every run.
    expect(times.perProcess).toHaveLength(1 + runs.length)
    expect(burn.asked.slice(0, 12)).toEqual([0, 1_000, 0, 1_000, 0, 1_000, 0, 250, 500, 1_000, 2_500, 5_000])
    expect(remarks).toEqual(['what was planted took its time within ±0 %'])
    expect(world.nowNs / 1e6).toBeLessThanOrEqual(12 * MINUTE)
    expect(world.running).toEqual([])
  })

  it('gives every base its run when there is little time', async () => {
    const { context } = simulatedPart(20_000, { cost })
    const { body } = await measurePlantedWith(context, clock(), takeSamples)
    expect(body!.runs.slice(0, 2).map(({ base, rounds }) => [base, rounds])).toEqual([
      ['node-http', 2],
      ['koa', 2],
    ])
  })

  it('says when the machine changed since the turns were chosen', async () => {
    const { context, remarks } = simulatedPart(20_000, { cost })
    let reads = 0
    await measurePlantedWith(
      context,
      clock(() => (++reads > 2 ? 2.1 : 2)),
      takeSamples,
    )
    expect(remarks).toEqual([expect.stringMatching(/^what was planted took ±5 % of its time more or less than it should/)])
  })

  it('says which processes did not tell how long their work took, and goes by what is left', async () => {
    const { context, remarks } = simulatedPart(20_000, { cost })
    let taken = 0
    // The first one of all, hence the wrapper of the first round.
    const forgetful: TakeSamples = (...asked) => (taken++ === 0 ? [] : takeSamples(...asked))
    const { body } = await measurePlantedWith(context, clock(), forgetful)
    expect(remarks[0]).toBe('run 1 of known work, on node-http: 1 of 12 processes did not say how long their work took')
    expect(body!.runs[0]!.cells[3]).toMatchObject({
      overWrapperMicroseconds: { low: expect.any(Number) },
      inSitu: { microseconds: { value: expect.closeTo(LONGER * 2, 6), low: null, high: null } },
    })
  })

  it('plants modules that are apps, and takes them away again when it fails', async () => {
    const tested = simulatedPart(20_000, { cost })
    const modules: string[] = []
    const titles: string[] = []
    const openRig: typeof tested.context.openRig = async (...order) => {
      const opened = await tested.context.openRig(...order)
      const start: typeof opened.rig.host.start = async (plan, options) => {
        if (!plan.modulePath.endsWith('.mjs')) return opened.rig.host.start(plan, options)
        modules.push(plan.modulePath)
        titles.push((await loadApp(plan.modulePath)).title)
        throw new RunError('no-luck', `${plan.id} is not to be had`)
      }
      return { ...opened, rig: { ...opened.rig, host: { ...opened.rig.host, start } } }
    }
    await expect(measurePlantedWith({ ...tested.context, openRig }, clock(), takeSamples)).rejects.toThrow(/not to be had/)
    expect(titles).toContain('node:http, 0 turns')
    expect(modules[0]).toMatch(/node-http\+0us\.mjs$/)
    expect(existsSync(dirname(modules[0]!))).toBe(false)
  })

  it('stops at once when it is interrupted while the work is being timed', async () => {
    const { context, controller, world } = simulatedPart(12 * MINUTE, { cost })
    const burn = clock()
    const interrupting: BurnClock = (...order) => {
      if (burn.asked.length === 4) controller.abort()
      return burn(...order)
    }
    expect(await measurePlantedWith(context, interrupting, takeSamples)).toEqual({ body: null, cutShort: true, problem: null })
    expect(burn.asked).toHaveLength(5)
    expect(world.journal).toEqual([])
  })

  it('keeps the first run when the second one is interrupted, and leaves no folder behind', async () => {
    const tested = simulatedPart(12 * MINUTE, { cost })
    const progress = (sentence: string) => void (sentence.includes('on koa, round 3') && tested.controller.abort())
    const { body, cutShort } = await measurePlantedWith({ ...tested.context, progress }, clock(), takeSamples)
    expect(cutShort).toBe(true)
    expect(body!.runs.map(({ base }) => base)).toEqual(['node-http'])
  })
})
