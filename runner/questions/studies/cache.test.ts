import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCommand } from '../../fixtures/command-line.ts'
import { processesWith } from '../../fixtures/processes.ts'
import { withVerdicts } from '../../fixtures/simulated-study.ts'
import { notPinned } from '../../machine/cpus.ts'
import { withDefaults } from '../../measure/options.ts'
import { Result } from '../../result/model.ts'
import { resolveApps } from '../resolve.ts'
import { answerCache, cache } from './cache.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-study-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function prepare(apps: readonly string[], endpoints: readonly ('hello' | 'template' | 'table')[]) {
  const options = withDefaults({ apps, endpoints, transport: 'unix', seed: 1 }, [], 1)
  const context = { apps: resolveApps(apps, process.cwd()), placement: notPinned('a test'), remark: () => {} }
  return cache.prepare(options, {}, context)
}

describe('the plan', () => {
  it('has every app as it is and with its pages kept, in a process of its own each, and two skeletons', async () => {
    const { plan, apps, cleanUp } = await prepare(['koa'], ['table'])
    const modules = plan.deployments.map(({ modulePath }) => modulePath)
    expect(plan.deployments.map(({ id }) => id)).toEqual(['node-http', 'node-http#2', 'node-http@cached', 'koa', 'koa@cached'])
    expect(new Set(plan.deployments.map(({ transport }) => transport))).toEqual(new Set(['unix']))
    expect(new Set(modules).size).toBe(4)
    expect(plan).toMatchObject({ baseline: 'node-http', endpoints: ['table'] })
    expect(apps.map(({ id }) => id)).toEqual(['node-http', 'node-http@cached', 'koa', 'koa@cached'])
    expect(existsSync(modules[2]!)).toBe(true)
    await cleanUp!()
    expect(existsSync(dirname(modules[2]!))).toBe(false)
  })

  it('refuses endpoints that render nothing', async () => {
    await expect(prepare(['koa'], ['table', 'hello'])).rejects.toMatchObject({
      ...{ code: 'bad-value', exitStatus: 2, message: 'hello renders nothing that could be kept in a cache' },
      hint: '--endpoints takes template and table here',
    })
  })
})

describe('a small run', () => {
  it("measures a stranger's module with its pages kept, answers, and leaves nothing behind", async () => {
    const temporary = mkdtempSync(join(folder, 'tmp-'))
    const skeleton = fileURLToPath(new URL('../../../apps/node-http/app.ts', import.meta.url))
    writeFileSync(join(folder, 'mine.mjs'), `export { default } from ${JSON.stringify(skeleton)}\n`)
    const { ended } = startCommand(
      [
        ...['study', 'cache', '--apps', './mine.mjs', '--endpoints', 'table', '--out', 'out'],
        ...['--rounds', '2', '--blocks', '2', '--warm-up', '0.1'],
      ],
      folder,
      { undisturbed: true, env: { TMPDIR: temporary } },
    )
    const { status, stderr } = await ended
    const result = Result.parse(JSON.parse(readFileSync(join(folder, 'out', 'latest', 'result.json'), 'utf8')))
    expect(result, stderr).toMatchObject({ study: 'cache', rounds: 2, baseline: 'node-http' })
    expect(result.cells.map(({ app }) => app)).toEqual(['node-http', 'node-http@cached', 'mine', 'mine@cached'])
    // So little warm-up may be invalid.
    expect(result.cells.filter(({ state }) => state === 'failed')).toEqual([])
    expect([0, 1]).toContain(status)
    expect(result.answer).toMatchObject({ question: cache.question })
    if (result.cells.every(({ state }) => state === 'measured')) {
      expect(answerCache(withVerdicts(result), ['node-http', 'mine']).tables[0]!.rows).toHaveLength(2)
    }
    expect(readdirSync(temporary)).toEqual([])
  }, 60_000)

  it('takes its modules away when it is interrupted', async () => {
    const temporary = mkdtempSync(join(folder, 'tmp-'))
    const args = [
      'study',
      'cache',
      '--apps',
      'koa',
      '--endpoints',
      'table',
      '--rounds',
      '500',
      '--warm-up',
      '0.1',
      '--out',
      'gone',
    ]
    const { kill, ended } = startCommand(args, folder, { undisturbed: true, env: { TMPDIR: temporary } })
    try {
      const modules = () => readdirSync(temporary).flatMap((name) => readdirSync(join(temporary, name)))
      await expect.poll(modules).toEqual(['koa@cached.mjs', 'node-http@cached.mjs'])
      kill('SIGINT')
      expect((await ended).status).toBe(130)
    } finally {
      kill('SIGKILL')
    }
    expect(readdirSync(temporary)).toEqual([])
    expect(processesWith(temporary)).toEqual([])
  }, 60_000)
})
