import { describe, expect, test } from 'vitest'
import { count, judgeShare, percent, safe, short } from './phrases.ts'

describe('judgeShare', () => {
  test('words and outcome follow the counts', () => {
    expect(judgeShare(7, 160, 'intervals exclude 1', { atMost: 0.05 })).toEqual({
      measured: '4.4 % of 160 intervals exclude 1 (binomial 95 % interval 2.1 to 8.8 %)',
      outcome: 'met',
    })
    expect(judgeShare(8, 160, 'x', { atMost: 0.05 })?.outcome).toBe('met')
    expect(judgeShare(39, 40, 'x', { atLeast: 0.95 })?.outcome).toBe('met')
  })

  test('a miss that chance explains is a miss, and says so', () => {
    expect(judgeShare(9, 160, 'x', { atMost: 0.05 })).toEqual({
      measured: '5.6 % of 160 x (binomial 95 % interval 3.0 to 10 %; within what chance alone does)',
      outcome: 'not met',
    })
    const clear = judgeShare(40, 160, 'x', { atMost: 0.05 })
    expect(clear?.outcome).toBe('not met')
    expect(clear?.measured).not.toContain('chance')
    expect(judgeShare(37, 40, 'x', { atLeast: 0.95 })?.measured).toContain('chance')
  })

  test('nothing counted, nothing judged', () => expect(judgeShare(0, 0, 'x', { atMost: 0.05 })).toBeNull())
})

test('small words', () => {
  expect([count(1, 'run'), count(0, 'run'), count(1234, 'run'), count(2, 'copy', 'copies')]).toEqual([
    '1 run',
    '0 runs',
    '1,234 runs',
    '2 copies',
  ])
  expect([percent(0.0437), percent(1), percent(0)]).toEqual(['4.4 %', '100 %', '0 %'])
  expect([short(0.314), short(-0.314), short(47.2), short(0)]).toEqual(['0.31', '-0.31', '50', '0'])
})

test('a text from the data is harmless, short and on one line', () => {
  expect(safe('<b>|`x`\n\u001b[31m# *y*')).toBe('&lt;b&gt;&#124;&#96;x&#96; \\# \\*y\\*')
  expect(safe('x'.repeat(1000))).toHaveLength(120)
})
