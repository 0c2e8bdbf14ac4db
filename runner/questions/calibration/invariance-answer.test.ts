import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { invariancePart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { invariance } from './invariance.ts'
import { largestPossible } from './invariance-answer.ts'

const said = (part = invariancePart()) => saidBy(invariance, part)

describe('what is said of invariance', () => {
  it('is of each factor whether it matters, by how much and why that may be', () => {
    const { judged, answer } = said()
    expect(judged[0]?.outcome).toBe('not met')
    expect(judged[0]?.measured).toMatch(
      /^5 of 29 differences to the default are proven, the largest is koa on hello \+8\.\d \[.*\] % with load generator sleeping$/,
    )
    expect(answer?.sentences).toHaveLength(6)
    expect(answer?.sentences[0]).toMatch(
      /^load generator: not invariant: with sleeping koa on hello \+8.* and express on hello \+8.* %\. Possible reason: a client that sleeps/,
    )
    expect(answer?.sentences[1]).toMatch(/^length of a slice: invariant within ±1\.\d+ %: no difference is proven/)
  })

  it('follows the numbers', () => {
    const part = invariancePart({ tax: 0 })
    const { judged, sentences } = said({ ...part, factors: part.factors.filter(({ id }) => id !== 'connections') })
    expect(judged[0]).toEqual({ measured: '0 of 17 differences to the default are proven', outcome: 'met' })
    expect(sentences).not.toMatch(/not invariant|Possible reason/)
  })

  it('claims no reason for a factor without a known one', () => {
    const part = invariancePart()
    part.factors[0]!.id = 'constructor'
    expect(said(part).answer?.sentences[0]).toMatch(/not invariant: .* %\.$/)
  })

  it('has every setting of every app in its chart, with the default marked', async () => {
    const [svg] = await drawn(said().charts)
    expect(countMarks(svg!, 'symbol')).toBe(6 * 2 - 1 + 29 + 1)
    expect(textsOf(svg!)).toEqual(expect.arrayContaining(['connections: 16 (default)', 'connections: 256', 'proven different']))
  })

  it('has a chart per endpoint, under a harmless name', () => {
    const part = invariancePart()
    const factor = part.factors[0]!
    const settings = factor.settings.map((setting) => ({
      ...setting,
      cells: setting.cells.map((cell) => ({ ...cell, endpoint: '../Look up' })),
    }))
    const both = { ...part, factors: [...part.factors, { ...factor, id: 'other', settings }] }
    expect(said(both).charts.map(({ id }) => id)).toEqual(['invariance-hello', 'invariance-endpoint-2'])
  })

  it('tells of too few rounds for an interval, and claims nothing', () => {
    const part = invariancePart()
    for (const { settings } of part.factors) {
      for (const { cells } of settings) for (const cell of cells) cell.perRound = cell.perRound.slice(0, 1)
    }
    const { outcomes, answer } = said(part)
    expect(outcomes).toEqual(['met'])
    expect(answer?.sentences[0]).toContain('too few rounds to say')
    expect(answer?.limits.join()).toContain('29 differences have too few rounds')
  })

  it('is nothing when nothing was varied', () => expect(said({ ...invariancePart(), factors: [] }).answer).toBeNull())
})

it('the largest difference that intervals leave possible', () => {
  const difference = (low: number | null, high: number | null) => ({
    ...{ factor: 'f', setting: 's', app: 'a', endpoint: 'e', adjustedP: 1, proven: false, paired: false },
    differencePercent: { value: 0, low, high, level: 0.95 },
  })
  expect(largestPossible([difference(-0.5, 0.9), difference(-1.2, 0.1)])).toBe(1.2)
  expect(largestPossible([difference(-0.5, 0.9), difference(null, null)])).toBeNull()
  expect(largestPossible([])).toBeNull()
})
