import { describe, expect, it } from 'vitest'
import { simulation } from '../fixtures/simulated-run.ts'
import type { RoundRecord } from '../measure/round.ts'
import type { Slice } from '../measure/sample.ts'
import { analysePlace, places } from './invariance-places.ts'

const WITHOUT_NOISE = { processNoise: 0, sliceNoise: 0, cost: (app: string) => ({ koa: 20, express: 30 })[app] ?? 10 }
const placeCalled = (label: string) => places.find((place) => place.label === label)!

async function simulatedRound() {
  const rule = { rounds: 1, precision: null }
  const { plan, records, run } = simulation({ endpoints: ['hello'], rule, plan: { blocksPerRound: 40 }, world: WITHOUT_NOISE })
  await run()
  return { plan, record: records[0]! }
}

/** Makes koa cost twice as much wherever `where` says so. */
function dearerKoa(record: RoundRecord, where: (slice: Slice, all: readonly Slice[]) => boolean): RoundRecord {
  const double = (slice: Slice): Slice => ({ ...slice, serverCpuNs: 2 * slice.serverCpuNs })
  return {
    ...record,
    slices: record.slices.map((slice) =>
      slice.deployment === 'koa' &&
      where(
        slice,
        record.slices.filter(({ block }) => block === slice.block),
      )
        ? double(slice)
        : slice,
    ),
  }
}

const blockPosition = (all: readonly Slice[]) =>
  all.filter(({ deployment }) => deployment.startsWith('node-http')).map(({ position }) => position)

describe('analysePlace', () => {
  it.each([
    ['first half of the block', ({ position }: Slice) => position < 2],
    ['second half of the block', ({ position }: Slice) => position >= 2],
    ['before the baseline', ({ position }: Slice, all: readonly Slice[]) => position < Math.min(...blockPosition(all))],
    ['after the baseline', ({ position }: Slice, all: readonly Slice[]) => position > Math.max(...blockPosition(all))],
  ])('%s: sees all of what is dearer there, and nothing of what is dearer elsewhere', async (label, there) => {
    const { plan, record } = await simulatedRound()
    const ratio = (of: RoundRecord, app: string) =>
      Math.exp(analysePlace(plan, of, placeCalled(label)).cells.find((cell) => cell.app === app)!.logRatio)
    expect(ratio(dearerKoa(record, there), 'koa')).toBeCloseTo(4, 3)
    expect(
      ratio(
        dearerKoa(record, (slice, all) => !there(slice, all)),
        'koa',
      ),
    ).toBeCloseTo(2, 3)
    expect(ratio(record, 'express')).toBeCloseTo(3, 3)
  })

  it('keeps all slices of the baseline and some of the apps', async () => {
    const { plan, record } = await simulatedRound()
    const halves = ['first half of the block', 'second half of the block'].map((label) =>
      analysePlace(plan, record, placeCalled(label)),
    )
    const slices = (app: string) => halves.map(({ cells }) => cells.find((cell) => cell.app === app)!.slices)
    expect(slices('node-http')).toEqual([80, 80])
    const [first, second] = slices('koa')
    expect(first! + second!).toBe(40)
    expect(first).toBeGreaterThan(5)
    expect(second).toBeGreaterThan(5)
  })

  it('does not count attempts that were disturbed', async () => {
    const { plan, record } = await simulatedRound()
    const disturbed = record.slices.map((slice) => ({ ...slice, attempt: 0, disturbance: 'steal', serverCpuNs: 9e9 }))
    const repeated = { ...record, slices: [...disturbed, ...record.slices.map((slice) => ({ ...slice, attempt: 1 }))] }
    for (const place of places) expect(analysePlace(plan, repeated, place)).toEqual(analysePlace(plan, record, place))
  })
})
