import { describe, expect, it } from 'vitest'
import { simulation } from '../fixtures/simulated-run.ts'
import { WarmUpTurns } from './warm-up.ts'

describe('the turns of a warm-up', () => {
  it('are alike until an endpoint has been slow; that one is short from then on', () => {
    const turns = new WarmUpTurns()
    expect(turns.lengthOf('hello')).toBe(20)
    turns.took('hello', 1_500)
    turns.took('lookup', 44)
    expect(turns.lengthOf('hello')).toBe(20)
    expect(turns.lengthOf('lookup')).toBe(1)
    turns.took('lookup', 16)
    expect(turns.lengthOf('lookup')).toBe(1)
    expect(turns.lengthOf('table')).toBe(20)
  })

  it('give every endpoint as many turns, and the framework most of the time', async () => {
    const { run, world } = simulation({
      apps: ['node-http'],
      rule: { rounds: 2, precision: null },
      plan: { warmUpMilliseconds: 500, blocksPerRound: 1 },
      world: { cost: (_app, endpoint) => (endpoint === 'lookup' ? 400 : 10) },
    })
    await run()
    // Of the pilotless first round: from its connections to its end.
    const begun = world.journal.slice(world.journal.indexOf('connect node-http#2'))
    const first = begun.slice(0, begun.indexOf('close load'))
    const turnsOf = (endpoint: string) => first.filter((entry) => entry === `pulse node-http ${endpoint}`).length
    expect(Math.abs(turnsOf('hello') - turnsOf('lookup'))).toBeLessThanOrEqual(2)
    // 500 ms in turns of 20 and 20 would be 13 each; the short ones make room.
    expect(turnsOf('hello')).toBeGreaterThan(20)
  })
})
