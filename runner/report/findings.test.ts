import { describe, expect, test } from 'vitest'
import { calmResult, finding, fixtureResult } from '../fixtures/fixture-result.ts'
import { codesOf, groupFindings, verdictInShort, verdictLine } from './findings.ts'
import { failures } from './run-blocks.ts'
import { summarise } from './summary.ts'

test('the worst come first, each with the cell it is about', () => {
  expect(groupFindings(fixtureResult()).map(({ severity, code, facts }) => [severity, code, facts[0]?.where])).toEqual([
    ['invalid', 'load-generator-bound', 'koa lookup'],
    ['invalid', 'app-failed', 'evil lookup'],
    ['suspect', 'steal', null],
  ])
})

test('findings of one kind that ask for the same are told together', () => {
  const result = calmResult()
  result.cells[0]!.findings = [finding('stall', 'note', '3 stalls', 'Close other programs.')]
  result.cells[1]!.findings = [
    finding('stall', 'note', '4 stalls', 'Close other programs.'),
    finding('stall', 'suspect', '400 stalls', 'Close other programs.'),
  ]
  expect(groupFindings(result)).toEqual([
    {
      severity: 'suspect',
      code: 'stall',
      advice: 'Close other programs.',
      facts: [{ where: 'koa hello', message: '400 stalls' }],
    },
    {
      ...{ severity: 'note', code: 'stall', advice: 'Close other programs.' },
      facts: [
        { where: 'node-http hello', message: '3 stalls' },
        { where: 'koa hello', message: '4 stalls' },
      ],
    },
  ])
  expect(codesOf(result, 'note')).toEqual(['stall'])
  expect(codesOf(result, 'invalid')).toEqual([])
})

test('findings that ask for different things are told apart', () => {
  const findings = [finding('stall', 'note', 'a', 'Wait.'), finding('stall', 'note', 'b', 'Close other programs.')]
  expect(groupFindings({ ...calmResult(), findings }).map(({ advice }) => advice)).toEqual(['Wait.', 'Close other programs.'])
})

test('what many cells share is said once, and the findings of overall figures are those of their cells', () => {
  const result = calmResult()
  const shared = finding('few-rounds', 'suspect', 'only 4 rounds', 'Wait.')
  for (const cell of result.cells) cell.findings = [shared]
  for (const overall of result.overall) overall.findings = [shared]
  expect(groupFindings(result).at(0)?.facts).toEqual([{ where: `${result.cells.length} cells`, message: 'only 4 rounds' }])
  result.findings = [shared]
  expect(groupFindings(result).at(0)?.facts).toEqual([{ where: null, message: 'only 4 rounds' }])
})

test('a long list is cut and counted', () => {
  const result = calmResult()
  result.findings = Array.from({ length: 9 }, (_, n) => finding('wide', 'suspect', `width ${n}`, 'Wait.'))
  const facts = groupFindings(result).at(0)?.facts
  expect(facts).toHaveLength(6)
  expect(facts?.at(-1)?.message).toBe('and 4 more of this kind, in result.json')
})

test('a list of notes is cut sooner', () => {
  const result = calmResult()
  result.findings = Array.from({ length: 4 }, (_, n) => finding('wide', 'note', `width ${n}`, 'Wait.'))
  const facts = groupFindings(result).at(0)?.facts
  expect(facts?.map(({ message }) => message)).toEqual(['width 0', 'width 1', 'and 2 more of this kind, in result.json'])
})

test('messages are cleaned and bounded', () => {
  const result = { ...calmResult(), findings: [finding('a\nb', 'note', `\u001b[31m${'m'.repeat(1000)}`, 'x\r\ny')] }
  const [group] = groupFindings(result)
  expect(group?.code).toBe('a b')
  expect(group?.advice).toBe('x y')
  expect(group?.facts[0]?.message).toBe(`${'m'.repeat(399)}…`)
})

test('an app that failed everywhere for one reason is told once', () => {
  const result = fixtureResult()
  const failed = result.cells.find((cell) => cell.state === 'failed')!
  result.cells = [{ ...failed, endpoint: 'hello' }, failed]
  expect(failures(result)).toEqual({
    kind: 'list',
    items: [
      {
        mark: 'evil',
        tone: 'invalid',
        text: 'on hello and lookup: exited with status 1 | <b>`rm`</b> in round 2',
        quoted: ['Error: boom | `x`', 'at <anonymous>'],
      },
    ],
  })
})

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
