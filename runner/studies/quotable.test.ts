import { describe, expect, it } from 'vitest'
import { finding, fixtureResult } from '../report/fixture-result.ts'
import type { Cell, MeasuredCell } from '../result.ts'
import { notQuoted, quotableCell } from './quotable.ts'

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
    expect(quotableCell({ cells }, 'koa', 'hello')).toBe(cells[0])
    expect(quotableCell({ cells }, 'express', 'hello')).toBeNull()
    expect(quotableCell({ cells }, 'koa', 'table')).toBeNull()
  })

  it('is said of all others, together where the reasons are the same', () => {
    const failed: Cell = { app: 'evil\n\u001b[31m', endpoint: 'hello', state: 'failed', reason: 'it died' } as Cell
    const cells = [measured, invalid('a', 'still-warming', 'reconnects'), invalid('b', 'reconnects', 'still-warming'), failed]
    expect(notQuoted(cells)).toEqual([
      'a on hello and b on hello are not quoted: invalid (reconnects, still-warming).',
      'evil on hello is not quoted: it died.',
    ])
    const many = ['a', 'b', 'c', 'd', 'e'].map((app) => invalid(app, 'reconnects'))
    expect(notQuoted(many)).toEqual(['5 cells are not quoted: invalid (reconnects).'])
  })
})
