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

  it('takes longer on the clock when the server gets half of its CPU: it must not be colder', async () => {
    expect(await warmUpOf(0.5)).toEqual(await warmUpOf(1))
  })
})
