import { describe, expect, it } from 'vitest'
import { calmResult, estimate, hostileTitle } from '../fixtures/fixture-result.ts'
import type { AnswerTable } from '../result/answer.ts'
import { renderAnswerCsv } from './csv.ts'
import { renderReportPage } from './html/report-page.ts'
import { answerText, textOfTable } from './run-blocks.ts'
import { renderMarkdown, renderTerminal } from './run-report.ts'

const table: AnswerTable = {
  id: '../sweep hello',
  title: `by ${hostileTitle}`,
  columns: [
    { head: 'app', kind: 'text' },
    { head: 'connections', kind: 'number' },
    { head: 'requests/s', kind: 'number' },
    { head: 'p50, µs', kind: 'number' },
  ],
  rows: [
    [hostileTitle, 16, estimate(31_234.5, 120), 512.25],
    ['=cmd|calc', 128, estimate(30_100, null), null],
  ],
  note: 'Latency says how many wait.',
}
const answer = {
  question: `Is ${hostileTitle} well?`,
  sentences: ['It is.'],
  tables: [table],
  charts: [],
  limits: ['One machine.'],
}
const result = { ...calmResult(), study: 'sweep', answer }

describe('a table of an answer', () => {
  it('has every figure with as many digits as it deserves', () => {
    const { rows } = textOfTable(table)
    expect(rows[0]!.slice(1)).toEqual(['16', '31,230 [31,110, 31,350]', '512'])
    expect(rows[1]).toEqual(['=cmd|calc', '128', '30,100 [?, ?]', ''])
  })

  it('is harmless as text', () => {
    expect(textOfTable(table).rows[0]![0]).not.toContain('\u001b')
    expect(answerText(`a\nb\u001b[31m`)).toBe('a b')
  })

  it('is a CSV file of its own: full precision, ends of intervals beside the value, no formulas, no path', () => {
    const [file] = renderAnswerCsv(result)
    expect(file!.name).toBe('-sweep-hello.csv')
    const lines = file!.text.split('\r\n')
    expect(lines[0]).toBe('app,connections,requests/s,requests/s low,requests/s high,"p50, µs"')
    expect(lines[1]).toMatch(/,16,31234.5,31114.5,31354.5,512.25$/)
    expect(lines[2]).toBe("'=cmd|calc,128,30100,,,")
  })

  it('is shown in the terminal, in Markdown and on the page, escaped for each', async () => {
    const terminal = renderTerminal(result, { colour: false, width: 120 })
    expect(terminal).toContain('It is.')
    expect(terminal).toContain('31,230 [31,110, 31,350]')
    expect(terminal).not.toContain('\u001b')
    const markdown = renderMarkdown(result)
    expect(markdown).toContain('&lt;script&gt;')
    expect(markdown).not.toContain('<script')
    const page = await renderReportPage(result, [])
    expect(page).toContain('<td class="number">31,230 [31,110, 31,350]</td>')
    expect(page).not.toContain('<script>alert')
    for (const text of [terminal, markdown, page]) expect(text).toContain('One machine.')
  })
})
