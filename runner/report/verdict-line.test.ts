import { describe, expect, test } from 'vitest'
import { calmResult, finding, fixtureResult } from '../fixtures/fixture-result.ts'
import { groupFindings } from './findings.ts'
import { summarise } from './summary.ts'
import { verdictInShort, verdictLine } from './verdict-line.ts'

test('the verdict in words', () => {
  expect(verdictLine(calmResult())).toBe('Verdict: valid. No check found anything against these numbers.')
  expect(verdictLine({ ...fixtureResult(), verdict: 'suspect' })).toBe(
    'Verdict: suspect (steal). Read the findings before you quote a number. evil lookup has no numbers (app-failed).',
  )
  expect(verdictLine(fixtureResult())).toMatch(/^Verdict: invalid \(load-generator-bound, app-failed\)\. Do not quote/)
})

describe('a verdict that is valid', () => {
  const note = (message: string) => finding('rare-work', 'note', message, 'Count with the larger one.')

  test('says how many notes there are', () => {
    const result = calmResult()
    for (const cell of result.cells) cell.findings = [note('shared')]
    result.cells[0]!.findings.push(note('of its own'))
    expect(verdictLine(result)).toBe('Verdict: valid. Nothing is suspect or invalid (2 notes).')
    expect(verdictInShort(result)).toBe('valid')
  })

  test('names the cells without numbers, whose findings are invalid', () => {
    const failed = fixtureResult().cells.find((cell) => cell.state === 'failed')!
    const result = { ...calmResult(), cells: [calmResult().cells[0]!, { ...failed, endpoint: 'hello' }] }
    result.findings = [note('of the run')]
    expect(groupFindings(result)[0]).toMatchObject({ severity: 'invalid', code: 'app-failed' })
    expect(verdictLine(result)).toBe(
      'Verdict: valid for 1 of 2 cells. evil hello has no numbers (app-failed). Nothing else is suspect or invalid (1 note).',
    )
    expect(summarise(result)).toContain('; evil hello has no numbers (app-failed)')
    expect(verdictInShort(result)).toBe('valid for 1 of 2 cells')
    const skipped = { ...failed, state: 'skipped' as const, findings: [finding('not-measured', 'invalid', 'why', '')] }
    const many = { ...result, cells: [...result.cells, ...['a', 'b', 'c'].map((endpoint) => ({ ...skipped, endpoint }))] }
    expect(verdictLine(many)).toContain('valid for 1 of 5 cells. 4 cells have no numbers (app-failed, not-measured).')
  })
})
