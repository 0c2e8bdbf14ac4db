import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCommand } from '../../fixtures/command-line.ts'
import { Result } from '../../result/model.ts'

const STRANGER = fileURLToPath(new URL('../../../apps/fixtures/tiny-app.ts', import.meta.url))
const SMALL = ['--endpoints', 'hello', '--rounds', '2', '--blocks', '3', '--warm-up', '0.3', '--seed', '7']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sweep-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('npm run study -- sweep', () => {
  it('measures apps, a stranger among them, with every number of connections, and answers', async () => {
    const out = join(folder, 'out')
    const args = ['study', 'sweep', '--apps', `koa,${STRANGER}`, '--levels', '16,1,4', ...SMALL, '--out', out]
    const { status, stdout, stderr } = await startCommand(args, folder, { undisturbed: true }).ended
    const result = Result.parse(JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')))
    expect(stderr).not.toMatch(/this is a bug/)
    expect(result).toMatchObject({ study: 'sweep', baseline: 'node-http@16', rounds: 2 })
    expect(result.cells.map(({ app, load }) => [app, load.connections])).toEqual(
      ['node-http', 'koa', 'tiny-app'].flatMap((app) => [1, 4, 16].map((level) => [`${app}@${level}`, level])),
    )
    expect(result.cells.filter(({ state }) => state === 'failed')).toEqual([])
    // Three apps in four processes: the two copies of the baseline, which agree or do not.
    expect(result.controls.identical.length).toBeLessThanOrEqual(1)
    expect(result.options.given).toMatchObject({ '--levels': '16,1,4', '--rounds': '2', '--seed': '7' })
    expect(result.answer!.tables[0]!.columns.map(({ head }) => head)).toContain('requests/s')
    expect(stdout).toContain(result.answer!.question)
    expect(readFileSync(join(out, 'latest', 'report.md'), 'utf8')).toContain('npm run study -- sweep --apps')
    for (const file of ['report.html', 'sweep-hello.csv', 'table.csv', 'samples.jsonl.gz']) {
      expect(existsSync(join(out, 'latest', file))).toBe(true)
    }
    expect([0, 1]).toContain(status)
  }, 60_000)
})
