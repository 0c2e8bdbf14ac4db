import { describe, expect, it } from 'vitest'
import { twoAppPlan } from '../fixtures/plans.ts'
import { simulation } from '../fixtures/simulated-run.ts'
import type { FakeWorldOptions } from '../load/fake.ts'
import type { MeasuredCell, ProcessRecord } from '../result/model.ts'
import { DeploymentError, type DeploymentPlan } from '../servers/deployment.ts'
import type { RoundRecord, Slice } from './records.ts'

it('starts many apps a few at a time, and all of them', async () => {
  const apps = ['node-http', ...Array.from({ length: 40 }, (_, index) => `app-${index}`)]
  let starting = 0
  let mostAtOnce = 0
  const { run, result } = simulation({
    ...{ apps, endpoints: ['hello'], rule: { rounds: 2 } },
    rig: ({ host }) => ({
      host: {
        ...host,
        async start(plan, options) {
          mostAtOnce = Math.max(mostAtOnce, ++starting)
          // Others get their turn before this one is up.
          await new Promise((resolve) => setImmediate(resolve))
          const deployment = await host.start(plan, options)
          starting--
          return deployment
        },
      },
    }),
  })
  const { cells } = result(await run())
  expect(mostAtOnce).toBe(6)
  expect(cells.map(({ state }) => state)).toEqual(apps.map(() => 'measured'))
})

it('deployments of one process are one server that is asked in several ways', async () => {
  const asked = (connections: number) => ({
    ...{ id: `koa-${connections}`, app: `koa-${connections}`, modulePath: '/koa.ts', transport: 'tcp' as const },
    ...{ process: 'koa', load: { connections, sliceMilliseconds: 10 * connections } },
  })
  const raw = twoAppPlan.deployments.filter(({ app }) => app === 'raw')
  const { run, result, world } = simulation({
    plan: { baseline: 'raw', deployments: [...raw, asked(4), asked(8)], blocksPerRound: 2, warmUpMilliseconds: 400 },
    endpoints: ['hello'],
    rule: { rounds: 2, precision: null },
    world: { cost: () => 10, processNoise: 0, sliceNoise: 0 },
  })
  const { cells, options } = result(await run())
  const count = (entry: RegExp) => world.journal.filter((line) => entry.test(line)).length
  // Preflight, and two rounds: two copies of raw and one process for both kinds of load.
  expect(count(/^start koa/)).toBe(3)
  expect(count(/^stop koa/)).toBe(3)
  expect(count(/^start raw/)).toBe(1 + 2 * 2)
  expect(count(/^connect koa-4/)).toBe(2)
  expect(count(/^connect koa-8/)).toBe(2)
  // The warm-up of 400 ms in turns of 20 ms is shared; then two blocks. Of raw, each copy has all of it.
  expect(count(/^pulse koa-4 /)).toBe(2 * (10 + 2))
  expect(count(/^pulse koa-8 /)).toBe(2 * (10 + 2))
  expect(count(/^pulse raw /)).toBe(2 * (20 + 2))
  expect(cells.filter(({ state }) => state === 'measured').map(({ app, load }) => [app, load.connections])).toEqual([
    ['raw', 16],
    ['koa-4', 4],
    ['koa-8', 8],
  ])
  const lengths = cells.map((cell) => (cell.state === 'measured' ? cell.requests : 0))
  // Slices as long as each kind of load wants them, stretched alike within a block; raw has two copies.
  expect(lengths[2]! / lengths[1]!).toBeCloseTo(2, 1)
  expect(options.sliceMilliseconds).toBe(20)
})

it('a process that does not come up takes all its deployments with it, and the others stay', async () => {
  const view = (id: string) => ({ id, app: id, modulePath: '/koa.ts', transport: 'tcp' as const, process: 'several' })
  let starts = 0
  const { run, result } = simulation({
    plan: { deployments: [...twoAppPlan.deployments, view('koa-a'), view('koa-b')], baseline: 'raw' },
    rule: { rounds: 2, precision: null },
    world: {
      beforeStart(id) {
        if (id.startsWith('koa-') && starts++ > 0) throw new DeploymentError('exited', `${id} ended with exit code 1`)
      },
    },
  })
  const { cells } = result(await run())
  const states = Object.fromEntries(cells.map(({ app, state }) => [app, state]))
  expect(states).toEqual({ raw: 'measured', koa: 'measured', 'koa-a': 'failed', 'koa-b': 'failed' })
})

