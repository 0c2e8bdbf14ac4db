import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { warmUpPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { warmUp } from './warm-up.ts'

const said = (part = warmUpPart()) => saidBy(warmUp, part)

describe('what is said of the warm-up', () => {
  it('is the chosen length and the largest drift', () => {
    const { judged, sentences, answer } = said()
    expect(sentences).toMatch(/^A warm-up ends when .* The slowest process of the curves took 1\.2 s\./)
    expect(judged[0]).toEqual({
      measured: 'the largest drift over the measured part of a round is -0.4 [-0.9, 0.0] % (express on hello)',
      outcome: 'met',
    })
    expect(answer?.limits).toEqual([])
  })

  it('follows the numbers', () => {
    const { outcomes, answer } = said(warmUpPart({ drift: -1.8 }))
    expect(outcomes).toEqual(['not met'])
    expect(answer?.limits).toEqual(['Of 10 intervals of drift 10 reach beyond ±1 %.'])
    expect(said(warmUpPart({ drift: 1.8 })).outcomes).toEqual(['not met'])
  })

  it('has a line per process and a mark per drift', async () => {
    const [curves, drift] = await drawn(said().charts)
    expect(countMarks(curves!, 'line')).toBe(15)
    expect(textsOf(curves!)).toEqual(expect.arrayContaining(['koa', 'express', 'milliseconds under load']))
    expect(countMarks(drift!, 'symbol')).toBe(10)
  })

  it('does with curves without drift, drift without curves or without intervals, and with nothing at all', () => {
    const part = warmUpPart()
    const undrifted = said({ ...part, drift: [] })
    expect(undrifted.sentences).toContain('What drift it leaves was not measured.')
    expect([undrifted.outcomes, undrifted.charts.map(({ id }) => id)]).toEqual([[null], ['warm-up']])
    const cold = { app: 'koa', process: 1, points: [{ milliseconds: 0, costMicroseconds: 5 }] }
    const straight = said({ ...part, curves: [cold] })
    expect([straight.answer?.limits, straight.charts.map(({ id }) => id)]).toEqual([['No curves were measured.'], ['drift']])
    const wide = part.drift.map((one) => ({ ...one, driftPercent: { ...one.driftPercent, low: null, high: null } }))
    const unknown = said({ ...part, drift: wide })
    expect(unknown.answer?.limits).toEqual(['10 drifts have too few rounds for an interval.'])
    expect(said({ ...part, curves: [], drift: [] }).answer).toBeNull()
  })

  it('does with one point per curve', async () => {
    const part = warmUpPart()
    const curves = part.curves.map((curve) => ({ ...curve, points: curve.points.slice(0, 1) }))
    const [svg] = await drawn(said({ ...part, curves }).charts)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })
})
