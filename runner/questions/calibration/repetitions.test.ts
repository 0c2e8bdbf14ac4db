import { describe, expect, it } from 'vitest'
import { unitClock } from '../../fixtures/unit-clock.ts'
import { RunError, UserError } from '../../result/errors.ts'
import { type RepetitionRule, repeatUnit, shrunk, unitShare } from './repetitions.ts'

function clocked(milliseconds: number) {
  const { context, remarks, controller, pass } = unitClock(milliseconds)
  const rule = { guessMilliseconds: 1000 }
  const repeat = (unit: (turn: number) => Promise<string | null>, of: Partial<RepetitionRule> = {}) =>
    repeatUnit(context, { ...rule, ...of }, unit)
  const take = (seconds: number, what = 'done') => {
    pass(seconds)
    return what
  }
  return { repeat, take, remarks, controller }
}

describe('repeatUnit', () => {
  it('repeats until another one would not fit', async () => {
    const { repeat, take } = clocked(10_000)
    const { finished, cutShort, problem } = await repeat(async (turn) => take(3, `unit ${turn}`))
    expect(finished).toEqual(['unit 0', 'unit 1', 'unit 2'])
    expect({ cutShort, problem }).toEqual({ cutShort: false, problem: null })
  })

  it('expects the next one to take as long as the mean of those before', async () => {
    // 2 + 4 + 6 = 12 of 16 s; the mean is 4 and fits exactly. Then 20 s have gone by.
    const { repeat, take } = clocked(16_000)
    const { finished } = await repeat(async (turn) => take([2, 4, 6, 8][turn]!))
    expect(finished).toHaveLength(4)
  })

  it('starts the first one however little time there is', async () => {
    const { repeat, take } = clocked(1)
    expect((await repeat(async () => take(5))).finished).toEqual(['done'])
  })

  it('stops at the number given', async () => {
    const { repeat, take } = clocked(100_000)
    expect((await repeat(async () => take(1), { most: 3 })).finished).toHaveLength(3)
  })

  it('keeps what was finished before an interruption, and nothing of what was interrupted', async () => {
    const { repeat, take, controller } = clocked(100_000)
    const { finished, cutShort, problem } = await repeat(async (turn) => {
      if (turn < 2) return take(1, `unit ${turn}`)
      controller.abort()
      return null
    })
    expect(finished).toEqual(['unit 0', 'unit 1'])
    expect({ cutShort, problem }).toEqual({ cutShort: true, problem: null })
  })

  it('starts nothing after an interruption', async () => {
    const { repeat, take, controller } = clocked(100_000)
    controller.abort()
    expect(await repeat(async () => take(1))).toEqual({ finished: [], cutShort: true, problem: null })
  })

  it('ends with the first failure, and keeps what was finished', async () => {
    const { repeat, take, remarks } = clocked(100_000)
    const broken = new RunError('broken', 'it broke')
    const { finished, cutShort, problem } = await repeat(async (turn) => {
      if (turn === 1) throw broken
      return take(1)
    })
    expect({ finished, cutShort, problem }).toEqual({ finished: ['done'], cutShort: true, problem: broken })
    expect(remarks).toEqual([])
  })

  it('leaves single failures out where they are tolerated; they say nothing about the length of a unit', async () => {
    const { repeat, take, remarks } = clocked(10_000)
    const { finished, problem } = await repeat(
      async (turn) => {
        if (turn % 2 === 0) throw new RunError('broken', 'it broke')
        return take(4)
      },
      { failuresInARow: 2, guessMilliseconds: 9_000 },
    )
    expect({ finished, problem }).toEqual({ finished: ['done', 'done'], problem: null })
    expect(remarks[0]).toBe('repetition 1 failed and is left out: it broke')
    expect(remarks).toHaveLength(2)
  })

  it('fails with the failure when nothing was finished', async () => {
    const { repeat, remarks } = clocked(10_000)
    const failing = repeat(
      async (turn) => {
        throw new RunError('broken', `it broke ${turn}`)
      },
      { failuresInARow: 2 },
    )
    await expect(failing).rejects.toThrow('it broke 1')
    expect(remarks).toHaveLength(1)
  })

  it('fails too when there is no time to try again', async () => {
    const { repeat, take } = clocked(10_000)
    const failing = repeat(
      async () => {
        take(9.5)
        throw new RunError('broken', 'it broke')
      },
      { failuresInARow: 2 },
    )
    await expect(failing).rejects.toThrow('it broke')
  })

  it('passes a mistake of the caller on at once', async () => {
    const { repeat, take } = clocked(100_000)
    const failing = repeat(
      async (turn) => {
        if (turn === 1) throw new UserError('unknown-app', 'no such app')
        return take(1)
      },
      { failuresInARow: 2 },
    )
    await expect(failing).rejects.toThrow('no such app')
  })
})

describe('unitShare and shrunk', () => {
  it('shrink a unit so that two fit', () => {
    expect(unitShare(60_000, 30_000)).toBe(1)
    expect(unitShare(900_000, 30_000)).toBe(1)
    expect(unitShare(30_000, 30_000)).toBe(0.5)
    expect(unitShare(30_000, 30_000, 1)).toBe(1)
    expect(unitShare(15_000, 30_000, 1)).toBe(0.5)
    expect([1, 0.5, 0.26, 0.01].map((share) => shrunk(12, share, 2))).toEqual([12, 6, 3, 2])
  })
})
