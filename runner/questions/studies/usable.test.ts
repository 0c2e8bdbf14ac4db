import { describe, expect, it } from 'vitest'
import { finding, fixtureResult } from '../../fixtures/fixture-result.ts'
import type { Answer } from '../../result/answer.ts'
import type { Cell, MeasuredCell } from '../../result/model.ts'
import { notUsable, usableCell } from './phrases.ts'
import { withholdInvalid } from './study.ts'

const measured = fixtureResult().cells.find(
  (cell): cell is MeasuredCell => cell.state === 'measured' && cell.verdict !== 'invalid',
)!
const invalid = (app: string, ...codes: string[]): Cell => ({
  ...{ ...measured, app, endpoint: 'hello', verdict: 'invalid' },
  findings: codes.map((code) => finding(code, 'invalid', 'a message', 'an advice')),
})

describe('what may be quoted', () => {
  it('is what was measured and is not invalid', () => {
    const cells = [{ ...measured, app: 'koa', endpoint: 'hello' }, invalid('express', 'reconnects')]
    expect(usableCell({ cells }, 'koa', 'hello')).toBe(cells[0])
    expect(usableCell({ cells }, 'express', 'hello')).toBeNull()
    expect(usableCell({ cells }, 'koa', 'table')).toBeNull()
  })

  it('is said of all others, together where the reasons are the same', () => {
    const failed: Cell = { app: 'evil\n\u001b[31m', endpoint: 'hello', state: 'failed', reason: 'it died' } as Cell
    const cells = [measured, invalid('a', 'still-warming', 'reconnects'), invalid('b', 'reconnects', 'still-warming'), failed]
    expect(notUsable(cells)).toEqual([
      'a on hello and b on hello are not quoted: invalid (reconnects, still-warming).',
      'evil on hello is not quoted: it died.',
    ])
    const many = ['a', 'b', 'c', 'd', 'e'].map((app) => invalid(app, 'reconnects'))
    expect(notUsable(many)).toEqual(['5 cells are not quoted: invalid (reconnects).'])
  })
})

const answer: Answer = {
  question: 'Does it matter?',
  sentences: ['It does.'],
  tables: [{ id: 't', title: 'figures', columns: [{ head: 'app', kind: 'text' }], rows: [['koa']], note: null }],
  charts: [
    {
      id: 'c',
      title: '',
      description: '',
      form: 'rows',
      x: { title: '', scale: 'linear' },
      y: { title: '', scale: 'linear' },
      points: [],
    },
  ],
  limits: ['One machine.'],
}

describe('withholdInvalid', () => {
  it('leaves an answer alone when nothing or less speaks against it', () => {
    expect(withholdInvalid({ findings: [] }, answer)).toBe(answer)
    expect(withholdInvalid({ findings: [finding('steal', 'suspect', '', '')] }, answer)).toBe(answer)
  })

  it('says nothing, draws nothing and marks every table when the whole run is invalid', () => {
    const guarded = withholdInvalid({ findings: [finding('machine-too-busy', 'invalid', '', '')] }, answer)
    const notice = 'This run is invalid (machine-too-busy): it does not answer the question.'
    expect(guarded.sentences).toEqual([notice])
    expect(guarded.charts).toEqual([])
    expect(guarded.tables).toEqual([{ ...answer.tables[0], title: 'invalid: figures', note: notice }])
    expect(guarded.limits).toEqual(answer.limits)
  })
})
