import { describe, expect, test } from 'vitest'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { identicalPart } from '../fixture-parts.ts'
import { drawn } from './drawn.ts'
import { agreementOf, comparisonsOf } from './identical-figures.ts'
import { identicalSection } from './identical-section.ts'

describe('the section on identical servers', () => {
  test('says what share of intervals exclude 1, and how wide they are', () => {
    const { body, goals } = identicalSection([identicalPart()])
    expect(body?.answer).toMatch(
      /^4\.4 % of 160 intervals exclude 1 \(binomial 95 % interval 2\.1 to 8\.8 %\); goal: at most 5 %: met\. The noise floor/,
    )
    expect(goals.map(({ outcome }) => outcome)).toEqual(['met', 'not met'])
    expect(body?.effort).toBe('20 runs of 6 rounds, 43 s each on average (64 % of it measuring)')
  })

  test('words follow the numbers', () => {
    const { body, goals } = identicalSection([identicalPart({ excluding: 40 })])
    expect(body?.answer).toMatch(/^25 % of 160 .*: not met\./)
    expect(goals[0]?.outcome).toBe('not met')
    const none = identicalSection([identicalPart({ excluding: 0 })])
    expect(none.body?.answer).toMatch(/^0 % of 160/)
    expect(none.body?.blocks.join()).not.toContain('wrong together')
  })

  test('the distance goal is met by copies that agree', () => {
    const part = identicalPart()
    for (const run of part.runs) for (const one of run.ratios) one.ratio = { value: 1.001, low: 0.999, high: 1.003, level: 0.95 }
    expect(identicalSection([part]).goals[1]).toMatchObject({ outcome: 'met', measured: '±0.10 % in runs of 6 rounds' })
  })

  test('every interval is in the chart, those that exclude 1 in another colour and form', async () => {
    const [svg] = await drawn(identicalSection([identicalPart()]))
    expect(countMarks(svg!, 'symbol')).toBe(160)
    expect(countMarks(svg!, 'rule')).toBe(160 + 1)
    expect(textsOf(svg!)).toEqual(expect.arrayContaining(['includes 1: 153', 'excludes 1: 7']))
    const wrong = svg!.match(/<path[^>]*fill="#d55e00"[^>]*>/g)!
    // One more is in the legend.
    expect(wrong).toHaveLength(8)
    const right = svg!.match(/<path[^>]* d="([^"]*)"[^>]*fill="#0072b2"/)![1]
    expect(wrong.some((path) => path.includes(right!))).toBe(false)
  })

  test('intervals that are not known are left out; without any the section is empty', () => {
    const part = identicalPart({ runs: 1 })
    part.runs[0]!.ratios[0]!.ratio = { value: 1, low: null, high: null, level: 0.95 }
    expect(comparisonsOf(part)).toHaveLength(7)
    expect(identicalSection([{ ...part, runs: [] }]).body).toBeNull()
  })

  test('runs that the suite doubted are counted and told of', () => {
    const part = identicalPart()
    part.runs[3]!.verdict = 'invalid'
    expect(identicalSection([part]).body?.notReached.join()).toContain(
      'Of 20 runs the suite itself called 0 suspect and 1 invalid',
    )
  })
})

test('figures of four comparisons by hand', () => {
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
