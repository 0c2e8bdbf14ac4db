import { describe, expect, it } from 'vitest'
import { tQuantile } from '../../statistics/student-t.ts'
import { percentOf } from './today-figures.ts'
import { processLimit, widthsOf } from './today-widths.ts'

type Length = Parameters<typeof widthsOf>[0][number]
type Course = Length['courses'][number]['course']

/** One step a minute: koa's ratio in it, and what the suite would have printed. */
function course(ratios: readonly number[], printed: readonly (readonly [value: number, halfWidth: number])[] = []): Course {
  return ratios.map((koa, index) => {
    const [value, halfWidth] = printed[index] ?? [0, 0]
    const estimate = { value, low: value - halfWidth, high: value + halfWidth, level: 0.95 }
    return { seconds: 60 * (index + 1), ratios: { koa }, printed: printed.length === 0 ? null : { koa: estimate } }
  })
}

function length(seconds: number, courses: readonly Course[], deviation: number | null = null): Length {
  const spread = { server: 'koa', ratios: [], deviation: 0.01, halfWidthPercent: 2, printedPercent: null }
  return {
    ...{ id: 'p', title: 'P', seconds, reading: { spreads: [spread] } },
    courses: courses.map((one) => ({ course: one, processDeviation: deviation === null ? null : { koa: deviation } })),
  }
}

describe('widthsOf', () => {
  it('knows one without a course at its end only', () => {
    expect(widthsOf([length(300, [[], []])])).toEqual([
      { id: 'p', title: 'P', server: 'koa', seconds: 300, spreadPercent: 2, ownPercent: null },
    ])
  })

  it('takes what was printed by then', () => {
    const widths = widthsOf([
      length(120, [
        course(
          [1, 1],
          [
            [1, 0.1],
            [1, 0.02],
          ],
        ),
        course(
          [1, 1],
          [
            [1.1, 0.11],
            [1, 0.04],
          ],
        ),
      ]),
    ])
    expect(widths.map(({ seconds }) => seconds)).toEqual([60, 120])
    expect(widths[0]!.spreadPercent).toBeCloseTo(percentOf(Math.log(1.1) / Math.SQRT2), 9)
    expect(widths[0]!.ownPercent).toBeCloseTo(10, 9)
    expect(widths[1]!.spreadPercent).toBe(0)
    expect(widths[1]!.ownPercent).toBeCloseTo(3, 9)
  })

  it('makes the interval of passes from themselves: narrow where the processes are the same all the time', () => {
    const passes = [1.5 * Math.exp(0.001), 1.5 * Math.exp(-0.001)]
    const widths = widthsOf([length(120, [course(passes), course(passes.map((ratio) => ratio * 1.1))])])
    const [first, both] = widths
    // One pass has no interval.
    expect(first!.ownPercent).toBeNull()
    expect(both!.ownPercent).toBeCloseTo(100 * Math.expm1(tQuantile(0.95, 1) * 0.001), 9)
    expect(both!.spreadPercent).toBeCloseTo(percentOf(Math.log(1.1) / Math.SQRT2), 9)
  })

  it('looks at each moment in the shortest repetitions that reach it', () => {
    const seven = course([1, 1, 1, 1, 1, 1, 1])
    const widths = widthsOf([length(420, [seven, seven]), length(60, [seven.slice(0, 1), seven.slice(0, 1)])])
    expect(widths.map(({ seconds }) => seconds)).toEqual([60, 120, 300, 420])
  })

  it('leaves out moments at which nothing had ended', () => {
    const late = course([1, 1]).map((step) => ({ ...step, seconds: step.seconds + 30 }))
    expect(widthsOf([length(150, [late, late])]).map(({ seconds, ownPercent }) => [seconds, ownPercent])).toEqual([
      [120, null],
      [150, 0],
    ])
  })
})

describe('processLimit', () => {
  const rounds = (...logs: number[]) => course(logs.map((log) => 1.5 * Math.exp(log)))

  it('pools what repetitions know around their own means, by degrees of freedom', () => {
    // Variances 2e-4 with one degree of freedom and 1e-4 with two.
    const one = length(120, [rounds(-0.01, 0.01)], 0.03)
    const other = length(180, [rounds(0.49, 0.5, 0.51)], 0.015)
    const limit = processLimit([one, other], 'koa')!
    expect(limit.onePercent).toBeCloseTo(percentOf(Math.sqrt((0.03 ** 2 + 2 * 0.015 ** 2) / 3)), 9)
    const deviation = Math.sqrt((2e-4 + 2 * 1e-4) / 3)
    expect(limit.after(180)).toEqual({ rounds: 3, percent: expect.closeTo(percentOf(deviation / Math.sqrt(3)), 9) })
    expect(limit.after(120)!.rounds).toBe(2)
    expect(limit.after(600)).toBeNull()
    expect(limit.after(30)).toBeNull()
  })

  it('is not known from single rounds, from other servers, or without the differences between processes', () => {
    expect(processLimit([length(60, [rounds(0)], 0.01)], 'koa')).toBeNull()
    expect(processLimit([length(120, [rounds(0, 0.01)], 0.01)], 'express')).toBeNull()
    expect(processLimit([length(120, [rounds(0, 0.01)])], 'koa')).toBeNull()
  })
})
