import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withDefaults } from '../measure/options.ts'
import { planOf, resolveApps, sliceFor } from './resolve.ts'

describe('apps of a comparison', () => {
  let cwd: string
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'apps-'))
    for (const folder of ['x/koa', 'koa-2', 'node-http']) {
      await mkdir(join(cwd, folder), { recursive: true })
      await writeFile(join(cwd, folder, 'app.ts'), 'export default {}')
    }
  })
  afterAll(() => rm(cwd, { recursive: true }))
  const ids = (...names: string[]) => resolveApps(names, cwd).map(({ id }) => id)

  it('always hold the baseline, first and once', () => {
    expect(ids('koa')).toEqual(['node-http', 'koa'])
    expect(ids('koa', 'node-http')).toEqual(['node-http', 'koa'])
  })

  it('never share a name, not even a made one', () => {
    expect(ids('koa', './x/koa/app.ts', './koa-2/app.ts')).toEqual(['node-http', 'koa', 'koa-2', 'koa-2-2'])
    expect(ids('koa', 'koa', 'koa')).toEqual(['node-http', 'koa', 'koa-2', 'koa-3'])
  })

  it('keep the suite’s baseline as the baseline when a stranger’s folder has its name', () => {
    const [baseline, stranger] = resolveApps(['./node-http/app.ts'], cwd)
    expect(baseline).toMatchObject({ id: 'node-http', given: 'node-http' })
    expect(stranger).toMatchObject({ id: 'node-http-2', given: './node-http/app.ts' })
  })

  it('that do not listen as they are asked to are refused, with the way out', async () => {
    await mkdir(join(cwd, 'program'))
    await writeFile(join(cwd, 'program', 'server.json'), '{ "title": "Mine", "command": ["./mine"] }')
    const options = withDefaults({ transport: 'unix' }, [], 1)
    const plan = () => planOf(options, resolveApps(['./program'], cwd))
    expect(plan).toThrow(expect.objectContaining({ code: 'transport-missing', hint: expect.stringContaining('--transport tcp') }))
  })

  it('may be asked for with more than a name: what they are called and how they are started', async () => {
    const small = { nodeFlags: ['--max-semi-space-size=1'], env: { A: '1' } }
    const apps = resolveApps(['koa', { app: 'koa', title: 'Koa, small heap', ...small }, { app: 'koa', node: '22' }], cwd)
    expect(apps.map(({ id }) => id)).toEqual(['node-http', 'koa', 'koa-small-heap', 'koa@node-22'])
    const { deployments } = planOf(withDefaults({ nodeFlags: ['--no-opt'] }, [], 1), apps)
    expect(deployments.find(({ app }) => app === 'koa')).toMatchObject({ nodeFlags: ['--no-opt'] })
    expect(deployments.find(({ app }) => app === 'koa-small-heap')).toMatchObject({
      nodeFlags: ['--no-opt', '--max-semi-space-size=1'],
      env: { A: '1' },
    })
  })

  it('that are programs take no flags of Node', () => {
    const program = { app: './program', nodeFlags: ['--no-opt'] }
    expect(() => resolveApps([program], cwd)).toThrow(/^\.\/program is a program, and nodeFlags is for modules$/)
  })

  it('may hold the baseline twice: a third copy', () => {
    expect(ids('node-http', 'node-http')).toEqual(['node-http', 'node-http-2'])
  })
})

it('slices are as long as the one that needs the longest does not mind', () => {
  const options = withDefaults({}, [], 1)
  const node = { id: 'a', app: 'a', modulePath: '/a.ts', transport: 'tcp' } as const
  const program = { command: ['/opt/bin/bun', 'a.js'] } as never
  const runner = { name: 'deno' } as never
  expect(sliceFor(options, [node])).toBe(20)
  expect(sliceFor(options, [node, { ...node, runner }])).toBe(100)
  expect(sliceFor(options, [node, { ...node, runner: { name: 'node', version: '20.1.0' } as never }])).toBe(100)
  expect(
    sliceFor(options, [
      { ...node, runner },
      { ...node, program },
    ]),
  ).toBe(100)
  expect(sliceFor({ ...options, slice: 7 }, [{ ...node, program }])).toBe(7)
  expect(sliceFor({ ...options, driver: 'wrk' }, [{ ...node, program }])).toBe(1000)
  expect(sliceFor(options, [{ ...node, program: { locations: '' } as never }])).toBe(20)
})
