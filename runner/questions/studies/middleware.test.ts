import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadApp } from '../../../apps/load-app.ts'
import { frameworkIds } from '../../../apps/middleware/pieces.ts'
import { startCommand } from '../../fixtures/command-line.ts'
import { withVerdicts } from '../../fixtures/simulated-study.ts'
import { notPinned } from '../../machine/cpus.ts'
import { withDefaults } from '../../measure/options.ts'
import { Result } from '../../result/model.ts'
import type { OwnValues } from '../question.ts'
import { resolveApps } from '../resolve.ts'
import { middleware } from './middleware.ts'
import { answerMiddleware } from './middleware-answer.ts'
import { planFramework } from './middleware-plan.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'middleware-study-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function prepare(apps: readonly string[], own: OwnValues = {}, quick = false) {
  const options = withDefaults({ apps, endpoints: ['hello'], seed: 1, quick }, [], 1)
  const remarks: string[] = []
  const context = {
    ...{ apps: resolveApps(apps, process.cwd()), placement: notPinned('a test') },
    remark: (sentence: string) => void remarks.push(sentence),
  }
  return { ...(await middleware.prepare(options, own, context)), remarks }
}

describe('the plan', () => {
  it('has bare, defaults and all pieces of every framework with --quick', async () => {
    const { plan, apps, cleanUp, remarks } = await prepare(frameworkIds, {}, true)
    const ids = plan.deployments.map(({ id }) => id)
    expect(ids).toEqual([
      ...['node-http', 'node-http#2', 'express', 'express@bare', 'express@all', 'fastify', 'fastify@bare', 'fastify@all'],
      ...['koa', 'koa@bare', 'koa@all', 'hono', 'hono@all'],
    ])
    expect(apps.map(({ id }) => id)).toEqual(ids.filter((id) => id !== 'node-http#2'))
    expect(remarks).toEqual([])
    await cleanUp!()
  })

  it('starts modules that are these apps, in a folder that is taken away', async () => {
    const { plan, cleanUp } = await prepare(['koa'], { pieces: ['log', 'cors'], steps: ['alone'] })
    const title = async (id: string) => (await loadApp(plan.deployments.find((one) => one.id === id)!.modulePath)).title
    expect(await title('koa')).toBe('Koa')
    expect(await title('koa@bare')).toBe('Koa, bare')
    expect(await title('koa@cors')).toBe('Koa with cors')
    expect(await title('koa@all')).toBe('Koa with log, cors')
    await cleanUp!()
    expect(existsSync(plan.deployments.at(-1)!.modulePath)).toBe(false)
  })

  it('says so when it has very many processes', async () => {
    const { plan, cleanUp, remarks } = await prepare(frameworkIds)
    expect(plan.deployments).toHaveLength(55 + 2)
    expect(remarks).toEqual([expect.stringMatching(/^every round runs 57 servers side by side, some \d\.\d GB of memory/)])
    await cleanUp!()
  })

  it.each([
    [
      "a stranger's module",
      ['koa', './apps/fixtures/chunked.ts'],
      {},
      /"\.\/apps\/fixtures\/chunked\.ts" cannot have middleware of ours/,
    ],
    ['a path to our own', ['./apps/koa'], {}, /"\.\/apps\/koa" cannot have middleware of ours/],
    ['the skeleton alone', ['node-http'], {}, /node-http has no middleware/],
    ['single pieces and none', ['koa'], { steps: ['alone', 'none'] }, /asks for single pieces and for none/],
  ])('refuses %s', async (_what, apps, own, message) => {
    await expect(prepare(apps, own)).rejects.toMatchObject({ exitStatus: 2, message: expect.stringMatching(message) })
  })

  it('knows its pieces and steps by name', () => {
    const [pieces, steps] = middleware.ownOptions
    expect(pieces!.parse!('log,cors,log')).toEqual(['log', 'cors'])
    expect(() => pieces!.parse!('helmet')).toThrow(/unknown piece "helmet"/)
    expect(steps!.parse!('none')).toEqual(['none'])
    expect(() => steps!.parse!('aloen')).toThrow(/unknown step "aloen"/)
  })

  it('misses nothing where npm ci has run', async () => {
    expect(await middleware.missing!({})).toBeNull()
  })
})

describe('a small run', () => {
  it('measures a piece whose answers are different every time, answers, and leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(folder, 'tmp-'))
    const { ended } = startCommand(
      [
        ...['study', 'middleware', '--apps', 'koa', '--pieces', 'session', '--steps', 'alone', '--out', 'out'],
        ...['--rounds', '2', '--blocks', '2', '--warm-up', '0.1'],
      ],
      folder,
      { undisturbed: true, env: { TMPDIR: temporary } },
    )
    const { status, stderr } = await ended
    expect(existsSync(join(folder, 'out', 'latest')), stderr).toBe(true)
    const result = Result.parse(JSON.parse(readFileSync(join(folder, 'out', 'latest', 'result.json'), 'utf8')))
    expect(result, stderr).toMatchObject({ study: 'middleware', rounds: 2, baseline: 'node-http' })
    expect(result.options.given).toMatchObject({ '--pieces': 'session', '--steps': 'alone' })
    expect(result.cells.map(({ app }) => app)).toEqual(['node-http', 'koa', 'koa@bare', 'koa@session'])
    // So little warm-up may be invalid; but no answer was wrong.
    expect(result.cells.filter(({ state }) => state === 'failed')).toEqual([])
    expect([0, 1]).toContain(status)
    expect(result.answer).toMatchObject({ question: middleware.question })
    if (result.cells.every(({ state }) => state === 'measured')) {
      const plan = planFramework('koa', ['session'], ['alone'])
      const { tables } = answerMiddleware(withVerdicts(result), [plan], (_framework, piece) => piece)
      expect(tables.map(({ rows }) => rows.length)).toEqual([3, 1])
      expect(tables[1]!.rows[0]!.at(-1)).toBeGreaterThan('set-cookie: koa.sess='.length)
    }
    expect(readdirSync(temporary)).toEqual([])
  }, 60_000)
})
