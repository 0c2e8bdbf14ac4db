import { describe, expect, it } from 'vitest'
import { unitClock } from '../../fixtures/unit-clock.ts'
import { RunError, UserError } from '../../result/errors.ts'
import { seededRandom } from '../../statistics/random.ts'
import { repeatInTurns } from './repetitions.ts'

const MEMBERS = ['a', 'b', 'c', 'd']
/** Repetitions that take a second each, on a clock of their own. */
function clocked(milliseconds: number) {
  const { context, remarks, controller, pass, elapsedSeconds } = unitClock(milliseconds)
  const take = (member: string) => {
    pass(1)
    return member
  }
  const run = (repeat: (member: string, repetition: number) => Promise<string | null>, members = MEMBERS, seed = 7) => {
    const rule = { guessMilliseconds: 1000, random: seededRandom(seed) }
    const titled = members.map((name) => ({ name, title: name.toUpperCase() }))
    return repeatInTurns(context, titled, rule, ({ name }, repetition) => repeat(name, repetition))
  }
  return { run, take, remarks, controller, elapsedSeconds }
}

describe('repeatInTurns', () => {
  it('has every member once a turn, in another order each time, and the same for the same seed', async () => {
    const orders = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const { run, take } = clocked(40_500)
        const { finished } = await run(async (member) => take(member), MEMBERS, seed)
        return finished.map(({ member }) => member.name)
      }),
    )
    expect(orders[0]).toHaveLength(40)
    const turns = Array.from({ length: 10 }, (_, turn) => orders[0]!.slice(4 * turn, 4 * turn + 4))
    for (const turn of turns) expect([...turn].sort()).toEqual(MEMBERS)
    expect(new Set(turns.map(String)).size).toBeGreaterThan(4)
    expect(orders[1]).toEqual(orders[0])
    expect(orders[2]).not.toEqual(orders[0])
  })

  it('starts nothing that would not fit', async () => {
    const { run, take, elapsedSeconds } = clocked(9_900)
    const { finished, cutShort } = await run(async (member) => take(member))
    expect(finished).toHaveLength(9)
    expect(elapsedSeconds()).toBe(9)
    expect(cutShort).toBe(false)
  })

  it('counts repetitions through all members', async () => {
    const { run, take } = clocked(6_500)
    const numbers: number[] = []
    await run(async (member, repetition) => {
      numbers.push(repetition)
      return take(member)
    })
    expect(numbers).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('tells of a failure, leaves that repetition out, and tries again in the next turn', async () => {
    const { run, take, remarks } = clocked(8_500)
    let failures = 0
    const { finished, problem } = await run(async (member) => {
      take(member)
      if (member === 'b' && failures++ === 0) throw new RunError('load-generator', 'the load generator sneezed')
      return member
    })
    expect(remarks).toEqual(['B failed and is left out this time: the load generator sneezed'])
    expect(finished.map(({ done }) => done).sort()).toEqual(['a', 'a', 'b', 'c', 'c', 'd', 'd'])
    expect(problem).toBeNull()
  })

  it('gives up on what fails twice in a row', async () => {
    const { run, take, remarks } = clocked(20_500)
    const { finished } = await run(async (member) => {
      take(member)
      if (member === 'b') throw new RunError('load-generator', 'no')
      return member
    })
    expect(remarks).toEqual(['B failed and is left out this time: no', 'B failed and is left out from now on: no'])
    expect(finished).toHaveLength(18)
  })

  it('ends when nothing is left', async () => {
    const { run, take, remarks } = clocked(1e6)
    const failing = run(async (member) => {
      take(member)
      throw new RunError('load-generator', 'no')
    })
    await expect(failing).rejects.toThrow('nothing is left to measure: no')
    expect(remarks).toHaveLength(8)
  })

  it('keeps what was finished when everything fails later on', async () => {
    const { run, take } = clocked(1e6)
    let repetitions = 0
    const { finished, cutShort, problem } = await run(async (member) => {
      take(member)
      if (++repetitions > 4) throw new RunError('load-generator', 'gone')
      return member
    })
    expect(finished).toHaveLength(4)
    expect(cutShort).toBe(true)
    expect(problem?.message).toBe('nothing is left to measure: gone')
  })

  it('does not take a mistake of the call, or a bug, for a failed repetition', async () => {
    for (const error of [new UserError('bad-value', 'a mistake'), new TypeError('a bug')]) {
      const { run } = clocked(5_000)
      await expect(run(() => Promise.reject(error))).rejects.toBe(error)
    }
  })

  it('stops at the signal, with what was finished; what was interrupted is no failure', async () => {
    const { run, take, controller, remarks } = clocked(1e6)
    let repetitions = 0
    const { finished, cutShort, problem } = await run(async (member) => {
      take(member)
      if (++repetitions < 6) return member
      controller.abort()
      throw new RunError('load-generator', 'autocannon was stopped')
    })
    expect(finished).toHaveLength(5)
    expect({ cutShort, problem, remarks }).toEqual({ cutShort: true, problem: null, remarks: [] })
  })
})
