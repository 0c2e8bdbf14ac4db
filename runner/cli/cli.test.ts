import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ended } from '../fixtures/command-line.ts'
import { readResult, readSlices, runUndisturbed } from '../fixtures/compare-command.ts'
import type { Result } from '../result/model.ts'

const appFixture = (name: string) => fileURLToPath(new URL(`../../apps/fixtures/${name}.ts`, import.meta.url))
const TINY = ['compare', '--apps', 'node-http,koa', '--endpoints', 'hello', '--rounds', '2', '--blocks', '3', '--warm-up', '0.2']
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function requestsIn(samples: readonly { requests: number }[]): number {
  return samples.reduce((sum, { requests }) => sum + requests, 0)
}

describe('a small run', () => {
  let ended: Ended & { out: string }
  let result: Result
  beforeAll(async () => {
    ended = await runUndisturbed(folder, ...TINY)
    result = readResult(ended.out)
  })

  it('writes all files of a run, and latest points to them', () => {
    const [name, ...others] = readdirSync(ended.out).filter((entry) => entry !== 'latest')
    expect(others).toEqual([])
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-compare$/)
    expect(readlinkSync(join(ended.out, 'latest'))).toContain(name)
    const files = readdirSync(join(ended.out, 'latest'))
    expect(files).toEqual(
      expect.arrayContaining(['report.html', 'report.md', 'result.json', 'rounds.jsonl.gz', 'samples.jsonl.gz', 'table.csv']),
    )
    // What is invalid is not drawn, and on a machine with other work to do all of it may be.
    const drawn = result.cells.some(({ verdict }) => verdict !== 'invalid')
    expect(files.includes('overhead-dark.svg')).toBe(drawn)
    expect(files.filter((file) => file.includes('tmp') || file.includes('probe'))).toEqual([])
    expect(readFileSync(join(ended.out, 'latest', 'report.md'), 'utf8')).toContain('Koa')
    expect(
      readFileSync(join(ended.out, 'latest', 'table.csv'), 'utf8')
        .trim()
        .split('\n').length,
    ).toBeGreaterThanOrEqual(3)
  })

  it('measures what was requested', () => {
    expect(result).toMatchObject({ format: 2, study: 'compare', rounds: 2, stoppedBecause: 'rounds', baseline: 'node-http' })
    expect(result.options).toMatchObject({
      endpoints: ['hello'],
      rounds: 2,
      blocksPerRound: 3,
      warmUpMilliseconds: 200,
      driver: 'autocannon',
    })
    expect(result.cells.map(({ app, state }) => [app, state])).toEqual([
      ['node-http', 'measured'],
      ['koa', 'measured'],
    ])
    for (const cell of result.cells) {
      if (cell.state !== 'measured') continue
      expect(cell.cost.value).toBeGreaterThan(0)
      const own = readSlices(ended.out).filter(({ deployment }) => deployment.startsWith(cell.app))
      const counted = own.filter(({ disturbance }) => disturbance === null)
      expect(cell.slices).toBe(counted.length)
      expect(cell.requests).toBe(requestsIn(counted))
      // Of disturbed blocks as well.
      expect(cell.latencyMicroseconds!.samples).toBeLessThan(requestsIn(own))
      expect(cell.latencyMicroseconds!.samples).toBeGreaterThan(0)
      expect(cell.headerBytes).toBeGreaterThan(50)
    }
    expect(result.apps.map(({ id, version }) => [id, version === null])).toEqual([
      ['node-http', true],
      ['koa', false],
    ])
    expect(result.measuredSeconds).toBeGreaterThan(0)
    expect(result.measuredSeconds).toBeLessThan(result.wallSeconds)
  })

  it('keeps every slice', () => {
    const samples = readSlices(ended.out)
    // A busy machine adds repeats of some blocks.
    const first = samples.filter(({ attempt }) => attempt === 0)
    expect(first.map(({ round }) => round)).toEqual([...Array(9).fill(1), ...Array(9).fill(2)])
    for (const id of ['node-http', 'node-http#2', 'koa']) {
      expect(first.filter(({ deployment }) => deployment === id)).toHaveLength(2 * 3)
    }
    expect(samples.length - first.length).toBe(3 * (result.blocks!.attempts - result.blocks!.planned))
  })

  it('prints the table on stdout, and on stderr one line a round, without colour', () => {
    expect(ended.stdout).toMatch(/Koa \d/)
    const lines = ended.stderr.trimEnd().split('\n')
    expect(lines.filter((line) => /^round \d of 2/.test(line))).toHaveLength(2)
    expect(lines.at(-1)).toMatch(/^written to /)
    expect(ended.stdout + ended.stderr).not.toContain('\x1b')
  })

  it('has the exit status of its verdict', () => {
    expect(ended.status).toBe(result.verdict === 'invalid' ? 1 : 0)
  })
})

describe('an app of a stranger', () => {
  it('that answers wrongly: failed with the difference shown, the others measured, exit status 1', async () => {
    const apps = `node-http,${appFixture('wrong-answers')},koa`
    const { status, stdout, out } = await runUndisturbed(
      folder,
      'compare',
      '--apps',
      apps,
      '--endpoints',
      'hello',
      '--rounds',
      '2',
      '--blocks',
      '3',
      '--warm-up',
      '0.1',
    )
    expect(status).toBe(1)
    const result = readResult(out)
    expect(result.cells.map(({ app, state }) => [app, state])).toEqual([
      ['node-http', 'measured'],
      ['wrong-answers', 'failed'],
      ['koa', 'measured'],
    ])
    const failed = result.cells[1]!
    expect(failed.findings.map(({ code }) => code)).toEqual(['contract-broken'])
    // What was expected, and what came.
    expect(failed).toMatchObject({
      reason: expect.stringMatching(/text\/plain; charset=utf-8.*text\/plain|text\/plain.*text\/plain; charset=utf-8/),
    })
    expect(stdout).toContain('wrong-answers')
    expect(stdout).toMatch(/charset=utf-8/)
    expect(result.apps.find(({ id }) => id === 'wrong-answers')).toMatchObject({
      title: 'Wrong answers',
      given: appFixture('wrong-answers'),
    })
  })
})
