import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { appFixture } from '../../fixtures/start-app.ts'
import { sweep } from './sweep.ts'

it('the study sweep measures apps, a stranger among them, with every number of connections, and answers', async () => {
  const out = mkdtempSync(join(tmpdir(), 'sweep-'))
  onTestFinished(() => rmSync(out, { recursive: true }))
  const given = { apps: ['koa', appFixture('tiny-app')], endpoints: ['hello' as const] }
  const call = { given, own: { levels: [16, 1, 4] }, texts: { '--apps': 'koa,tiny-app', '--levels': '16,1,4' } }
  const { result, folder, problem } = await measuredStudy(sweep, call, out)
  expect(problem).toBeNull()
  expect(result).toMatchObject({ study: 'sweep', baseline: 'node-http@16', rounds: 1, options: { given: call.texts } })
  expect(result.cells.map(({ app, load }) => [app, load.connections])).toEqual(
    ['node-http', 'koa', 'tiny-app'].flatMap((app) => [1, 4, 16].map((level) => [`${app}@${level}`, level])),
  )
  expect(result.cells.filter(({ state }) => state === 'failed')).toEqual([])
  // Three apps in four processes: the two copies of the baseline, which agree or do not.
  expect(result.controls.identical.length).toBeLessThanOrEqual(1)
  expect(result.answer!.tables[0]!.columns.map(({ head }) => head)).toContain('requests/s')
  expect(readFileSync(join(folder!, 'report.md'), 'utf8')).toContain('npm run study -- sweep --apps')
  for (const file of ['report.html', 'sweep-hello.csv', 'table.csv', 'samples.jsonl.gz']) {
    expect(existsSync(join(folder!, file))).toBe(true)
  }
})
