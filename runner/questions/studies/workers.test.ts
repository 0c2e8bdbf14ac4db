import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { familyOf } from '../../fixtures/processes.ts'
import { workers } from './workers.ts'

it.runIf(process.platform === 'linux')('measures one process, and two workers with their primary, for real', async () => {
  const out = mkdtempSync(join(tmpdir(), 'workers-'))
  onTestFinished(() => rmSync(out, { recursive: true }))
  const own = { workers: [2], scheduling: ['reuse-port'] }
  const { result, folder, problem } = await measuredStudy(workers, { given: { endpoints: ['hello'] }, own }, out)
  expect(problem).toBeNull()
  const { answer, cells } = result
  expect(answer!.question).toContain('What do several workers give')
  expect(cells.map(({ app, deployment: { workers, copies } }) => [app, workers, copies])).toEqual([
    ['node-http', 1, 2],
    ['node-http@2-reuse-port', 2, 1],
  ])
  // None has broken the contract or died, and all had the same environment.
  const codes = cells.flatMap(({ state, findings }) => [state, ...findings.map(({ code }) => code)])
  for (const bad of ['failed', 'counters-disagree', 'unequal-environment']) expect(codes).not.toContain(bad)
  const processes = answer!.tables.find(({ id }) => id === 'processes')!
  expect(processes.rows.map(([, scheduling, workers]) => [scheduling, workers])).toEqual([
    ['one plain process', 1],
    ['reuse-port', 2],
  ])
  const heads = processes.columns.map(({ head }) => head)
  const values = (head: string) =>
    processes.rows.map((row) => (row[heads.indexOf(head)] as { value: number } | null)?.value ?? null)
  for (const mebibytes of values('resident per worker, MiB')) expect(mebibytes).toBeGreaterThan(10)
  expect(values('primary, MiB').map((mebibytes) => mebibytes === null)).toEqual([true, false])
  const [alone, ...fair] = values("connections: Jain's index")
  expect(alone).toBeNull()
  for (const index of fair) expect(index).toBeGreaterThanOrEqual(0.5)
  expect(readdirSync(folder!)).toEqual(expect.arrayContaining(['processes.csv', 'report.html']))
  expect(familyOf(process.pid).filter(({ command }) => /serve(-workers)?\.ts/.test(command))).toEqual([])
})
