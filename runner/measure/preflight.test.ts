import { describe, expect, it } from 'vitest'
import { simulation } from '../fixtures/simulated-run.ts'

const COMMON = { NODE_ENV: 'production', keepAliveTimeout: '300000 ms' }

/** Preflight of a run in which every app has the facts given. */
async function unequal(facts: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const simulated = simulation({
    rule: { rounds: 2, precision: null },
    bench: ({ host }) => ({
      host: {
        start: async (plan, options) => ({ ...(await host.start(plan, options)), facts: facts[plan.app] ?? COMMON }),
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
