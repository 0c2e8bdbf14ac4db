import { describe, expect, it } from 'vitest'
import { CompilerWatch, CostWatch } from './warmth.ts'

describe('a cost', () => {
  /** Whether it is level after each 100 ms of CPU time, in which a process answers so many requests. */
  const watched = (rates: readonly number[]) => {
    const watch = new CostWatch()
    let requests = 0
    return rates.map((rate, index) => {
      requests += rate
      watch.note(100 * (index + 1), null, requests)
      return watch.isDone
    })
  }
  const times = (count: number, rate: number) => Array<number>(count).fill(rate)

  it('is level when it has hardly fallen from one part of a second to the next, twice', () => {
    const levels = watched(times(30, 1000))
    expect(levels.indexOf(true)).toBe(20)
    expect(levels.slice(20).every((one) => one)).toBe(true)
  })

  it('is not level while it falls, and on a step only if that is a long one', () => {
    expect(watched(Array.from({ length: 60 }, (_, index) => 1000 * 1.01 ** index)).includes(true)).toBe(false)
    const steps = watched([...times(15, 1000), ...times(15, 2000), ...times(25, 4000)])
    expect(steps.indexOf(true)).toBe(30 + 20)
  })

  it('may rise, as it does when a collector begins to work', () => {
    expect(watched([...times(10, 1000), ...times(20, 900)]).at(-1)).toBe(true)
  })
})

describe('the compiler', () => {
  const watched = (shares: readonly (number | null)[]) => {
    const watch = new CompilerWatch()
    let helperNs: number | null = 0
    return shares.map((share, index) => {
      helperNs = share === null || helperNs === null ? null : helperNs + share * 100e6
      watch.note(100 * (index + 1), helperNs)
      return watch.isDone
    })
  }

  it('is done when it has taken hardly anything for 400 ms', () => {
    expect(watched([0.3, 0.2, 0, 0, 0, 0.01, 0])).toEqual([false, false, false, false, false, true, true])
  })

  it('works in bursts, and is not done before the last of them', () => {
    expect(watched([0.3, 0, 0, 0, 0, 0.2, 0, 0, 0, 0]).slice(4)).toEqual([true, false, false, false, false, true])
  })

  it('is not done while the garbage collector takes as much, which nobody can tell from it', () => {
    expect(watched(Array(8).fill(0.02)).at(-1)).toBe(false)
  })

  it('is unknown where nobody tells', () => {
    expect(new CompilerWatch().isDone).toBeNull()
    expect(watched([null, null, null])).toEqual([null, null, null])
  })
})
