import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grownFamily, startCommand, survivors } from '../fixtures/command-line.ts'
import { readResult, startIn } from '../fixtures/compare-command.ts'

const PUBLISHED = fileURLToPath(new URL('../../results/published/compare.json', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a command whose output nobody reads to its end', () => {
  const commands: [string[], number][] = [
    [['compare', '--help'], 0],
    [['report', PUBLISHED, '--format', 'json', '--print'], 0],
    [['diff', PUBLISHED, PUBLISHED], 0],
    [['diff', PUBLISHED, 'nowhere.json'], 2],
    [['study', '--list'], 0],
  ]
  it.concurrent.each(commands)('%j ends quietly, with the exit status of its own', async (args, status) => {
    const command = startCommand(args, folder)
    command.stopReading('stdout')
    const ended = await command.ended
    expect({ status: ended.status, stack: ended.stderr.match(/\n\s+at /) }).toEqual({ status, stack: null })
    if (status === 0) expect(ended.stderr).toBe('')
  })

  it.runIf(existsSync('/dev/full'))('says what went wrong when it is not the reader', async () => {
    const { status, stderr } = await startCommand(['study', '--list'], folder, { shell: '"$0" "$@" >/dev/full' }).ended
    expect(stderr).toMatch(/^error: the output cannot be written \(ENOSPC.*\)\n$/)
    expect(status).toBe(1)
  })
})

describe.runIf(existsSync('/proc/self/stat'))('a run whose output nobody reads', () => {
  it('is measured to its end, keeps its results and leaves nothing running', async () => {
    const small = ['--apps', 'node-http,koa', '--endpoints', 'hello', '--rounds', '2', '--blocks', '3', '--warm-up', '0.1']
    const { pid, ended, stopReading, out } = startIn(folder, ['compare', ...small], undefined, { undisturbed: true })
    const family = await grownFamily(pid, 3)
    stopReading('stdout', 'stderr')
    const { status, signal } = await ended
    const result = readResult(out)
    expect(result).toMatchObject({ rounds: 2, stoppedBecause: 'rounds' })
    expect({ status, signal }).toEqual({ status: result.verdict === 'invalid' ? 1 : 0, signal: null })
    expect(survivors(family)).toEqual([])
  })
})
