import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { grownFamily, startCommand, survivors } from '../fixtures/command-line.ts'
import { readResult, readSlices, startIn } from '../fixtures/compare-command.ts'
import type { Result, RoundValue } from '../result/model.ts'

const SMALL = [
  ...['compare', '--apps', 'node-http,koa', '--endpoints', 'hello', '--transport', 'unix'],
  ...['--rounds', '3', '--blocks', '3', '--warm-up', '0.1'],
]
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it.runIf(existsSync('/proc/self/stat'))(
  'a run killed by kill -9 takes its processes and sockets along, keeps finished rounds, and goes on as if nothing had happened',
  async () => {
    const temporary = join(folder, 'temporary')
    rmSync(temporary, { recursive: true, force: true })
    mkdirSync(temporary)
    const how = { undisturbed: true, env: { TMPDIR: temporary } }
    const { said, kill, ended, pid, out } = startIn(folder, SMALL, undefined, how)
    await said('round 1 of')
    const family = await grownFamily(pid, 3)
    expect(readdirSync(temporary).join()).toContain('framework-cost-')
    kill('SIGKILL')
    expect(await ended).toMatchObject({ status: null, signal: 'SIGKILL' })
    await expect.poll(() => survivors(family)).toEqual([])
    await expect.poll(() => readdirSync(temporary)).toEqual([])
    const before = readResult(out)
    expect(before.rounds).toBeGreaterThanOrEqual(1)
    expect(before.stoppedBecause).toBe('interrupted')
    expect(before.findings.map(({ code }) => code)).toContain('interrupted')
    expect(readSlices(out).length).toBeGreaterThanOrEqual(9)

    const latest = join(out, 'latest')
    const resumed = await startCommand(['compare', '--resume', latest], folder, how).ended
    expect(resumed.stderr).toContain(`going on after round ${before.rounds} of the run in `)
    expect(resumed.stderr).not.toContain('to go on')
    const after = readResult(out)
    expect(after).toMatchObject({ rounds: 3, stoppedBecause: 'rounds', startedAt: before.startedAt, seed: before.seed })
    expect(after.wallSeconds).toBeGreaterThan(before.wallSeconds)
    expect(after.findings.map(({ code }) => code)).not.toContain('interrupted')
    const koa = (result: Result) =>
      result.cells.flatMap((cell) => (cell.state === 'measured' && cell.app === 'koa' ? cell.perRound : []))
    expect(koa(after).map(({ round }) => round)).toEqual([1, 2, 3])
    // What was measured before is what it was; how idle an app is, and so what is all in, is known from all rounds.
    const alone = (values: readonly RoundValue[]) =>
      values.map(({ costMicroseconds, lateMicroseconds, ratio, overheadMicroseconds, ...rest }) => rest)
    expect(alone(koa(after).slice(0, before.rounds))).toEqual(alone(koa(before)))
    expect([...new Set(readSlices(out).map(({ round }) => round))]).toEqual([1, 2, 3])
    expect(Object.keys(after)).toEqual(Object.keys(before))
  },
)
