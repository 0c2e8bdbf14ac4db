import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { FakeWorld } from '../load/fake.ts'
import { notPinned } from '../machine/placement.ts'
import { withDefaults } from '../measure/options.ts'
import type { Progress } from '../measure/rig.ts'
import { rebuildReports } from '../questions/rebuild.ts'
import { planOf, resolveApps } from '../questions/resolve.ts'
import { fakeRig } from '../questions/rigs.ts'
import { runPlan } from '../questions/run.ts'
import { openRunFolder } from '../report/files.ts'
import { parseResult, renderJson } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { compareRuns } from './diff.ts'
import { showHistory } from './history.ts'

const START = Date.parse('2026-11-21T12:00:00.000Z')
const HOUR = 3_600_000
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clock-'))
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

/** A simulated run of four rounds; after every round the clock of the machine is put forward or back by so much. */
async function runWithJumps(jumps: readonly number[]): Promise<{ result: Result; told: Progress[] }> {
  const given = { apps: ['koa'], endpoints: ['hello'] as const, rounds: 4, blocks: 4, warmUp: 0.1, driver: 'fake' as const }
  const options = withDefaults(given, [], 7)
  const apps = resolveApps(options.apps, folder)
  const told: Progress[] = []
  const placement = notPinned('nothing runs in a simulation')
  const opened = fakeRig(new FakeWorld({ seed: 7 }))
  const order = { options, apps, plan: planOf(options, apps), placement, opened, startedAt: new Date() }
  const { result } = await runPlan(order, {
    listener: { progress: (progress) => told.push(progress) },
    signal: new AbortController().signal,
    async roundFinished({ round }) {
      vi.setSystemTime(Date.now() + (jumps[round - 1] ?? 0))
    },
  })
  return { result, told }
}

describe('a clock that is put forward or back by an hour', () => {
  it.each([
    ['back', [-HOUR], -HOUR],
    ['forward', [HOUR], HOUR],
    ['to and fro', [HOUR, -3 * HOUR, HOUR / 2, -HOUR], -2.5 * HOUR],
  ])('%s: changes no duration and no number, and the run ends when it should', async (_how, jumps, sum) => {
    const steady = await runWithJumps([])
    vi.setSystemTime(START)
    const jumped = await runWithJumps(jumps)
    // What is known of the machine may change, such as its free memory.
    const { finishedAt, environment: _, ...rest } = jumped.result
    const { finishedAt: __, environment: ___, ...others } = steady.result
    expect(rest).toEqual(others)
    expect(jumped.told).toEqual(steady.told)
    expect(Date.parse(finishedAt)).toBe(START + sum)
  })

  it('leaves results that end before they begin, which every command reads', async () => {
    const { result } = await runWithJumps([-HOUR])
    const ended = { ...fixtureResult(), verdict: 'suspect' as const, startedAt: result.startedAt, finishedAt: result.finishedAt }
    expect(Date.parse(ended.finishedAt)).toBeLessThan(Date.parse(ended.startedAt))
    expect(parseResult(renderJson(ended), 'here')).toEqual(ended)
    expect(compareRuns(ended, fixtureResult()).cells.length).toBeGreaterThan(0)
    const run = await openRunFolder(folder, 'compare', new Date(ended.startedAt))
    await run.writeReports(ended)
    await run.close()
    await rebuildReports(run.path, { format: 'md', out: null })
    expect(readFileSync(join(run.path, 'report.md'), 'utf8')).not.toMatch(/NaN|Invalid Date|-\d+ (s|min|h)\b/)
    const { text } = await showHistory(folder, { endpoint: 'hello', out: null })
    expect(text).toContain('2026-11-21 12:00 UTC')
  })

  it('writes over no run that has the same hour in its name, and `latest` is the last one written', async () => {
    const paths: string[] = []
    // Put back and forward again, so that three runs begin in the same second.
    for (const startedAt of [START, START + HOUR, START, START - HOUR, START]) {
      const run = await openRunFolder(folder, 'compare', new Date(startedAt))
      await run.writeReports({ ...fixtureResult(), seed: paths.length })
      await run.close()
      paths.push(run.path)
    }
    expect(new Set(paths).size).toBe(paths.length)
    for (const [seed, path] of paths.entries()) expect(seedOf(path)).toBe(seed)
    expect(seedOf(join(folder, 'latest'))).toBe(paths.length - 1)
    expect(readdirSync(folder).filter((name) => name !== 'latest')).toHaveLength(paths.length)
  })
})

function seedOf(run: string): number {
  return parseResult(readFileSync(join(run, 'result.json'), 'utf8'), run).seed
}
