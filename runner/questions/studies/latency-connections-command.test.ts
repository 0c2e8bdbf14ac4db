import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commandHere } from '../../fixtures/command-here.ts'
import { Result } from '../../result/model.ts'

const folder = mkdtempSync(join(tmpdir(), 'studies-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]) {
  const out = mkdtempSync(join(folder, 'out-'))
  const ended = await commandHere(['study', ...args, '--out', out], folder)
  const latest = () => readdirSync(join(out, 'latest'))
  const read = (name: string) => readFileSync(join(out, 'latest', name), 'utf8')
  return { ...ended, latest, read }
}

/** Simulated, so that nothing is measured here but the way from the command line to the files. */
const FAKE = ['--driver', 'fake', '--rounds', '2', '--blocks', '2', '--warm-up', '0.1', '--endpoints', 'hello', '--apps', 'koa']

describe('npm run study', () => {
  it('latency writes its answer into every form of a result', async () => {
    const given = ['--slice', '20', '--rate', '5000', '--load-percent', '50,80']
    const { status, stdout, stderr, latest, read } = await run('latency', ...FAKE, ...given)
    // Nothing was measured, and a simulation is invalid.
    expect(status).toBe(1)
    expect(stderr).toContain('written to ')
    expect(stdout).toContain('How long does a request take, from when it was due')
    const result = Result.parse(JSON.parse(read('result.json')))
    expect(result).toMatchObject({
      study: 'latency',
      rounds: 2,
      options: { given: { '--rate': '5000', '--load-percent': '50,80' } },
    })
    const open = result.cells.filter((cell) => cell.state === 'measured' && cell.openLoop !== undefined)
    expect(open.map(({ app }) => app)).toEqual(
      ['node-http', 'koa'].flatMap((app) => ['same-rate', '50', '80'].map((load) => `${app}@${load}`)),
    )
    expect(latest()).toEqual(expect.arrayContaining(['report.html', 'report.md', 'result.json', 'samples.jsonl.gz']))
    expect(read('report.html')).toContain('from when it was due')
    expect(read('report.md')).toContain('are not quoted: invalid (simulated)')
  })

  it('connections tells kept connections from new ones', async () => {
    const { status, stdout, read } = await run('connections', ...FAKE)
    expect(status).toBe(1)
    expect(stdout).toContain('What does a new connection for every request cost')
    const result = Result.parse(JSON.parse(read('result.json')))
    expect(result.cells.find(({ app }) => app === 'koa@new')?.load.keepAlive).toBe(false)
    expect(result.apps.map(({ id }) => id)).toContain('koa@nagle-two-writes')
  })
})
