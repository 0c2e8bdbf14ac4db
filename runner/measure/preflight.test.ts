import { describe, expect, it } from 'vitest'
import { twoAppPlan } from '../fixtures/plans.ts'
import { simulation } from '../fixtures/simulated-run.ts'
import { DeploymentError, type DeploymentPlan } from '../servers/deployment.ts'

const COMMON = { NODE_ENV: 'production', keepAliveTimeout: '300000 ms' }

/** Preflight of a run in which every app has the facts given. */
async function unequal(facts: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const simulated = simulation({
    rule: { rounds: 2, precision: null },
    rig: ({ host }) => ({
      host: {
        ...host,
        describe: async (plan) => ({ ...(await host.describe(plan)), facts: facts[plan.app] ?? COMMON }),
      },
    }),
  })
  const { preflight } = await simulated.run()
  return Object.fromEntries(preflight.map(({ app, unequal }) => [app, unequal]))
}

describe('equal environments', () => {
  it('differ in nothing', async () => {
    expect(await unequal({})).toEqual({ 'node-http': [], koa: [], express: [] })
  })

  it('are compared with the baseline’s, one by one', async () => {
    const koa = { NODE_ENV: 'development', keepAliveTimeout: '5000 ms' }
    expect(await unequal({ koa })).toEqual({
      'node-http': [],
      koa: ['NODE_ENV is development, production for node-http', 'keepAliveTimeout is 5000 ms, 300000 ms for node-http'],
      express: [],
    })
  })

  it('may differ in what somebody has asked for', async () => {
    const own = { nodeFlags: ['--no-opt'], env: { NODE_ENV: 'test' } }
    const facts = { NODE_ENV: 'test', execArgv: '--no-opt', keepAliveTimeout: '5 ms' }
    const { run } = simulation({
      plan: { ...twoAppPlan, deployments: twoAppPlan.deployments.map((one) => (one.app === 'koa' ? { ...one, ...own } : one)) },
      rule: { rounds: 2, precision: null },
      rig: ({ host }) => ({
        host: {
          ...host,
          describe: async (plan) => ({ ...(await host.describe(plan)), facts: plan.app === 'koa' ? facts : COMMON }),
        },
      }),
    })
    const { preflight } = await run()
    expect(preflight.find(({ app }) => app === 'koa')?.unequal).toEqual(['keepAliveTimeout is 5 ms, 300000 ms for raw'])
  })

  it('say what is known of one only', async () => {
    expect(await unequal({ koa: { NODE_ENV: 'production' }, express: { ...COMMON, Cpus_allowed_list: '0-1' } })).toMatchObject({
      koa: ['keepAliveTimeout is not known, 300000 ms for node-http'],
      express: ['Cpus_allowed_list is 0-1, not known for node-http'],
    })
  })

  it('do not repeat a page that an app has written into its own', async () => {
    const { koa } = await unequal({ koa: { ...COMMON, NODE_OPTIONS: 'x'.repeat(10_000) } })
    expect(koa).toEqual([`NODE_OPTIONS is ${'x'.repeat(80)}…, not known for node-http`])
  })
})

describe('the contract', () => {
  const proxy = { name: 'nginx 1', path: 'nginx', connections: 4, keepAlive: true }
  const koa = (id: string, of: Partial<DeploymentPlan> = {}) => ({
    ...{ id, app: id, modulePath: '/koa.ts', transport: 'tcp' as const, process: 'koa-a' },
    ...of,
  })

  it('is checked once for every way of reaching a process, and only on what is asked', async () => {
    const checked: string[] = []
    const { run, world } = simulation({
      plan: {
        ...twoAppPlan,
        deployments: [
          ...twoAppPlan.deployments.filter(({ app }) => app === 'raw'),
          ...[koa('koa-a'), koa('koa-b'), koa('koa-c', { proxy }), koa('koa-d', { endpoints: ['lookup'] })],
        ],
      },
      rule: { rounds: 2, precision: null },
      rig: () => ({
        checkContract: async ({ plan }, endpoints) => {
          checked.push(`${plan.id}: ${endpoints.join()}`)
          return []
        },
      }),
    })
    const { preflight } = await run()
    expect(checked).toEqual(['raw: hello,lookup', 'koa-a: hello,lookup', 'koa-c: hello,lookup', 'koa-d: lookup'])
    expect(preflight.map(({ app }) => app)).toEqual(['raw', 'koa-a', 'koa-b', 'koa-c', 'koa-d'])
    const front = world.journal.indexOf('front koa-c')
    expect(world.journal.slice(front, front + 3)).toEqual(['front koa-c', 'unfront koa-c', 'stop koa-a'])
  })

  it('is not compared with the baseline’s facts for what is no app', async () => {
    const { run } = simulation({
      plan: {
        ...twoAppPlan,
        deployments: twoAppPlan.deployments.map((one) => (one.app === 'koa' ? { ...one, runtime: 'nginx 1' } : one)),
      },
      rule: { rounds: 2, precision: null },
      rig: ({ host }) => ({
        host: {
          ...host,
          describe: async (plan) => ({ ...(await host.describe(plan)), facts: plan.app === 'koa' ? {} : COMMON }),
        },
      }),
    })
    expect((await run()).preflight.map(({ unequal }) => unequal)).toEqual([[], []])
  })

  it('leaves out what a proxy cannot be put in front of, and nothing else', async () => {
    const { run, result } = simulation({
      plan: { ...twoAppPlan, deployments: [...twoAppPlan.deployments, koa('koa-a'), koa('koa-b', { proxy })] },
      rule: { rounds: 2, precision: null },
      world: {
        beforeStart(id) {
          if (id === 'koa-b') throw new DeploymentError('proxy-failed', 'nginx did not start')
        },
      },
    })
    const { cells } = result(await run())
    expect(Object.fromEntries(cells.map(({ app, state }) => [app, state]))).toEqual({
      ...{ raw: 'measured', koa: 'measured', 'koa-a': 'measured', 'koa-b': 'failed' },
    })
  })
})
