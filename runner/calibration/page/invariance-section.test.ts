import { describe, expect, test } from 'vitest'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { invariancePart } from '../fixture-parts.ts'
import { drawn } from './drawn.ts'
import { largestPossible } from './invariance-rows.ts'
import { invarianceSection } from './invariance-section.ts'

const nothingChanges = () => {
  const part = invariancePart({ tax: 0 })
  return { ...part, factors: part.factors.filter(({ id }) => id !== 'connections') }
}

describe('the section on invariance', () => {
  test('says of each factor whether it matters, by how much and why that may be', () => {
    const { body, goals } = invarianceSection([invariancePart()])
    expect(body?.answer).toMatch(
      /^5 of 29 differences to the default are proven, the largest is koa on hello \+8\.\d \[.*\] % with load generator sleeping; goal: none: not met\.$/,
    )
    expect(goals[0]?.outcome).toBe('not met')
    const sentences = String(body?.blocks[0]).split('\n')
    expect(sentences).toHaveLength(6)
    expect(sentences[0]).toMatch(
      /^- \*\*load generator\*\*: not invariant: with sleeping koa on hello \+8.* and express on hello \+8.* %\. Possible reason: a client that sleeps/,
    )
    expect(sentences[1]).toMatch(/^- \*\*length of a slice\*\*: invariant within ±1\.\d+ %: no difference is proven/)
  })

  test('words follow the numbers', () => {
    const { body, goals } = invarianceSection([nothingChanges()])
    expect(body?.answer).toMatch(/^0 of 17 differences to the default are proven; goal: none: met\.$/)
    expect(goals[0]?.outcome).toBe('met')
    expect(body?.blocks[0]).not.toContain('not invariant')
    expect(body?.blocks[0]).not.toContain('Possible reason')
  })

  test('a factor without a known reason claims none', () => {
    const part = invariancePart()
    part.factors[0]!.id = 'constructor'
    expect(String(invarianceSection([part]).body?.blocks[0]).split('\n')[0]).toMatch(/not invariant: .* %\.$/)
  })

  test('every setting of every app is in the chart, with the default marked', async () => {
    const [svg] = await drawn(invarianceSection([invariancePart()]))
    expect(countMarks(svg!, 'symbol')).toBe(6 * 2 + 29)
    expect(textsOf(svg!)).toEqual(expect.arrayContaining(['connections', '16 (default)', '256', 'proven different']))
  })

  test('a chart per endpoint, under a harmless name', () => {
    const part = invariancePart()
    const factor = part.factors[0]!
    const settings = factor.settings.map((setting) => ({
      ...setting,
      cells: setting.cells.map((cell) => ({ ...cell, endpoint: '../Look up' })),
    }))
    const both = { ...part, factors: [...part.factors, { ...factor, id: 'other', settings }] }
    const names = invarianceSection([both]).body!.blocks.flatMap((block) => (typeof block === 'string' ? [] : [block.name]))
    expect(names).toEqual(['invariance-hello', 'invariance-endpoint-2'])
  })

  test('too few rounds for an interval are told, and nothing is claimed', async () => {
    const part = invariancePart()
    for (const { settings } of part.factors) {
      for (const { cells } of settings) for (const cell of cells) cell.perRound = cell.perRound.slice(0, 1)
    }
    const section = invarianceSection([part])
    expect(section.goals[0]?.outcome).toBe('met')
    expect(section.body?.blocks[0]).toContain('too few rounds to say')
    expect(section.body?.notReached.join()).toContain('29 differences have too few rounds')
    await expect(drawn(section)).resolves.toHaveLength(1)
  })

  test('nothing varied, nothing said', () => expect(invarianceSection([{ ...invariancePart(), factors: [] }]).body).toBeNull())
})

test('the largest difference that intervals leave possible', () => {
  const difference = (low: number | null, high: number | null) => ({
    ...{ factor: 'f', setting: 's', app: 'a', endpoint: 'e', adjustedP: 1, proven: false, paired: false },
    differencePercent: { value: 0, low, high, level: 0.95 },
  })
  expect(largestPossible([difference(-0.5, 0.9), difference(-1.2, 0.1)])).toBe(1.2)
  expect(largestPossible([difference(-0.5, 0.9), difference(null, null)])).toBeNull()
  expect(largestPossible([])).toBeNull()
})
