import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { kindsPart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import type { KindsPart } from './data.ts'
import { kinds } from './kinds.ts'

type Cell = KindsPart['runs'][number]['cells'][number]

const said = (part = kindsPart()) => saidBy(kinds, part)
/** The made-up part with every cell changed. */
const changed = (change: (cell: Cell, index: number) => Partial<Cell>): KindsPart => {
  const part = kindsPart()
  let index = 0
  const runs = part.runs.map((run) => ({ ...run, cells: run.cells.map((cell) => ({ ...cell, ...change(cell, index++) })) }))
  return { ...part, runs }
}
const off = (by: number, halfWidth = 0.4) => ({ value: by, low: by - halfWidth, high: by + halfWidth, level: 0.95 })

describe('what is said of work of other kinds', () => {
  it('is how often its truth is held, and what the typical cost shows of it', () => {
    const { judged, outcomes, sentences, answer } = said()
    expect(judged[0]?.measured).toMatch(/^100 % of 8 intervals hold what the servers count themselves/)
    expect(outcomes).toEqual(['met', 'met'])
    expect(sentences).toBe('What a unit takes alone lies in 8 of 8 intervals.')
    expect(answer?.tables[0]?.rows.map((row) => [row[0], row[5], row[6]])).toEqual([
      ['at once', 8.1, '4 of 4'],
      ['on a timer, 1 s later', 0.1, '4 of 4'],
    ])
  })

  it('calls a goal missed when a number is off, whether or not chance may have done it', () => {
    const { outcomes, judged } = said(changed((_cell, index) => (index === 0 ? { recoveredLessTruth: off(0.5) } : {})))
    expect(outcomes).toEqual(['not met', 'met'])
    expect(judged[0]?.measured).toContain('chance alone')
  })

  it('counts what is off by more than half-width and 3 %, unless the suite itself calls it invalid', () => {
    const wrong = { recoveredLessTruth: off(0.7) }
    expect(said(changed(() => wrong)).judged[1]).toMatchObject({ outcome: 'not met', measured: expect.stringMatching(/^8 of 8/) })
    expect(said(changed(() => ({ ...wrong, verdict: 'invalid' }))).outcomes[1]).toBe('met')
  })

  it('has a row per kind in its chart, and nothing without runs', async () => {
    const [svg] = await drawn(said().charts)
    expect(countMarks(svg!, 'symbol')).toBe(2)
    expect(textsOf(svg!)).toEqual(expect.arrayContaining(['at once', 'on a timer, 1 s later']))
    expect(said({ ...kindsPart(), runs: [] }).answer).toBeNull()
  })
})
