import { describe, expect, it } from 'vitest'
import { burnClock } from './known-work.ts'

describe('burnClock', () => {
  it('times a call in a process of its own; more turns take more time', async () => {
    const time = (turns: number) => burnClock(turns, null, 5)
    const [none, some, many] = [await time(0), await time(5_000), await time(500_000)]
    expect(none).toBeGreaterThan(0)
    // Not a matter of speed: what was optimised away would take no time.
    expect(some).toBeGreaterThan(10 * none!)
    expect(many).toBeGreaterThan(10 * some!)
  })

  it('fails with what became of the process', async () => {
    await expect(burnClock(Number.NaN, 4_096, 5)).rejects.toThrow(
      /^the process that measures known work (ended with exit code \d+|could not be started|was ended)/,
    )
  })
})
