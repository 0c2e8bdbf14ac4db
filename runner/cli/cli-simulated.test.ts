import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandHere } from '../fixtures/command-here.ts'
import { readResult } from '../fixtures/compare-command.ts'
import { Result } from '../result/model.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let runs = 0
async function run(...args: string[]) {
  const out = join(folder, `out-${++runs}`)
  return { ...(await commandHere(['compare', '--driver', 'fake', ...args, '--out', out], folder)), out }
}

describe('a simulated run', () => {
  it('is invalid, and says so by its exit status', async () => {
    const { status, stdout, out } = await run('--rounds', '6', '--seed', '3')
    expect(status).toBe(1)
    expect(stdout).toMatch(/nothing was measured/)
    const result = readResult(out)
    expect(result.verdict).toBe('invalid')
    expect(result.environment.cpuAccounting).toBe('simulated')
    expect(result.cells.every((cell) => cell.state === 'measured' && cell.rank === null)).toBe(true)
  })

  it('prints JSON and nothing else with --json, equal to the file, and the same for the same seed', async () => {
    const small = ['--rounds', '3', '--apps', 'koa,express', '--endpoints', 'hello']
    const both: Awaited<ReturnType<typeof run>>[] = []
    for (const seed of [7, 7, 8]) both.push(await run(...small, '--json', '--seed', String(seed)))
    const results = both.map(({ stdout, out }) => {
      const result = Result.parse(JSON.parse(stdout))
      expect(result).toEqual(readResult(out))
      return result
    })
    expect(results[0]!.cells).toEqual(results[1]!.cells)
    expect(results[0]!.cells).not.toEqual(results[2]!.cells)
  })

  it('keeps what it was asked for, and measures the same from its result alone', async () => {
    const file = join(folder, 'compare.json')
    const koa = { app: 'koa', title: 'Koa at ease', nodeFlags: ['--no-opt'], env: { A: '1' } }
    const own = { id: 'own', request: { path: '/own' }, expect: { json: { at: 1 }, mayChange: ['/at'] } }
    const options = {
      apps: ['express', koa],
      endpoints: ['hello', own],
      baseline: 'hono',
      rounds: 2,
      nodeFlags: ['--jitless'],
      seed: 5,
    }
    writeFileSync(file, JSON.stringify(options))
    const first = await run('--config', file)
    const result = readResult(first.out)
    expect(result.config).toMatchObject({ ...options, endpoints: ['hello', expect.objectContaining({ id: 'own' })] })
    expect(result.apps.find(({ id }) => id === 'koa-at-ease')).toMatchObject({
      nodeFlags: ['--jitless', '--no-opt'],
      env: { A: '1' },
    })
    expect(first.stdout).toContain('Koa at ease, --no-opt A=1')
    const again = await run('--config', join(first.out, 'latest'))
    expect(readResult(again.out)).toMatchObject({ cells: result.cells, config: result.config })
    const { stdout } = await run('--config', join(first.out, 'latest', 'result.json'), '--apps', 'koa', '--json')
    expect(Result.parse(JSON.parse(stdout)).apps.map(({ id }) => id)).toEqual(['hono', 'koa'])
  })

  it('measures the baseline even when it was not requested', async () => {
    const small = ['--rounds', '2', '--apps', 'koa', '--endpoints', 'hello']
    const { stderr, out } = await run(...small)
    expect(stderr).toContain('node-http is measured as well')
    expect(readResult(out).cells.map(({ app }) => app)).toEqual(['node-http', 'koa'])
  })
})
