import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { processesWith } from '../../fixtures/processes.ts'
import { strangersApp } from '../../fixtures/strangers-app.ts'
import { StoredRound } from '../../measure/records.ts'
import { readJsonLines } from '../../result/json-lines.ts'
import { memory } from './memory.ts'

const { folder, app, remove } = strangersApp()
afterAll(remove)

describe.runIf(process.platform === 'linux')('the memory study, for real', () => {
  it('watches the processes of every round, those of a stranger too, and keeps what it has seen', async () => {
    const given = { apps: [app], endpoints: ['hello' as const] }
    const { result, folder: run, problem } = await measuredStudy(memory, { given, own: { rest: 0.1 } }, join(folder, 'out'))
    expect(problem).toBeNull()
    const { answer, study, rounds, findings } = result
    expect({ study, rounds }).toEqual({ study: 'memory', rounds: 1 })
    expect(answer!.question).toContain('How much memory does an app hold')
    expect(answer!.tables.map(({ id }) => id)).toEqual(['memory', 'start-up'])
    for (const { rows, columns } of answer!.tables) {
      expect(rows.map(([name]) => name)).toEqual(['node-http', 'mine'])
      const first = rows.map((row) => row[1] as { value: number })
      // A process of Node, and the milliseconds that it takes to start one.
      for (const { value } of first) expect(value).toBeGreaterThan(10)
      expect(rows.every((row) => row.length === columns.length)).toBe(true)
    }
    // Of two rounds the copies may differ by chance; an invalid run answers nothing and draws nothing.
    const invalid = findings.some(({ severity }) => severity === 'invalid')
    expect(answer!.sentences).toHaveLength(invalid ? 1 : 3)
    const charts = invalid ? [] : ['memory-dark.svg', 'start-up-light.svg']
    expect(readdirSync(run!)).toEqual(expect.arrayContaining(['memory.csv', 'start-up.csv', 'report.html', ...charts]))
    const stored: ReturnType<typeof StoredRound.parse>[] = []
    for await (const line of readJsonLines(join(run!, 'rounds.jsonl.gz'))) stored.push(StoredRound.parse(line))
    expect(stored.map(({ processRecords }) => [...processRecords.keys()].toSorted())).toEqual([
      ['mine', 'node-http', 'node-http#2'],
    ])
    for (const [, { idle, loaded, rested, startMilliseconds, firstAnswerMilliseconds, members }] of stored.flatMap(
      ({ processRecords }) => [...processRecords],
    )) {
      expect(idle!.residentBytes).toBeGreaterThan(idle!.anonymousBytes)
      expect(loaded!.residentBytes).toBeGreaterThanOrEqual(idle!.residentBytes * 0.8)
      expect(rested!.anonymousBytes).toBeGreaterThan(1e6)
      expect(firstAnswerMilliseconds!).toBeGreaterThan(startMilliseconds)
      expect(members).toEqual([expect.objectContaining({ role: 'worker', connections: 16 })])
    }
    expect(processesWith(folder)).toEqual([])
  })
})