describe('a proxy in front of a process', () => {
  const proxy = { name: 'nginx 1', path: 'nginx', connections: 4, keepAlive: true }
  const koa = (id: string, of: Partial<DeploymentPlan> = {}) => ({
    ...{ id, app: id, modulePath: '/koa.ts', transport: 'unix' as const, process: 'koa-a' },
    ...of,
  })
  const measured = (world: Partial<FakeWorldOptions> = {}) => {
    const records: RoundRecord[] = []
    const simulated = simulation({
      plan: { ...twoAppPlan, deployments: [...twoAppPlan.deployments, koa('koa-a'), koa('koa-b', { proxy })] },
      rule: { rounds: 2, precision: null },
      world: { cost: () => 10, processNoise: 0, sliceNoise: 0, ...world },
      afterRound: (record) => void records.push(record),
    })
    return { ...simulated, records }
  }

  it('is metered apart and counts as a part of the server', async () => {
    const { run, result, records } = measured({ proxyOverApp: 0.5 })
    const { cells } = result(await run())
    const slices = records.flatMap((record) => record.slices)
    const shares = (id: string) => new Set(slices.filter(({ deployment }) => deployment === id).map(shareOf))
    expect([shares('koa-a'), shares('koa-b'), shares('raw')]).toEqual([new Set([null]), new Set([1 / 3]), new Set([null])])
    const cost = (app: string) =>
      cells.find((cell): cell is MeasuredCell => cell.state === 'measured' && cell.app === app)!.cost.value
    expect(cost('koa-b') / cost('koa-a')).toBeCloseTo(1.5, 6)
    const deployment = (app: string) => cells.find((cell) => cell.app === app)!.deployment
    expect(deployment('koa-b')).toMatchObject({ proxy: 'nginx 1', transport: 'unix' })
    expect(deployment('koa-a')).toMatchObject({ proxy: null, transport: 'unix', runtime: expect.stringMatching(/^node /) })
  })

  it('is taken away at the end of every round, and does not end the process', async () => {
    const { run, world } = measured()
    await run()
    const count = (entry: RegExp) => world.journal.filter((line) => entry.test(line)).length
    expect([count(/^front koa-b/), count(/^unfront koa-b/), count(/^start koa-a/), count(/^stop koa-a/)]).toEqual([3, 3, 3, 3])
    expect(world.running).toEqual([])
  })

  it('that does not come up in a round takes its own cells out, and the process stays', async () => {
    let fronts = 0
    const { run, result } = measured({
      beforeStart(id) {
        if (id === 'koa-b' && fronts++ > 0) throw new DeploymentError('proxy-failed', 'nginx did not start')
      },
    })
    const { cells } = result(await run())
    expect(Object.fromEntries(cells.map(({ app, state }) => [app, state]))).toEqual({
      ...{ raw: 'measured', koa: 'measured', 'koa-a': 'measured', 'koa-b': 'failed' },
    })
  })
})

function shareOf({ proxyCpuNs, serverCpuNs }: Slice): number | null {
  return proxyCpuNs === null ? null : proxyCpuNs / serverCpuNs
}

it('a deployment with endpoints of its own has cells of these only, warmed up and measured', async () => {
  const deployments = twoAppPlan.deployments.map((one) =>
    one.app === 'koa' ? { ...one, endpoints: ['lookup'], runtime: 'nginx 1' } : one,
  )
  const { run, result, world } = simulation({ plan: { ...twoAppPlan, deployments }, rule: { rounds: 2, precision: null } })
  const { cells, verdict } = result(await run())
  expect(cells.map(({ app, endpoint, state }) => `${app} ${endpoint} ${state}`)).toEqual([
    ...['raw hello measured', 'raw lookup measured', 'koa lookup measured'],
  ])
  expect(cells[2]!.deployment.runtime).toBe('nginx 1')
  expect(verdict).toBe('invalid')
  expect(world.journal).not.toContain('pulse koa hello')
})

const watched = twoAppPlan.deployments.find(({ app }) => app === 'koa')!

it('starts one process at a time where they are watched, and asks each once before any load', async () => {
  let starting = 0
  let mostAtOnce = 0
  const records = new Map<string, ProcessRecord>()
  const team = { workers: 2, scheduling: 'round-robin' } as const
  const { run } = simulation({
    plan: {
      ...twoAppPlan,
      processRecords: { restMilliseconds: 500 },
      deployments: [...twoAppPlan.deployments, { ...watched, id: 'team', app: 'team', team }],
    },
    rule: { rounds: 2, precision: null },
    rig: ({ host }) => ({
      host: {
        ...host,
        async start(plan, options) {
          mostAtOnce = Math.max(mostAtOnce, ++starting)
          await new Promise((resolve) => setImmediate(resolve))
          const deployment = await host.start(plan, options)
          starting--
          return deployment
        },
      },
    }),
    afterRound: (record) => void record.processRecords.forEach((one, id) => void records.set(id, one)),
  })
  await run()
  expect(mostAtOnce).toBe(1)
  expect([...records.keys()].toSorted()).toEqual(['koa', 'raw', 'raw#2', 'team'])
  const memory = { residentBytes: 50e6, anonymousBytes: 20e6 }
  expect(records.get('koa')).toEqual({
    ...{ startMilliseconds: 100, firstAnswerMilliseconds: 101, firstAnswerCpuMilliseconds: 0 },
    ...{ idle: memory, loaded: memory, rested: memory },
    members: [{ role: 'worker', cpuNs: expect.any(Number), connections: null, ...memory }],
  })
  expect(records.get('team')).toMatchObject({
    idle: { residentBytes: 150e6 },
    members: [{ role: 'primary', cpuNs: 0 }, { role: 'worker' }, { role: 'worker' }],
  })
  // Of the blocks alone: 5 on two endpoints, of 20 ms or so; the warm-up is not among it.
  for (const { members } of records.values()) {
    const worked = members.reduce((sum, { cpuNs }) => sum + cpuNs, 0)
    expect(worked).toBeGreaterThan(10 * 16e6)
    expect(worked).toBeLessThan(10 * 25e6)
  }
})
