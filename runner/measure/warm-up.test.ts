import { describe, expect, it } from 'vitest'
import { twoAppPlan } from '../fixtures/plans.ts'
import { simulation } from '../fixtures/simulated-run.ts'

/** What happened between the connections of the first round and its first measured block. */
async function warmUpOf(share: number): Promise<string[]> {
  const { run, world } = simulation({
    apps: ['node-http'],
    rule: { rounds: 2, precision: null },
    plan: { warmUpMilliseconds: 400, blocksPerRound: 1 },
    world: {
      processNoise: 0,
      sliceNoise: 0,
      cost: () => 10,
      disturb: (pulse) => ({ ...pulse, elapsedNs: pulse.elapsedNs / share }),
    },
  })
  await run()
  const begun = world.journal.slice(world.journal.indexOf('connect node-http#2'))
  return begun.slice(0, begun.indexOf('close load'))
}

describe('a warm-up', () => {
  it('goes on until the server has worked for its time, all endpoints in turn', async () => {
    const journal = await warmUpOf(1)
    const turns = (endpoint: string) => journal.filter((entry) => entry === `pulse node-http ${endpoint}`).length
    // 400 ms in turns of 20 ms for two endpoints, and one measured slice each.
    expect(turns('hello')).toBe(11)
    expect(turns('lookup')).toBe(11)
  })

  it('is as long for every worker of an app', async () => {
    const team = { workers: 3, scheduling: 'round-robin' } as const
    const turns = async (more: object) => {
      const { run, world, plan } = simulation({
        ...{ apps: ['node-http'], endpoints: ['hello'], rule: { rounds: 2, precision: null } },
        plan: { warmUpMilliseconds: 400, blocksPerRound: 1, deployments: [{ ...alone, ...more }] },
        world: { processNoise: 0, sliceNoise: 0, cost: () => 10 },
      })
      await run()
      expect(plan.deployments).toHaveLength(1)
      return world.journal.filter((entry) => entry === 'pulse node-http hello').length / 2
    }
    // Of 1,200 ms, 97 % are enough.
    const alone = { id: 'node-http', app: 'node-http', modulePath: '/nowhere.ts', transport: 'tcp' } as const
    expect([await turns({}), await turns({ team })]).toEqual([20 + 1, 59 + 1])
  })

  it('takes longer on the clock when the server gets half of its CPU: it must not be colder', async () => {
    expect(await warmUpOf(0.5)).toEqual(await warmUpOf(1))
  })

  it('ends by the clock when the server hardly works: it waits for something, and will not get warmer', async () => {
    // Every turn of 20 ms takes a second.
    const journal = await warmUpOf(0.02)
    expect(journal.filter((entry) => entry === 'pulse node-http hello').length).toBe(2)
  })
})

describe('a warm-up whose length was not given', () => {
  /** Of the first process of every app in the first round; the compiler takes a fifth of the CPU time for so many pulses of 20 ms. */
  async function warmUpsOf(compilingPulses: Readonly<Record<string, number>>) {
    const asked = new Map<string, number>()
    const { run, records, result } = simulation({
      apps: ['node-http', 'koa', 'express'],
      rule: { rounds: 2, precision: null },
      plan: { warmUpMilliseconds: null, blocksPerRound: 1 },
      world: {
        helperShare: ({ app, deployment }) => ((asked.get(deployment) ?? 0) < (compilingPulses[app] ?? 0) ? 0.2 : 0.004),
        disturb: (pulse, { deployment }) => {
          asked.set(deployment, (asked.get(deployment) ?? 0) + 1)
          return pulse
        },
      },
    })
    const { apps } = result(await run())
    return { of: (app: string) => records[0]!.warmUps.find(({ process }) => process === app)!, apps }
  }

  it('ends when the compiler has come to rest, neither before 1.9 s nor after 4 s of CPU time', async () => {
    const { of, apps } = await warmUpsOf({ 'node-http': 20, koa: 120, express: 10_000 })
    const seconds = ['node-http', 'koa', 'express'].map((app) => of(app).milliseconds / 1000)
    expect(seconds[0]).toBeCloseTo(1.9, 0)
    // The last 400 ms are without it, but for what 1 % of them allow.
    expect(seconds[1]).toBeGreaterThan(2.75)
    expect(seconds[1]).toBeLessThan(2.95)
    expect(seconds[2]).toBeCloseTo(4, 0)
    expect(['node-http', 'koa', 'express'].map((app) => of(app).compiled)).toEqual([true, true, false])
    expect(apps.find(({ id }) => id === 'koa')!.warmUpMilliseconds).toBeGreaterThan(1_900)
  })
})

