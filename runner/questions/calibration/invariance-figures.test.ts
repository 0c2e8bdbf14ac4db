import { describe, expect, it } from 'vitest'
import type { InvariancePart } from './data.ts'
import { invarianceFigures } from './invariance-answer.ts'

type Factor = InvariancePart['factors'][number]
type Setting = Factor['settings'][number]

const nothing = { value: 1, low: null, high: null, level: 0.95 }

/** A setting with the log ratios of its apps by round; round numbers count up from `first`. */
function setting(label: string, logs: Record<string, readonly number[]>, first: number, isDefault = false): Setting {
  return {
    label,
    isDefault,
    rounds: 0,
    baselineMicroseconds: nothing,
    serverBusy: 1,
    loadBusy: null,
    cells: Object.entries(logs).map(([app, values]) => ({
      app,
      endpoint: 'hello',
      ratio: nothing,
      overheadMicroseconds: nothing,
      perRound: values.map((log, index) => ({ round: first + index, ratio: Math.exp(log) })),
    })),
  }
}

const factor = (id: string, ...settings: Setting[]): Factor => ({ id, title: id, settings })

const KOA = [0.2, 0.21, 0.22, 0.21, 0.2, 0.22]
const plus = (values: readonly number[], shift: number) => values.map((value) => value + shift)

describe('invarianceFigures', () => {
  it('is the Welch difference to the default, as percent, for rounds of their own', () => {
    const [difference, ...more] = invarianceFigures({
      factors: [factor('load', setting('spinning', { koa: [0.1, 0.3] }, 0, true), setting('sleeping', { koa: [0.3, 0.5] }, 10))],
    })
    expect(more).toEqual([])
    expect(difference).toMatchObject({ factor: 'load', setting: 'sleeping', app: 'koa', endpoint: 'hello', paired: false })
    // Both deviations are 0.2 / √2 and both errors 0.1. With 2 degrees of freedom t has a closed form: 4.3027.
    const halfWidth = 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025)) * 0.1 * Math.SQRT2
    expect(difference!.differencePercent.value).toBeCloseTo(100 * Math.expm1(0.2), 9)
    expect(difference!.differencePercent.low).toBeCloseTo(100 * Math.expm1(0.2 - halfWidth), 8)
    expect(difference!.differencePercent.high).toBeCloseTo(100 * Math.expm1(0.2 + halfWidth), 8)
    // t = √2 with 2 degrees of freedom: p is 1 - t / √(t² + 2).
    expect(difference!.adjustedP).toBeCloseTo(1 - Math.SQRT1_2, 9)
    expect(difference!.proven).toBe(false)
  })

  it('compares round by round where both settings are from the same rounds', () => {
    // Rounds differ by 10 %, the setting adds 1 % in each: only pairing sees it.
    const any = [0.1, 0.2, 0.3, 0.4]
    const late = [0.11, 0.2101, 0.3099, 0.41]
    const [difference] = invarianceFigures({
      factors: [factor('order', setting('any', { koa: any }, 0, true), setting('late', { koa: late }, 0))],
    })
    expect(difference).toMatchObject({ paired: true, proven: true })
    expect(difference!.differencePercent.value).toBeCloseTo(100 * Math.expm1(0.01), 6)
    expect(difference!.differencePercent.low).toBeGreaterThan(0.98)
    expect(difference!.differencePercent.high).toBeLessThan(1.03)
  })

  it('pairs by number, and leaves out rounds that only one of them has', () => {
    const late = setting('late', { koa: [0.21, 0.32] }, 1)
    const [difference] = invarianceFigures({
      factors: [factor('order', setting('any', { koa: [9, 0.2, 0.3, 9] }, 0, true), late)],
    })
    expect(difference!.differencePercent.value).toBeCloseTo(100 * Math.expm1(0.015), 9)
  })

  it('adjusts for all differences of the part', () => {
    const standard = setting('default', { koa: KOA }, 0, true)
    const shifted = setting('shifted', { koa: plus(KOA, 0.015) }, 100)
    const alone = invarianceFigures({ factors: [factor('a', standard, shifted)] })
    expect(alone[0]!.proven).toBe(true)
    const others = Array.from({ length: 40 }, (_, index) =>
      factor(`f${index}`, standard, setting('same', { koa: KOA }, 1000 + 10 * index)),
    )
    const among = invarianceFigures({ factors: [factor('a', standard, shifted), ...others] })
    expect(among).toHaveLength(41)
    expect(among[0]!.adjustedP).toBeGreaterThan(10 * alone[0]!.adjustedP)
    expect(among.slice(1).every(({ proven }) => !proven)).toBe(true)
  })

  it('says nothing of an app that the default lacks, or of a factor without a default', () => {
    expect(
      invarianceFigures({
        factors: [
          factor('neighbours', setting('express', { koa: KOA }, 0, true), setting('fastify', { fastify: KOA }, 10)),
          factor('half', setting('other', { koa: KOA }, 20)),
        ],
      }),
    ).toEqual([])
  })

  it('knows no width, and proves nothing, with one round', () => {
    const [difference] = invarianceFigures({
      factors: [factor('a', setting('default', { koa: [0.2] }, 0, true), setting('b', { koa: [0.9] }, 10))],
    })
    expect(difference).toMatchObject({ proven: false, adjustedP: 1, differencePercent: { low: null, high: null } })
  })
})
