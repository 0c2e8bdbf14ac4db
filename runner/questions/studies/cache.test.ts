import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { processesWith } from '../../fixtures/processes.ts'
import { withVerdicts } from '../../fixtures/simulated-study.ts'
import { notPinned } from '../../machine/placement.ts'
import { withDefaults } from '../../measure/options.ts'
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
    vi.stubEnv('TMPDIR', temporary)
    const given = { apps: [join(folder, 'mine.mjs')], endpoints: ['table' as const] }
    const { result, problem } = await measuredStudy(cache, { given }, join(folder, 'out'))
    vi.unstubAllEnvs()
    expect(problem).toBeNull()
    expect(result).toMatchObject({ study: 'cache', rounds: 1, baseline: 'node-http' })
    // So little warm-up may be invalid.
    expect(result.cells.map(({ app, state }) => [app, state])).toEqual(
      ['node-http', 'node-http@cached', 'mine', 'mine@cached'].map((app) => [app, 'measured']),
    )
    expect(result.answer).toMatchObject({ question: cache.question })
    expect(answerCache(withVerdicts(result), ['node-http', 'mine']).tables[0]!.rows).toHaveLength(2)
    expect(readdirSync(temporary)).toEqual([])
    expect(processesWith(temporary)).toEqual([])
  })
})
