import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Address, formatAddress } from '../../apps/address.ts'
import { checkContract } from '../../apps/contract.ts'
import type { Deployment, DeploymentPlan } from '../deployment/deployment.ts'
import { launchedHost } from '../deployment/launched.ts'
import { placeOnCpus } from '../environment/cpus.ts'
import { nginxForTests } from '../fixtures/nginx.ts'
import { isRunning, processesWith } from '../fixtures/processes.ts'
import { findNginx, missingNginx } from './installed-nginx.ts'
import { withNginx } from './nginx-host.ts'

const apps = fileURLToPath(new URL('../../apps', import.meta.url))
const PARENT = fileURLToPath(new URL('../fixtures/nginx-parent.ts', import.meta.url))
const nginx = nginxForTests()
const START = { cpu: placeOnCpus().serverCpu, environmentPadding: 0 }

/** A folder for temporary files of this test alone, so that what is left behind can be seen. */
let folder: string
const before = process.env.TMPDIR

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nginx-test-'))
  process.env.TMPDIR = folder
})

afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  rmSync(folder, { recursive: true })
})

const planOf = (modulePath: string, of: Partial<DeploymentPlan> = {}): DeploymentPlan => ({
  ...{ id: 'one', app: 'one', modulePath, transport: 'tcp' },
  ...of,
})
const host = () => withNginx(launchedHost, nginx!, { connections: 4, files: new Map([['files/a/b.txt', 'of a file']]) })
const checked = async ({ address }: Deployment, endpoints = ['hello', 'table']) =>
  (await checkContract(address, { endpoints, timeoutMs: 5_000 })).flatMap(({ violations }) => violations)
const accepts = (address: Address) =>
  new Promise<boolean>((resolve) => {
    const socket = address.transport === 'unix' ? connect(address.path) : connect(address.port, address.host)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
const ours = () => processesWith(folder)

describe('findNginx', () => {
  it('finds none where there is none, and says how to get it', () => {
    expect(findNginx(['/nowhere/nginx', 'true'])).toBeNull()
    expect(missingNginx(null)).toBe('nginx is not installed; on Debian: apt-get install nginx')
  })
})

describe.skipIf(nginx === null)('nginx', () => {
  it.each([
    ['tcp', true],
    ['unix', false],
  ] as const)('in front of an app over %s, connections kept: %s, keeps the contract', async (transport, keepAlive) => {
    const proxy = { name: 'nginx', keepAlive }
    const plan = planOf(join(apps, 'koa', 'app.ts'), { transport, proxy })
    const app = await host().start(plan, START)
    const front = await host().front!(app, plan, START)
    try {
      expect(await checked(front)).toEqual([])
      expect([front.title, front.address.transport, app.address.transport]).toEqual(['Koa', 'tcp', transport])
      const { cpuNs, proxyCpuNs } = await front.cpu()
      expect(proxyCpuNs).toBeGreaterThan(0)
      expect(cpuNs - proxyCpuNs!).toBeGreaterThan(0)
      expect(await front.residentBytes()).toBeGreaterThan((await app.residentBytes())!)
    } finally {
      await front.stop()
    }
    expect(await accepts(front.address)).toBe(false)
    expect(await checked(app)).toEqual([])
    await app.stop()
    expect([readdirSync(folder), ours()]).toEqual([[], []])
  })

  it('in place of an app answers hello, from a folder that nobody else can enter', async () => {
    const alone = await host().start(planOf(join(apps, 'nginx', 'hello.conf')), START)
    expect(await checked(alone, ['hello'])).toEqual([])
    expect(alone).toMatchObject({ title: 'nginx', package: null, version: nginx!.version, facts: {} })
    expect((await alone.cpu()).cpuNs).toBeGreaterThan(0)
    const [own] = readdirSync(folder)
    expect(statSync(join(folder, own!)).mode & 0o777).toBe(0o700)
    await alone.stop()
    await alone.stop()
    expect(alone.ended()).not.toBeNull()
    expect([readdirSync(folder), ours()]).toEqual([[], []])
  })

  it('serves files of its folder, over a unix socket too', async () => {
    const module = join(folder, 'files.conf')
    writeFileSync(module, 'location /a/ { root files; }')
    const alone = await host().start(planOf(module, { transport: 'unix' }), START)
    const file = { path: '/a/b.txt', status: 200, contentType: 'text/plain; charset=utf-8', contentLength: 9, body: 'of a file' }
    const options = { endpoints: ['file'], answers: { file }, timeoutMs: 5_000 }
    expect((await checkContract(alone.address, options)).flatMap(({ violations }) => violations)).toEqual([])
    await alone.stop()
    expect(existsSync(module)).toBe(true)
    expect(ours()).toEqual([])
  })

  it('that cannot read its configuration is an error with what it says, and nothing is left', async () => {
    const module = join(folder, 'wrong.conf')
    writeFileSync(module, 'loction / {}')
    await expect(host().start(planOf(module), START)).rejects.toMatchObject({
      code: 'nginx-failed',
      lastLines: expect.arrayContaining([expect.stringContaining('unknown directive "loction"')]),
    })
    expect([readdirSync(folder), ours()]).toEqual([['wrong.conf'], []])
  })

  it('that is killed is told of, and takes its folder with it', async () => {
    const alone = await host().start(planOf(join(apps, 'nginx', 'hello.conf')), START)
    const [server] = ours().filter(({ command }) => command.startsWith('nginx'))
    process.kill(server!.pid, 'SIGKILL')
    await expect.poll(() => alone.ended()).toBe('ended with exit code 1')
    expect(alone.lastLines.at(-1)).toBe('nginx ended with SIGKILL')
    expect([readdirSync(folder), ours()]).toEqual([[], []])
    await alone.stop()
  })

  it('ends when its keeper is killed', async () => {
    const alone = await host().start(planOf(join(apps, 'nginx', 'hello.conf')), START)
    const [keeper] = ours().filter(({ command }) => command.includes('keeper.ts'))
    process.kill(keeper!.pid, 'SIGKILL')
    await expect.poll(() => alone.ended()).toBe('was ended by SIGKILL')
    await expect.poll(ours).toEqual([])
    await alone.stop()
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends within a second when its runner is killed, and leaves nothing behind', async () => {
    const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: parent.stdout }), 'line')
    const address = JSON.parse(line) as Address
    expect(await accepts(address)).toBe(true)
    const family = ours()
    expect(family.length).toBeGreaterThanOrEqual(2)
    parent.kill('SIGKILL')
    await expect.poll(() => family.filter(({ pid }) => isRunning(pid)).length, { timeout: 1_000 }).toBe(0)
    expect(await accepts(address), formatAddress(address)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })
})
