import { expect, it } from 'vitest'
import { changePercent, costsTimes, type Difference, differencesInWords, named, negative } from './phrases.ts'

const estimate = (value: number, low: number | null, high: number | null) => ({ value, low, high, level: 0.95 })

it('differences are more or less only when their interval leaves out zero; ties come last', () => {
  const difference = (estimate: Difference['estimate'], where: string): Difference => ({ estimate, unit: 'MiB', where })
  const [more, less] = [estimate(3.1, 2.9, 3.3), estimate(-3.1, -3.3, -2.9)]
  expect(differencesInWords([difference(more, 'when idle')])).toBe('3.10 [2.90, 3.30] MiB more when idle')
  expect(
    differencesInWords([
      difference(estimate(0.1, -0.2, 0.4), 'when idle'),
      difference(less, 'under load'),
      difference(estimate(3.1, null, null), 'at rest'),
    ]),
  ).toBe(
    '3.10 [2.90, 3.30] MiB less under load; cannot be told apart when idle (0.10 [-0.20, 0.40] MiB) and at rest (3.10 [?, ?] MiB)',
  )
})

it('a ratio is a change in percent, with its interval', () => {
  expect(changePercent(estimate(1.04, 1.02, 1.06))).toEqual({
    ...{ value: expect.closeTo(4), low: expect.closeTo(2), high: expect.closeTo(6), level: 0.95 },
  })
  expect(changePercent(estimate(1.04, null, null))).toMatchObject({ low: null, high: null })
})

it('names of apps are harmless', () => {
  expect(named('koa\x1b[31m\n')).toBe('koa')
})

it('a ratio of costs is a tie unless its interval leaves out one', () => {
  expect(costsTimes(estimate(1.04, 1.02, 1.06), 'koa')).toBe('costs 1.040 [1.020, 1.060] times as much as koa')
  expect(costsTimes(estimate(1.01, 0.99, 1.03), 'koa')).toBe(
    'cannot be told apart from koa (1.010 [0.990, 1.030] times the cost)',
  )
  expect(costsTimes(estimate(2, null, null), 'koa')).toContain('by too few rounds for an interval')
})

it('the other way round, the ends of an interval change places', () => {
  expect(negative(estimate(3, 2, 4))).toEqual(estimate(-3, -4, -2))
  expect(negative(estimate(3, null, null))).toEqual(estimate(-3, null, null))
})
