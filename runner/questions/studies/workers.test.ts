import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startCommand, survivors } from '../../fixtures/command-line.ts'
import { familyOf, processesWith } from '../../fixtures/processes.ts'
import { strangersApp } from '../../fixtures/strangers-app.ts'
import { Result } from '../../result/model.ts'

const { folder, app, remove } = strangersApp()
afterAll(remove)

/** A busy machine is slow; what counts is what comes out. */
const PATIENCE = 120_000
const TINY = ['--endpoints', 'hello', '--rounds', '2', '--blocks', '2', '--warm-up', '0.1']
const study = (...args: string[]) =>
  startCommand(['study', 'workers', ...TINY, '--out', 'out', ...args], folder, { undisturbed: true })

describe.runIf(process.platform === 'linux')('the workers study, for real', () => {
  it(
    'measures one process, and two workers with their primary',
    async () => {
      const { pid, ended } = study('--workers', '2', '--scheduling', 'reuse-port')
      const { status, stderr, stdout } = await ended
      expect(stderr).not.toMatch(/^error|this is a bug/m)
      expect([0, 1]).toContain(status)
      expect(stdout).toContain('What do several workers give')
      const run = join(folder, 'out', 'latest')
      const { answer, cells } = Result.parse(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')))
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
      expect(readdirSync(run)).toEqual(expect.arrayContaining(['processes.csv', 'report.html']))
      expect(familyOf(pid)).toEqual([])
    },
    PATIENCE,
  )

  it(
    'leaves no worker of a stranger behind when it is killed',
    async () => {
      const { pid, kill, ended } = study('--apps', app, '--workers', '3', '--scheduling', 'shared')
      const serving = () => familyOf(pid).filter(({ command }) => command.includes(app) && command.includes('serve.ts'))
      let family: ReturnType<typeof familyOf> = []
      try {
        await expect.poll(() => serving().length).toBeGreaterThanOrEqual(2)
        family = familyOf(pid)
      } finally {
        kill('SIGKILL')
        await ended
      }
      await expect.poll(() => survivors(family)).toEqual([])
      expect(processesWith(app)).toEqual([])
    },
    PATIENCE,
  )
})
