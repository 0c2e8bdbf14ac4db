import { describe, expect, it } from 'vitest'
import { twoAppPlan } from '../../fixtures/plans.ts'
import { simulation } from '../../fixtures/simulated-run.ts'
import type { RoundRecord, Slice } from '../../measure/records.ts'
import { askedIn, asPlanned, places, type Reading, readRound, withWays } from './invariance-factors.ts'

const WITHOUT_NOISE = { processNoise: 0, sliceNoise: 0, cost: (app: string) => ({ koa: 20, express: 30 })[app] ?? 10 }
const all: Readonly<Record<string, Reading>> = { ...places.order, ...places.neighbour }

async function simulatedRound() {
  const rule = { rounds: 1, precision: null }
  const { plan, records, run } = simulation({ endpoints: ['hello'], rule, plan: { blocksPerRound: 40 }, world: WITHOUT_NOISE })
  await run()
  return { plan, record: records[0]! }
}

/** Makes koa cost twice as much wherever `where` says so. */
function costlierKoa(record: RoundRecord, where: (slice: Slice, all: readonly Slice[]) => boolean): RoundRecord {
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

describe('a place', () => {
  it.each([
    ['first half of the block', ({ position }: Slice) => position < 2],
    ['second half of the block', ({ position }: Slice) => position >= 2],
    ['before the baseline', ({ position }: Slice, all: readonly Slice[]) => position < Math.min(...blockPosition(all))],
    ['after the baseline', ({ position }: Slice, all: readonly Slice[]) => position > Math.max(...blockPosition(all))],
    [
      'right after node-http',
      ({ position }: Slice, all: readonly Slice[]) => blockPosition(all).some((other) => other === position - 1),
    ],
  ])('%s: sees all of what is more expensive there, and nothing of what is more expensive elsewhere', async (label, there) => {
    const { plan, record } = await simulatedRound()
    const ratio = (of: RoundRecord, app: string) =>
      readRound(all[label]!, plan, of).cells.find((cell) => cell.app === app)!.value.typicalRatio
    expect(ratio(costlierKoa(record, there), 'koa')).toBeCloseTo(4, 3)
    expect(
      ratio(
        costlierKoa(record, (slice, all) => !there(slice, all)),
        'koa',
      ),
    ).toBeCloseTo(2, 3)
    expect(ratio(record, 'express')).toBeCloseTo(3, 3)
  })

  it('keeps all slices of the baseline and some of the apps', async () => {
    const { plan, record } = await simulatedRound()
    const halves = ['first half of the block', 'second half of the block'].map((label) => readRound(all[label]!, plan, record))
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
    for (const place of Object.values(all)) expect(readRound(place, plan, repeated)).toEqual(readRound(place, plan, record))
  })
})

describe('another way of asking', () => {
  const sleeping = { label: 'sleeping', key: 'sleeping', load: { sleeps: true } }
  const many = { label: '64', key: '64-connections', load: { connections: 64 } }

  it('is a deployment more of the same process, and keeps the number of a copy', () => {
    const { deployments } = withWays(twoAppPlan, [sleeping, many])
    expect(deployments.slice(0, 3)).toEqual(twoAppPlan.deployments)
    expect(deployments.slice(3).map(({ id, app, process, load }) => [id, app, process, load])).toEqual([
      ['raw@sleeping', 'raw@sleeping', 'raw', { sleeps: true }],
      ['raw@sleeping#2', 'raw@sleeping', 'raw#2', { sleeps: true }],
      ['koa@sleeping', 'koa@sleeping', 'koa', { sleeps: true }],
      ['raw@64-connections', 'raw@64-connections', 'raw', { connections: 64 }],
      ['raw@64-connections#2', 'raw@64-connections', 'raw#2', { connections: 64 }],
      ['koa@64-connections', 'koa@64-connections', 'koa', { connections: 64 }],
    ])
  })

  it('is read as a comparison of its own, and leaves the default as it would be alone', async () => {
    const costs: Record<string, number> = { 'node-http': 10, 'node-http@sleeping': 12, koa: 20, 'koa@sleeping': 36 }
    const { plan: byDefault } = simulation({ apps: ['node-http', 'koa'], endpoints: ['hello'] })
    const plan = withWays(byDefault, [sleeping])
    const world = { processNoise: 0, sliceNoise: 0, cost: (app: string) => costs[app]! }
    const { records, run } = simulation({ endpoints: ['hello'], plan, rule: { rounds: 1, precision: null }, world })
    await run()
    const ratio = (reading: Reading) => {
      const { cells } = readRound(reading, byDefault, records[0]!)
      expect(cells.map(({ app }) => app)).toEqual(['node-http', 'koa'])
      return cells[1]!.value.typicalRatio!
    }
    expect(ratio(asPlanned)).toBeCloseTo(2, 3)
    expect(ratio(askedIn(sleeping))).toBeCloseTo(3, 3)
    expect(byDefault.deployments).toHaveLength(3)
  })
})
