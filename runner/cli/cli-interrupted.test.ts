import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { grownFamily, survivors } from '../fixtures/command-line.ts'
import { ENDLESS, readResult, startIn } from '../fixtures/compare-command.ts'
import { familyOf, isRunning } from '../fixtures/processes.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.runIf(existsSync('/proc/self/stat'))('a run that is ended from outside by Ctrl-C', () => {
  it('keeps finished rounds, has exit status 130, and leaves nothing running', async () => {
    const { pid, kill, ended, said, out } = startIn(folder, ENDLESS, undefined, { undisturbed: true })
    await said('round 1 of')
    const family = await grownFamily(pid, 3)
    kill('SIGINT')
    const { status, stdout, stderr } = await ended
    expect(status).toBe(130)
    expect(survivors(family)).toEqual([])
    const result = readResult(out)
    expect(result.stoppedBecause).toBe('interrupted')
    expect(result.rounds).toBeGreaterThanOrEqual(1)
    expect(result.findings.map(({ code }) => code)).toContain('interrupted')
    expect(stdout).toContain('Koa')
    expect(stderr).toContain('stopping after this slice')
    expect(stderr).toContain('to go on: npm run compare -- --resume ')
  })

  it('by SIGTERM of npm, which ends the shell in between, keeps finished rounds and leaves nothing running', async () => {
    // Such a line keeps any shell where it is; with one command alone, only some stay.
    const how = { undisturbed: true, env: { npm_lifecycle_event: 'compare' }, shell: '"$0" "$@"; exit $?' }
    const { pid, kill, ended, said, out } = startIn(folder, ENDLESS, undefined, how)
    await said('round 1 of')
    const family = await grownFamily(pid, 3)
    kill('SIGTERM')
    // Nobody writes any more by then; the last one may still be about to end.
    const { signal, stderr } = await ended
    expect(signal).toBe('SIGTERM')
    await expect.poll(() => survivors(family)).toEqual([])
    expect(stderr).toContain('stopping after this slice')
    expect(readResult(out).stoppedBecause).toBe('interrupted')
  })

  it('before its first round was finished has exit status 130, says so in one line, and leaves nothing', async () => {
    const out = join(folder, 'earlier')
    await commandHere(
      ['compare', '--driver', 'fake', '--apps', 'koa', '--endpoints', 'hello', '--rounds', '2', '--out', out],
      folder,
    )
    const before = readdirSync(out).sort()
    const { pid, kill, ended } = startIn(folder, ENDLESS, out)
    await expect.poll(() => familyOf(pid).some(({ command }) => command.includes('serve.ts'))).toBe(true)
    const family = familyOf(pid)
    kill('SIGINT')
    const { status, stdout, stderr } = await ended
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' })
    expect(stderr).toMatch(/^stopping after this slice.*\nstopped before the first round was finished: nothing was measured\n$/)
    expect(survivors(family)).toEqual([])
    expect(readdirSync(out).sort()).toEqual(before)
    expect(readResult(out)).toMatchObject({ stoppedBecause: 'rounds', rounds: 2 })
  })

  it('at once, by a second Ctrl-C before its first round, leaves nothing either', async () => {
    const { pid, kill, ended, said, out } = startIn(folder, ENDLESS)
    const server = () => familyOf(pid).find(({ command }) => command.includes('serve.ts'))
    await expect.poll(server).toBeDefined()
    // It never gets ready: there is time for a second key.
    const { pid: waitedFor } = server()!
    process.kill(waitedFor, 'SIGSTOP')
    kill('SIGINT')
    await said('stopping after this slice')
    // Sooner it is taken for the same key.
    await new Promise((resolve) => setTimeout(resolve, 400))
    kill('SIGINT')
    expect((await ended).status).toBe(130)
    expect(readdirSync(out)).toEqual([])
    // Who is stopped and killed is gone a moment later.
    await expect.poll(() => isRunning(waitedFor)).toBe(false)
  })
})
