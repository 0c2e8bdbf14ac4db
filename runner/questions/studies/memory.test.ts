import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startCommand } from '../../fixtures/command-line.ts'
import { processesWith } from '../../fixtures/processes.ts'
import { strangersApp } from '../../fixtures/strangers-app.ts'
import { StoredRound } from '../../measure/records.ts'
import { readJsonLines } from '../../result/json-lines.ts'
import { Result } from '../../result/model.ts'

const { folder, app, remove } = strangersApp()
afterAll(remove)

/** A busy machine is slow; what counts is what comes out. */
const PATIENCE = 120_000
const TINY = ['--endpoints', 'hello', '--rounds', '2', '--blocks', '2', '--warm-up', '0.1', '--rest', '0.1']

describe.runIf(process.platform === 'linux')('the memory study, for real', () => {
  it(
    'watches the processes of every round, those of a stranger too, and keeps what it has seen',
    async () => {
      const { status, stderr, stdout } = await startCommand(['study', 'memory', '--apps', app, ...TINY, '--out', 'out'], folder, {
        undisturbed: true,
      }).ended
      expect(stderr).not.toMatch(/^error|this is a bug/m)
      // So short a run may be invalid.
      expect([0, 1]).toContain(status)
      expect(stdout).toContain('How much memory does an app hold')
      const run = join(folder, 'out', 'latest')
      const { answer, study, rounds, findings } = Result.parse(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')))
      expect({ study, rounds }).toEqual({ study: 'memory', rounds: 2 })
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
      expect(readdirSync(run)).toEqual(expect.arrayContaining(['memory.csv', 'start-up.csv', 'report.html', ...charts]))
      const stored: ReturnType<typeof StoredRound.parse>[] = []
      for await (const line of readJsonLines(join(run, 'rounds.jsonl.gz'))) stored.push(StoredRound.parse(line))
      expect(stored.map(({ processRecords }) => [...processRecords.keys()].toSorted())).toEqual(
        Array(2).fill(['mine', 'node-http', 'node-http#2']),
      )
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
    },
    PATIENCE,
  )
})
