import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measuredStudy } from '../../fixtures/measured-study.ts'
import { nginxForTests } from '../../fixtures/nginx.ts'
import { withDefaults } from '../../measure/options.ts'
import { readSamples } from '../../measure/records.ts'
import type { UserError } from '../../result/errors.ts'
import { Result } from '../../result/model.ts'
import { resolveApps } from '../resolve.ts'
import { studies } from './registry.ts'
import { stack } from './stack.ts'

const nginx = nginxForTests()
const KOA = fileURLToPath(new URL('../../../apps/koa/app.ts', import.meta.url))

let folder: string
const before = process.env.TMPDIR
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const prepared = (given: object, own = {}, remarks: string[] = []) => {
  const options = withDefaults({ ...stack.defaults, driver: 'fake', ...given }, [], 1)
  const context = {
    apps: resolveApps(options.apps, '/'),
    placement: {} as never,
    remark: (one: string) => void remarks.push(one),
  }
  return stack.prepare(options, own, context)
}

describe.skipIf(nginx === null)('the study stack', () => {
  it('is in the registry', () => {
    expect(studies).toContain(stack)
  })

  it('measures nothing, nginx and nginx alone for real, an app by path too, and leaves nothing behind', async () => {
    const temporary = join(folder, 'temporary')
    const out = join(folder, 'out')
    process.env.TMPDIR = mkdtempSync(temporary)
    const own = { stacks: ['nginx-tcp', 'nginx-alone'] }
    const { result, folder: written, problem } = await measuredStudy(stack, { given: { apps: [KOA] }, own }, out)
    expect(problem).toBeNull()
    const of = (app: string) => result.cells.find((cell) => cell.app === app)!
    expect(result.cells.map(({ app, state }) => `${app} ${state}`)).toEqual([
      ...['node-http@direct-tcp measured', 'koa@direct-tcp measured'],
      ...['node-http@nginx-tcp measured', 'koa@nginx-tcp measured', 'nginx@alone measured'],
    ])
    const proxied = { proxy: `nginx ${nginx!.version}`, runtime: `node ${process.version.slice(1)}` }
    expect(of('koa@nginx-tcp').deployment).toMatchObject({ ...proxied, transport: 'tcp', copies: 1 })
    expect(of('koa@direct-tcp').deployment).toMatchObject({ proxy: null, transport: 'tcp' })
    expect(of('nginx@alone').deployment).toMatchObject({ proxy: null, runtime: `nginx ${nginx!.version}` })
    const parts = new Map<string, readonly [number | null, number]>()
    for await (const { deployment, proxyCpuNs, serverCpuNs } of readSamples(join(written!, 'samples.jsonl.gz'))) {
      parts.set(deployment, [proxyCpuNs, serverCpuNs])
    }
    expect(parts.get('koa@direct-tcp')?.[0]).toBeNull()
    const [nginxNs, allNs] = parts.get('koa@nginx-tcp')!
    expect(nginxNs).toBeGreaterThan(0)
    expect(allNs).toBeGreaterThan(nginxNs!)
    const stored = Result.parse(JSON.parse(readFileSync(join(written!, 'result.json'), 'utf8')))
    expect(stored.answer?.question).toBe(stack.question)
    expect(stored.answer?.limits.length).toBeGreaterThan(0)
    expect(readdirSync(process.env.TMPDIR)).toEqual([])
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }, 120_000)

  it('refuses what makes no study, in one sentence', async () => {
    const refused = (given: object, own = {}) => prepared(given, own).then(String, ({ message }: UserError) => message)
    expect(await refused({ connections: 501 })).toBe('the study stack takes 500 connections at most, not 501')
    expect(await refused({}, { stacks: ['direct-tcp'] })).toBe('direct-tcp alone has nothing to be compared with')
    expect(await refused({ driver: 'wrk' })).toBe('wrk cannot use unix sockets')
  })

  it('leaves out nginx alone where it cannot answer, and says so', async () => {
    const remarks: string[] = []
    const { plan } = await prepared({ endpoints: ['table'] }, {}, remarks)
    expect(remarks).toEqual(['nginx alone is left out: it can only answer hello'])
    expect(plan.deployments.map(({ app }) => app)).not.toContain('nginx@alone')
  })

  it('has the stacks over one transport in one process, and the baseline’s in two', async () => {
    const { plan } = await prepared({ apps: ['koa'] })
    const processes = Map.groupBy(plan.deployments, ({ process, id }) => process ?? id)
    expect([...processes].map(([name, own]) => [name, own.length])).toEqual([
      ...[
        ['node-http@tcp', 3],
        ['node-http@tcp#2', 3],
        ['koa@tcp', 3],
        ['node-http@unix', 3],
        ['koa@unix', 3],
      ],
      ['nginx@alone', 1],
    ])
    expect(plan.baseline).toBe('node-http@direct-tcp')
  })
})

it('a study that needs nginx says how to get it', async () => {
  const missing = { ...stack, missing: async () => 'nginx is not installed; on Debian: apt-get install nginx' }
  await expect(measuredStudy(missing, {}, folder)).rejects.toMatchObject({
    message: 'the study stack cannot be run: nginx is not installed; on Debian: apt-get install nginx',
    exitStatus: 2,
  })
})
