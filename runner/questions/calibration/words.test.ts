import { describe, expect, it } from 'vitest'
import { count } from '../../result/format.ts'
import { fromTo, judgeShare, percent } from './words.ts'

describe('a share against its goal', () => {
  it('is judged by its counts', () => {
    expect(judgeShare(7, 160, 'intervals exclude 1', { atMost: 0.05 })).toEqual({
      measured: '4.4 % of 160 intervals exclude 1 (binomial 95 % interval 2.1 to 8.8 %)',
      outcome: 'met',
    })
    expect(judgeShare(8, 160, 'x', { atMost: 0.05 })?.outcome).toBe('met')
    expect(judgeShare(39, 40, 'x', { atLeast: 0.95 })?.outcome).toBe('met')
  })

  it('that chance explains is missed all the same, and says so', () => {
    expect(judgeShare(9, 160, 'x', { atMost: 0.05 })).toEqual({
      measured: '5.6 % of 160 x (binomial 95 % interval 3.0 to 10 %; chance alone may have done that)',
      outcome: 'not met',
    })
    const clear = judgeShare(40, 160, 'x', { atMost: 0.05 })
    expect(clear?.outcome).toBe('not met')
    expect(clear?.measured).not.toContain('chance')
    expect(judgeShare(37, 40, 'x', { atLeast: 0.95 })?.measured).toContain('chance')
  })

  it('of nothing is not judged', () => expect(judgeShare(0, 0, 'x', { atMost: 0.05 })).toBeNull())
})

it('small words', () => {
  expect([count(1, 'run'), count(0, 'run'), count(1234, 'run'), count(2, 'copy', 'copies')]).toEqual([
    '1 run',
    '0 runs',
    '1,234 runs',
    '2 copies',
  ])
  expect([percent(0.0437), percent(1), percent(0)]).toEqual(['4.4 %', '100 %', '0 %'])
  expect([fromTo([6, 6], 'round'), fromTo([4, 6], 'round')]).toEqual(['6 rounds', '4 to 6 rounds'])
})
