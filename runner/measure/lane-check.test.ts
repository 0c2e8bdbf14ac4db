import { describe, expect, it } from 'vitest'
import { type SimulationOptions, simulation } from '../fixtures/simulated-run.ts'
import type { FakeWorldOptions } from '../load/fake.ts'
import { DeploymentError } from '../servers/deployment.ts'

/** A run of three rounds in two worlds, in which lane 2 is seen at work by its pulses. */
async function checked(options: Partial<SimulationOptions> & { dearer?: (app: string) => number } = {}) {
  const { dearer = () => 1, world = {}, ...others } = options
  const remarks: string[] = []
  let pulsesOfOther = 0
  let seen = 0
  const costOf = (app: string) => (app === 'node-http' ? 10 : 15)
  const cost: FakeWorldOptions['cost'] = (app) => {
    const isOtherAtWork = pulsesOfOther > seen
    seen = pulsesOfOther
    return costOf(app) * (isOtherAtWork ? dearer(app) : 1)
  }
  const other: Partial<FakeWorldOptions> = {
    cost: (app) => {
      pulsesOfOther++
      return costOf(app)
    },
  }
  const simulated = simulation({
    rule: { rounds: 3, precision: null },
    moreLanes: [other],
    listener: { remark: (sentence) => void (/lanes?:/.test(sentence) && remarks.push(sentence)) },
    ...others,
    world: { cost, ...world },
  })
  const record = await simulated.run()
  return { ...simulated, record, remarks }
}

describe('the check of the lanes', () => {
  it('finds two lanes that do not know of each other, and says so', async () => {
    const { record, remarks, result, records } = await checked()
    expect(record.lanes).toBe(2)
    expect(record.laneCheck).toMatchObject({ lanes: 2, turns: expect.any(Number) })
    expect(remarks.filter((remark) => remark.startsWith('2 lanes: '))).toHaveLength(1)
    expect(new Set(records.map(({ lane }) => lane))).toEqual(new Set([undefined, 1]))
    const { environment } = result(record)
    expect(environment.moreLanes).toEqual([{ serverCpu: 3, loadCpu: 2 }])
    expect(environment.laneCheck).toEqual(record.laneCheck)
  })

  it.each<[string, (app: string) => number, RegExp]>([
    ['all costs are higher', () => 1.06, /^one lane: with 2 at work costs differ by \+[456]\.\d .*, which is too much$/],
    ['one app is dearer', (app) => (app === 'express' ? 1.12 : 0.96), /^one lane: .* which is too much$/],
  ])('chooses one lane where %s while the other is loaded', async (_what, dearer, remark) => {
    const { record, remarks, records } = await checked({ dearer })
    expect(record.lanes).toBe(1)
    expect(remarks).toEqual([expect.stringMatching(remark)])
    expect(records.map(({ lane }) => lane)).toEqual([undefined, undefined, undefined])
  })

  it('chooses one lane where noise hides what there is to see', async () => {
    const { record, remarks } = await checked({ world: { sliceNoise: 0.3 } })
    expect(record.lanes).toBe(1)
    expect(remarks).toEqual([expect.stringMatching(/not known well enough$/)])
  })

  it('leaves nothing running, and no slice of it is told', async () => {
    const slices: number[] = []
    const { world } = await checked({ listener: { sliceMeasured: ({ round }) => void slices.push(round) } })
    expect(world.running).toEqual([])
    expect(Math.min(...slices)).toBe(1)
  })

  it('is left out where there is one lane, and where there is no time for it', async () => {
    expect((await checked({ moreLanes: [] })).record).toMatchObject({ lanes: 1, laneCheck: null })
    const { record, remarks } = await checked({ rule: { rounds: 3, precision: null, maximumNs: 30e9 } })
    expect(record).toMatchObject({ lanes: 1, laneCheck: null })
    expect(remarks).toEqual([])
  })

  it('ends with the run', async () => {
    const controller = new AbortController()
    const world = { beforeStart: (id: string) => void (id === 'node-http#2' && controller.abort()) }
    const { record, world: after } = await checked({ signal: controller.signal, world })
    expect(record).toMatchObject({ stoppedBecause: 'interrupted', lanes: 1 })
    expect(after.running).toEqual([])
  })

  it('does without an app that does not start', async () => {
    let starts = 0
    const beforeStart = (id: string) => {
      if (id === 'express' && ++starts > 1) throw new DeploymentError('not-ready', 'express did not listen')
    }
    const { record } = await checked({ world: { beforeStart } })
    expect(record.laneCheck).toMatchObject({ ratio: null })
    expect(record.failures).toMatchObject([{ app: 'express' }])
  })
})
