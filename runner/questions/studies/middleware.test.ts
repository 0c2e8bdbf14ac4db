import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadApp } from '../../../apps/create-server.ts'
import { frameworkIds } from '../../../apps/middleware/pieces.ts'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { withVerdicts } from '../../fixtures/simulated-study.ts'
import { notPinned } from '../../machine/placement.ts'
import { withDefaults } from '../../measure/options.ts'
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
    vi.stubEnv('TMPDIR', temporary)
    const call = {
      given: { apps: ['koa'], endpoints: ['hello' as const] },
      own: { pieces: ['session'], steps: ['alone'] },
      texts: { '--pieces': 'session', '--steps': 'alone' },
    }
    const { result, problem } = await measuredStudy(middleware, call, join(folder, 'out'))
    vi.unstubAllEnvs()
    expect(problem).toBeNull()
    expect(result).toMatchObject({ study: 'middleware', rounds: 1, baseline: 'node-http', options: { given: call.texts } })
    // So little warm-up may be invalid; but no answer was wrong.
    expect(result.cells.map(({ app, state }) => [app, state])).toEqual(
      ['node-http', 'koa', 'koa@bare', 'koa@session'].map((app) => [app, 'measured']),
    )
    expect(result.answer).toMatchObject({ question: middleware.question })
    const plan = planFramework('koa', ['session'], ['alone'])
    const { tables } = answerMiddleware(withVerdicts(result), [plan], (_framework, piece) => piece)
    expect(tables.map(({ rows }) => rows.length)).toEqual([3, 1])
    expect(tables[1]!.rows[0]!.at(-1)).toBeGreaterThan('set-cookie: koa.sess='.length)
    expect(readdirSync(temporary)).toEqual([])
  })
})