it('a process that is no module on Node is warm when its cost is level, and does not wait for a compiler', async () => {
  const stranger = { id: 'koa', app: 'koa', modulePath: '/koa.ts', transport: 'tcp', runner: { name: 'bun' } as never } as const
  const { run, records } = simulation({
    apps: ['node-http', 'koa'],
    rule: { rounds: 2, precision: null },
    plan: {
      warmUpMilliseconds: null,
      blocksPerRound: 1,
      deployments: [...twoAppPlan.deployments.filter(({ app }) => app === 'raw'), stranger],
      baseline: 'raw',
    },
    world: { helperShare: () => 0.2, processNoise: 0, sliceNoise: 0 },
  })
  await run()
  const { milliseconds, compiled } = records[0]!.warmUps.find(({ process }) => process === 'koa')!
  expect(compiled).toBe(true)
  expect(milliseconds).toBeGreaterThan(2_000)
  expect(milliseconds).toBeLessThan(2_400)
})

describe('processes that may get cold again', () => {
  const stranger = (id: string, name = 'deno') => ({
    ...{ id, app: id, modulePath: '/nowhere.ts', transport: 'tcp' as const },
    runner: { name, version: '2.0.0', argv: [name], apps: '/nowhere' },
  })
  const own = { id: 'node-http', app: 'node-http', modulePath: '/nowhere.ts', transport: 'tcp' as const }

  it('are warmed up last, in turns, so that none of them rests for long', async () => {
    const { run, world } = simulation({
      ...{ apps: ['node-http'], endpoints: ['hello'], rule: { rounds: 2, precision: null } },
      plan: {
        warmUpMilliseconds: 1_000,
        blocksPerRound: 1,
        deployments: [stranger('old-a', 'node'), own, stranger('old-b', 'node')],
      },
      world: { processNoise: 0, sliceNoise: 0, cost: () => 10 },
    })
    await run()
    const pulses = world.journal.filter((entry) => entry.startsWith('pulse ')).slice(0, 150)
    const names = pulses.map((entry) => entry.split(' ')[1]!)
    expect(new Set(names.slice(0, 48))).toEqual(new Set(['node-http']))
    const legs = names.slice(49, 145).filter((name, index, all) => name !== all[index - 1])
    expect(legs.length).toBeGreaterThan(8)
  })
  it('are loaded before every slice, and that work is charged to nobody', async () => {
    const { run, records } = simulation({
      ...{ apps: ['node-http'], endpoints: ['hello'], rule: { rounds: 2, precision: null } },
      plan: { warmUpMilliseconds: 1_000, blocksPerRound: 3, deployments: [own, stranger('deno-a')] },
      world: { processNoise: 0, sliceNoise: 0, cost: () => 10 },
    })
    await run()
    const { slices, between } = records[0]!
    const of = (app: string) => ({
      measured: slices.filter(({ deployment }) => deployment === app).reduce((sum, { requests }) => sum + requests, 0),
      outside: between.find(({ process }) => process === app)!,
    })
    expect(of('node-http').outside.requests).toBe(of('node-http').measured)
    // 400 ms before each slice of 20.
    expect(of('deno-a').outside.requests / of('deno-a').measured).toBeCloseTo(21, -1)
    for (const app of ['node-http', 'deno-a']) {
      const { outsideCpuNs, requests } = of(app).outside
      expect(Math.abs(outsideCpuNs / requests)).toBeLessThan(10)
    }
  })
})
