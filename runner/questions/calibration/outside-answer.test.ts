import { describe, expect, it } from 'vitest'
import { drawn } from '../../fixtures/drawn.ts'
import { outsidePart } from '../../fixtures/fixture-parts.ts'
import { saidBy } from '../../fixtures/said-by.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import { outside } from './outside.ts'

const said = (part = outsidePart()) => saidBy(outside, part)

describe('what is said from outside', () => {
  it('is by how much the suite with the same kind of client differs, app by app', () => {
    const { judged, sentences } = said()
    // The made-up suite says 6 % more of koa, and agrees on express.
    expect(sentences).toMatch(/koa \+\d\.\d \[\d\.\d, \d\.\d\] % and express [+-]?0\.\d \[-\d\.\d, \d\.\d\] %\.$/)
    expect(judged[0]).toEqual({ measured: '1 of 2 apps have no proven difference', outcome: 'not met' })
    expect(judged[1]).toEqual({ measured: '1 of 2 apps are within ±3 %', outcome: 'not met' })
  })

  it('has a ratio by every way of every app, in table and chart', async () => {
    const { answer, charts } = said()
    expect(answer?.tables[0]?.rows.map((row) => row[0])).toEqual(['koa', 'express'])
    for (const row of answer!.tables[0]!.rows) expect(row).not.toContain(null)
    const [svg] = await drawn(charts)
    // One more of each way is in the legend.
    expect(countMarks(svg!, 'symbol')).toBe(2 * 4)
    expect(textsOf(svg!)).toEqual(expect.arrayContaining(['koa', 'express', 'by hand, wrk', 'suite, client sleeps']))
  })

  it('leaves out what was not measured twice, and says nothing without the suite', () => {
    const part = outsidePart()
    const wrk = part.ways.find(({ id }) => id === 'wrk')!
    wrk.sets.splice(1)
    expect(said(part).answer?.tables[0]?.rows[0]?.[2]).toBeNull()
    const { answer, outcomes } = said({ ...part, ways: part.ways.filter(({ id }) => id !== 'suite-sleeping') })
    expect([answer, outcomes]).toEqual([null, [null, null]])
  })
})
