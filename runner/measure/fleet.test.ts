import { expect, it } from 'vitest'
import { DeploymentError } from '../deployment/deployment.ts'
import { simulation } from '../fixtures/simulated-run.ts'
import { twoAppPlan } from '../fixtures/two-app-plan.ts'

it('starts many apps a few at a time, and all of them', async () => {
  const apps = ['node-http', ...Array.from({ length: 40 }, (_, index) => `app-${index}`)]
  let starting = 0
  let mostAtOnce = 0
  const { run, result } = simulation({
    ...{ apps, endpoints: ['hello'], rule: { rounds: 2 } },
    bench: ({ host }) => ({
      host: {
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
