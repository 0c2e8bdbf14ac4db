import { expect, test } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { csvField, renderCsv } from './csv.ts'

/** A reader of RFC 4180, written for this test: records of fields. */
function parseCsv(text: string): string[][] {
  const fields = text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)
  const records: string[][] = [[]]
  for (const [, field = '', end] of fields) {
    records.at(-1)!.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
    if (end === '\r\n') records.push([])
  }
  return records.slice(0, -1)
}

function records(): Record<string, string>[] {
  const [names = [], ...lines] = parseCsv(renderCsv(fixtureResult()))
  return lines.map((fields) => Object.fromEntries(names.map((name, index) => [name, fields[index] ?? 'MISSING'])))
}

test('the names of the columns stay as they are', () => {
  expect(renderCsv(fixtureResult()).split('\r\n')[0]).toBe(
    'study,startedAt,endpoint,app,title,package,version,state,verdict,rankLow,rankHigh,costMicroseconds,costLow,costHigh,' +
      'ratio,ratioLow,ratioHigh,overheadMicroseconds,overheadLow,overheadHigh,requestsPerSecond,requestsPerSecondLow,' +
      'requestsPerSecondHigh,level,impliedMaximumRequestsPerSecond,userShare,latencyP50Microseconds,latencyP90Microseconds,' +
      'latencyP99Microseconds,latencyMaxMicroseconds,latencySamples,residentBytes,serverBusyShare,loadBusyShare,headerBytes,' +
      'requests,slices,rounds,runtime,transport,proxy,workers,copies,driver,connections,keepAlive,findings,reason,' +
      'typicalCostMicroseconds,typicalRatio,lateMicroseconds,lateLow,lateHigh',
  )
})

test('one line per cell, in full precision', () => {
  const all = records()
  expect(all).toHaveLength(10)
  const { cells } = fixtureResult()
  for (const [index, cell] of cells.entries()) {
    const record = all[index]!
    expect([record.app, record.endpoint, record.state]).toEqual([cell.app, cell.endpoint, cell.state])
    if (cell.state !== 'measured') continue
    expect(Number(record.requestsPerSecond)).toBe(cell.requestsPerSecond.value)
    expect(Number(record.costHigh)).toBe(cell.cost.high)
  }
})

test('a failed cell has empty fields and a reason', () => {
  expect(records().at(-1)).toMatchObject({
    ...{ costMicroseconds: '', ratio: '', rankLow: '', rounds: '', findings: 'app-failed' },
    reason: 'exited with status 1 | <b>`rm`</b> in round 2',
  })
})

test('unknown ends are empty', () => {
  const result = fixtureResult()
  const first = result.cells[0]!
  if (first.state === 'measured') Object.assign(first.cost, { low: null, high: null })
  const [names = [], fields = []] = parseCsv(renderCsv(result))
  expect(fields[names.indexOf('costLow')]).toBe('')
  expect(fields[names.indexOf('costMicroseconds')]).toBe('6.812')
})

test('a run without cells still names its columns', () => {
  expect(renderCsv({ ...fixtureResult(), cells: [] })).toMatch(/^study,.*,reason,.*,lateHigh\r\n$/)
})

test('the hostile title is quoted', () => {
  expect(records().find(({ app }) => app === 'evil')?.title).toBe('<script>alert(1)</script>|"x"')
  expect(renderCsv(fixtureResult())).toContain(',"<script>alert(1)</script>|""x""",')
})

test.each([
  ['=HYPERLINK("http://evil")', `"'=HYPERLINK(""http://evil"")"`],
  ['+cmd', "'+cmd"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', `"'\rx"`],
  ['-1.5', '-1.5'],
  [-1.5, '-1.5'],
  [1e-7, '1e-7'],
  [true, 'true'],
  [null, ''],
  [undefined, ''],
  ['a,b', '"a,b"'],
  ['a\nb', '"a\nb"'],
  ['plain', 'plain'],
])('field %j', (value, field) => {
  expect(csvField(value)).toBe(field)
})

test('a formula as a title is neutralised in the file', () => {
  const result = fixtureResult()
  result.apps[1]!.title = '\t=1+1'
  expect(renderCsv(result)).toContain(",fastify,'=1+1,")
})
