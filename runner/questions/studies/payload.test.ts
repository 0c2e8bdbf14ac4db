import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { nginxForTests } from '../../fixtures/nginx.ts'
import { withDefaults } from '../../measure/options.ts'
import type { UserError } from '../../result/errors.ts'
import { Result } from '../../result/model.ts'
import { knownApps } from '../../servers/find-app.ts'
import { resolveApps } from '../resolve.ts'
import { payload, payloadApps } from './payload.ts'
import { studies } from './registry.ts'

const nginx = nginxForTests()
const KOA = fileURLToPath(new URL('../../../apps/koa/app.ts', import.meta.url))

let folder: string
const before = process.env.TMPDIR
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'payload-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the study payload', () => {
  it('is in the registry, and every app of the suite has a variant for it', () => {
    expect(studies).toContain(payload)
    expect(payloadApps()).toEqual(knownApps())
  })

  it.skipIf(nginx === null)(
    'measures short and long bodies for real, and leaves nothing behind',
    async () => {
      process.env.TMPDIR = mkdtempSync(join(folder, 'temporary-'))
      const {
        result,
        folder: written,
        problem,
      } = await measuredStudy(payload, { given: { apps: ['koa'] }, own: { sizes: [40, 100_000] } }, join(folder, 'out'))
      expect(problem).toBeNull()
      expect(result.cells.map(({ app, endpoint, state }) => `${app} ${endpoint} ${state}`)).toEqual([
        ...['node-http memory-40 measured', 'koa memory-40 measured'],
        ...['node-http memory-100000 measured', 'koa memory-100000 measured'],
        ...['node-http file-40 measured', 'koa file-40 measured', 'nginx file-40 measured'],
        ...['node-http file-100000 measured', 'koa file-100000 measured', 'nginx file-100000 measured'],
      ])
      const of = (app: string) => result.cells.find((cell) => cell.app === app)!
      expect(of('nginx').deployment).toMatchObject({ runtime: `nginx ${nginx!.version}`, proxy: null, transport: 'tcp' })
      expect(of('koa').deployment.runtime).toMatch(/^node /)
      const stored = Result.parse(JSON.parse(readFileSync(join(written!, 'result.json'), 'utf8')))
      expect(stored.answer?.question).toBe(payload.question)
      expect(readdirSync(process.env.TMPDIR)).toEqual([])
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    },
    120_000,
  )

  const prepared = (given: object, own = {}) => {
    const options = withDefaults({ ...payload.defaults, driver: 'fake', ...given }, [], 1)
    return payload.prepare(options, own, { apps: resolveApps(options.apps, '/'), placement: {} as never, remark: () => {} })
  }

  it("refuses a stranger's module in one sentence, even one that is called like an app of the suite", async () => {
    const refusal = await prepared({ apps: ['express', KOA] }).then(String, (error: UserError) => error)
    expect(refusal).toMatchObject({
      message: `the study payload cannot ask ${KOA}: it has no bodies and files of its own to send`,
      hint: "only the suite's apps have a variant for it: node-http, express, fastify, hono, koa",
      exitStatus: 2,
    })
  })

  it('needs nginx for files only, and can do without', async () => {
    expect(await payload.missing!({ frameworksOnly: true })).toBeNull()
    expect(await payload.missing!({ sources: ['memory'] })).toBeNull()
    const { plan } = await prepared({ apps: ['koa'] }, { frameworksOnly: true })
    expect(plan.deployments.map(({ id }) => id)).toEqual(['node-http', 'node-http#2', 'koa'])
  })

  it('asks for what was chosen, in its own order', async () => {
    const { plan } = await prepared({ apps: ['koa'] }, { sizes: [100_000, 40], sources: ['file'], frameworksOnly: true })
    expect(plan.endpoints).toEqual(['file-40', 'file-100000'])
    expect(plan.answers?.['file-40']).toMatchObject({ path: '/file/40.txt', contentLength: 40 })
  })
})
