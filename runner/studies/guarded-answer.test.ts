import { describe, expect, it } from 'vitest'
import type { Answer } from '../answer.ts'
import { finding } from '../report/fixture-result.ts'
import { guardedAnswer } from './guarded-answer.ts'

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

describe('guardedAnswer', () => {
  it('leaves an answer alone when nothing or less speaks against it', () => {
    expect(guardedAnswer({ findings: [] }, answer)).toBe(answer)
    expect(guardedAnswer({ findings: [finding('steal', 'suspect', '', '')] }, answer)).toBe(answer)
  })

  it('says nothing, draws nothing and marks every table when the whole run is invalid', () => {
    const guarded = guardedAnswer({ findings: [finding('machine-too-busy', 'invalid', '', '')] }, answer)
    const notice = 'This run is invalid (machine-too-busy): it does not answer the question.'
    expect(guarded.sentences).toEqual([notice])
    expect(guarded.charts).toEqual([])
    expect(guarded.tables).toEqual([{ ...answer.tables[0], title: 'invalid: figures', note: notice }])
    expect(guarded.limits).toEqual(answer.limits)
  })
})
