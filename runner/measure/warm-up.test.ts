import { describe, expect, it } from 'vitest'
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
