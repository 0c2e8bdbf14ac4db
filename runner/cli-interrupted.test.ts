import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grownFamily, survivors } from './fixtures/command-line.ts'
import { ENDLESS, readResult, startIn } from './fixtures/compare-command.ts'
import { familyOf } from './fixtures/processes.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.runIf(existsSync('/proc/self/stat'))('a run that is ended from outside by Ctrl-C', () => {
  it('keeps finished rounds, has exit status 130, and leaves nothing running', async () => {
    const { pid, kill, ended, said, out } = startIn(folder, ENDLESS)
    await said('round 2 of')
    const family = await grownFamily(pid, 3)
    kill('SIGINT')
    const { status, stdout, stderr } = await ended
    expect(status).toBe(130)
    expect(survivors(family)).toEqual([])
    const result = readResult(out)
    expect(result.stoppedBecause).toBe('interrupted')
    expect(result.rounds).toBeGreaterThanOrEqual(2)
    expect(result.findings.map(({ code }) => code)).toContain('interrupted')
    expect(stdout).toContain('Koa')
    expect(stderr).toContain('stopping after this slice')
    expect(stderr).toContain('to go on: npm run compare -- --resume ')
  })

  it('by SIGTERM of npm, which ends the shell in between, keeps finished rounds and leaves nothing running', async () => {
    // Such a line keeps any shell where it is; with one command alone, only some stay.
    const how = { env: { npm_lifecycle_event: 'compare' }, shell: '"$0" "$@"; exit $?' }
    const { pid, kill, ended, said, out } = startIn(folder, ENDLESS, undefined, how)
    await said('round 1 of')
    const family = await grownFamily(pid, 3)
    kill('SIGTERM')
    // The last of those that write has ended by then.
    const { signal, stderr } = await ended
    expect(signal).toBe('SIGTERM')
    expect(survivors(family)).toEqual([])
    expect(stderr).toContain('stopping after this slice')
    expect(readResult(out).stoppedBecause).toBe('interrupted')
  })

  it('before anything was measured has exit status 130, and a result that says so', async () => {
    const { pid, kill, ended, out } = startIn(folder, ENDLESS)
    await expect
      .poll(() => familyOf(pid).some(({ command }) => command.includes('launcher.ts')), { timeout: 50_000, interval: 25 })
      .toBe(true)
    const family = familyOf(pid)
    kill('SIGINT')
    const { status, stderr } = await ended
    expect(stderr).not.toMatch(/bug|\n\s+at /)
    expect(status).toBe(130)
    expect(survivors(family)).toEqual([])
    expect(readResult(out)).toMatchObject({ stoppedBecause: 'interrupted', rounds: 0 })
  })
})
