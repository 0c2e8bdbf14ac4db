import { describe, expect, test } from 'vitest'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { warmUpPart } from '../fixture-parts.ts'
import { drawn } from './drawn.ts'
import { warmUpSection } from './warm-up-section.ts'

describe('the section on warm-up', () => {
  test('says the chosen length and the largest drift', () => {
    const { body, goals } = warmUpSection([warmUpPart()])
    expect(body?.answer).toMatch(
      /^The rule of the pilot chose a warm-up of 1\.2 s\. After it, the largest drift .* is -0\.4 \[-0\.9, 0\.0\] % \(express on hello\); goal: at most 1 %: met\.$/,
    )
    expect(goals[0]?.outcome).toBe('met')
    expect(body?.notReached).toEqual([])
  })

  test('words follow the numbers', () => {
    const { body, goals } = warmUpSection([warmUpPart({ drift: -1.8 })])
    expect(goals[0]?.outcome).toBe('not met')
    expect(body?.answer).toContain('goal: at most 1 %: not met.')
    expect(body?.notReached).toEqual(['Of 10 intervals of drift 10 reach beyond ±1 %.'])
    expect(warmUpSection([warmUpPart({ drift: 1.8 })]).goals[0]?.outcome).toBe('not met')
  })

  test('a line per process, a mark per drift', async () => {
    const [curves, drift] = await drawn(warmUpSection([warmUpPart()]))
    expect(countMarks(curves!, 'line')).toBe(15)
    // Per app its level and the chosen warm-up.
    expect(countMarks(curves!, 'rule')).toBe(2 * 5)
    expect(textsOf(curves!)).toEqual(expect.arrayContaining(['koa', 'express', 'warm-up 1.2 s']))
    expect(countMarks(drift!, 'symbol')).toBe(10)
    expect(textsOf(drift!)).toContain('within the goal of ±1 %: 10')
  })

  test('curves without drift, drift without curves or without intervals, nothing at all', async () => {
    const part = warmUpPart()
    const undrifted = warmUpSection([{ ...part, drift: [] }])
    expect(undrifted.body?.answer).toContain('What drift it leaves was not measured.')
    expect(undrifted.goals[0]?.outcome).toBe('not measured')
    await expect(drawn(undrifted)).resolves.toHaveLength(1)
    const straight = warmUpSection([
      { ...part, curves: [{ app: 'koa', process: 1, points: [{ milliseconds: 0, costMicroseconds: 5 }] }] },
    ])
    expect(straight.body?.notReached).toEqual(['No curves were measured.'])
    await expect(drawn(straight)).resolves.toHaveLength(1)
    const wide = part.drift.map((one) => ({ ...one, driftPercent: { ...one.driftPercent, low: null, high: null } }))
    const unknown = warmUpSection([{ ...part, drift: wide }])
    expect(unknown.body?.notReached).toEqual(['10 drifts have too few rounds for an interval.'])
    await expect(drawn(unknown)).resolves.toHaveLength(1)
    expect(warmUpSection([{ ...part, curves: [], drift: [] }]).body).toBeNull()
  })

  test('one point per curve', async () => {
    const part = warmUpPart()
    const curves = part.curves.map((curve) => ({ ...curve, points: curve.points.slice(0, 1) }))
    const [svg] = await drawn(warmUpSection([{ ...part, curves }]))
    expect(svg).not.toMatch(/NaN|Infinity/)
  })
})
