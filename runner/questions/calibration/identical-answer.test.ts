import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { identicalPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { agreementOf, comparisonsOf, identical } from './identical.ts'

const said = (part = identicalPart()) => saidBy(identical, part)

describe('what is said of identical servers', () => {
  it('is what share of intervals exclude 1, and how wide they are', () => {
    const { judged, sentences, answer } = said()
    expect(judged[0]).toEqual({
      measured: '4.4 % of 160 intervals exclude 1 (binomial 95 % interval 2.1 to 8.8 %)',
      outcome: 'met',
    })
    expect(judged[1]?.outcome).toBe('not met')
    expect(sentences).toMatch(/^The noise floor .*\nThe intervals of one run share the baseline/)
    expect(answer?.effort).toBe('20 runs of 6 rounds, 43 s each on average (64 % of it measuring)')
  })

  it('follows the numbers', () => {
    expect(said(identicalPart({ excluding: 40 })).judged[0]).toMatchObject({ outcome: 'not met' })
    const none = said(identicalPart({ excluding: 0 }))
    expect(none.judged[0]?.measured).toMatch(/^0 % of 160/)
    expect(none.sentences).not.toContain('wrong together')
    const part = identicalPart()
    for (const run of part.runs) for (const one of run.ratios) one.ratio = { value: 1.001, low: 0.999, high: 1.003, level: 0.95 }
    expect(said(part).judged[1]).toEqual({ outcome: 'met', measured: '±0.10 % in runs of 6 rounds' })
  })

  it('has every interval in its chart, those that exclude 1 in another colour and form', async () => {
    const [svg] = await drawn(said().charts)
    expect(countMarks(svg!, 'symbol')).toBe(160)
    expect(countMarks(svg!, 'rule')).toBe(160 + 1)
    expect(textsOf(svg!)).toEqual(expect.arrayContaining(['includes 1: 153', 'excludes 1: 7']))
    const wrong = svg!.match(/<path[^>]*fill="#d55e00"[^>]*>/g)!
    // One more is in the legend.
    expect(wrong).toHaveLength(8)
  })

  it('leaves out intervals that are not known; without any there is nothing to say', () => {
    const part = identicalPart({ runs: 1 })
    part.runs[0]!.ratios[0]!.ratio = { value: 1, low: null, high: null, level: 0.95 }
    expect(comparisonsOf(part)).toHaveLength(7)
    expect(said({ ...part, runs: [] }).answer).toBeNull()
  })

  it('counts runs that the suite doubted, and tells of them', () => {
    const part = identicalPart()
    part.runs[3]!.verdict = 'invalid'
    expect(said(part).answer?.limits.join()).toContain('Of 20 runs the suite itself called 0 suspect and 1 invalid')
  })
})

it('figures of four comparisons by hand', () => {
  const part = identicalPart({ runs: 1 })
  const values = [0.98, 1, 1.01, 1.03]
  part.runs[0]!.ratios = values.map((value) => ({
    app: 'a',
    endpoint: 'hello',
    ratio: { value, low: value - 0.01, high: value + 0.02, level: 0.95 },
  }))
  const agreement = agreementOf(comparisonsOf(part))!
  // 0.98 reaches to 1.00 and touches 1; 1.03 begins at 1.02.
  expect(agreement).toMatchObject({ intervals: 4, excluding: 1, level: 0.95 })
  expect(agreement.medianDistance).toBeCloseTo(0.015, 12)
  expect(agreement.farDistance).toBeCloseTo(0.0285, 12)
  expect(agreement.mean).toBeCloseTo(1.005, 12)
  expect(agreement.medianHalfWidth).toBeCloseTo((0.02 + 0.02 / 1.01) / 2, 12)
})
