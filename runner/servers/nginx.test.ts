import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Address, formatAddress } from '../../apps/ask.ts'
import { checkContract } from '../../apps/contract.ts'
import { killableRunner, nothingLeft } from '../fixtures/killed-runner.ts'
import { nginxAlone, nginxForTests } from '../fixtures/nginx.ts'
import { processesWith } from '../fixtures/processes.ts'
import { planFor, START as START_ANYWHERE } from '../fixtures/start-app.ts'
import { placeOnCpus } from '../machine/placement.ts'
import type { Deployment, DeploymentPlan } from './deployment.ts'
import { localHost } from './local-host.ts'
import { findNginx, missingNginx, nginxConfiguration } from './nginx.ts'

const LISTEN = { transport: 'tcp', host: '127.0.0.1', port: 4711 } as const
const app = { transport: 'unix', path: '/tmp/a "b" \\ c/app.sock' } as const

describe('nginxConfiguration', () => {
  it('keeps connections to the app where it is to, as many as the clients have', () => {
    const text = nginxConfiguration({ connections: 16, serves: { apps: [app], keepAlive: true } }, LISTEN)
    expect(text).toContain('keepalive 16; keepalive_requests 1000000000; keepalive_timeout 1h; }')
    expect(text).toContain('proxy_http_version 1.1; proxy_set_header Connection "";')
  })

  it('opens one for every request where it is not', () => {
    const text = nginxConfiguration({ connections: 16, serves: { apps: [app], keepAlive: false } }, LISTEN)
    expect(text).not.toContain('keepalive 16')
    expect(text).toContain('proxy_http_version 1.0; proxy_set_header Connection close;')
  })

  it('passes on who asked, and quotes what a path may hold', () => {
    const text = nginxConfiguration({ connections: 1, serves: { apps: [app], keepAlive: true } }, LISTEN)
    expect(text).toContain('proxy_set_header X-Real-IP $remote_addr;')
    expect(text).toContain('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;')
    expect(text).toContain(String.raw`server "unix:/tmp/a \"b\" \\ c/app.sock";`)
  })

  it('is one process in the foreground that listens on loopback only and writes errors only', () => {
    const text = nginxConfiguration({ connections: 300, serves: { locations: 'location / { return 404; }' } }, LISTEN)
    expect(text).toMatch(/^daemon off;\n(#.*\n)?master_process off;\nworker_processes 1;$/m)
    expect(text).toContain('worker_connections 1264;')
    expect(text.match(/listen .*/g)).toEqual(['listen "127.0.0.1:4711" backlog=4096;'])
    expect(text).toContain('access_log off;')
    expect(text.match(/\/(?:var|etc|usr|tmp)\b/)).toBeNull()
  })
})

const apps = fileURLToPath(new URL('../../apps', import.meta.url))
const nginx = nginxForTests()
const START = { ...START_ANYWHERE, cpu: placeOnCpus().serverCpu }

/** A folder for temporary files of this test alone, so that what is left behind can be seen. */
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nginx-test-'))
  vi.stubEnv('TMPDIR', folder)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const alone = (locations?: string, more: Partial<DeploymentPlan> = {}, files?: ReadonlyMap<string, string>) =>
  planFor('nginx', { program: nginxAlone(nginx!, locations, files), ...more })
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
    const proxy = { name: 'nginx', path: nginx!.path, connections: 4, keepAlive }
    const plan = planFor(join(apps, 'koa', 'app.ts'), { transport, proxy })
    const app = await localHost.start(plan, START)
    const front = await localHost.front(app, plan, START)
    try {
      expect(await checked(front)).toEqual([])
      expect([front.address.transport, app.address.transport]).toEqual(['tcp', transport])
      const { cpuNs, proxyCpuNs } = await front.cpu()
      expect(proxyCpuNs).toBeGreaterThan(0)
      expect(cpuNs - proxyCpuNs!).toBeGreaterThan(0)
      expect([(await app.members()).length, (await front.members()).length]).toEqual([1, 2])
    } finally {
      await front.stop()
    }
    expect(await accepts(front.address)).toBe(false)
    expect(await checked(app)).toEqual([])
    await app.stop()
    expect([readdirSync(folder), ours()]).toEqual([[], []])
  })

  it('in place of an app answers hello, from a folder that nobody else can enter', async () => {
    const server = await localHost.start(alone(), START)
    expect(await checked(server, ['hello'])).toEqual([])
    expect(await localHost.describe(alone())).toEqual({ title: 'nginx', package: null, version: nginx!.version, facts: {} })
    expect((await server.cpu()).cpuNs).toBeGreaterThan(0)
    const [own] = readdirSync(folder)
    expect(statSync(join(folder, own!)).mode & 0o777).toBe(0o700)
    await server.stop()
    await server.stop()
    expect(server.ended()).not.toBeNull()
    expect([readdirSync(folder), ours()]).toEqual([[], []])
  })

  it('serves files of its folder, over a unix socket too', async () => {
    const files = new Map([['files/a/b.txt', 'of a file']])
    const plan = alone('location /a/ { root files; }', { transport: 'unix' }, files)
    const server = await localHost.start(plan, { ...START, readyPath: '/a/b.txt' })
    const file = { path: '/a/b.txt', status: 200, contentType: 'text/plain; charset=utf-8', contentLength: 9, body: 'of a file' }
    const options = { endpoints: ['file'], answers: { file }, timeoutMs: 5_000 }
    expect((await checkContract(server.address, options)).flatMap(({ violations }) => violations)).toEqual([])
    await server.stop()
    expect(ours()).toEqual([])
  })

  it('that cannot read its configuration is an error with what it says, and nothing is left', async () => {
    await expect(localHost.start(alone('loction / {}'), START)).rejects.toMatchObject({
      code: 'exited',
      message: 'nginx ended with exit code 1 before it answered',
      lastLines: expect.arrayContaining([expect.stringContaining('unknown directive "loction"')]),
    })
    expect([readdirSync(folder), ours()]).toEqual([[], []])
  })

  it('that is killed is told of', async () => {
    const server = await localHost.start(alone(), START)
    const [one] = ours().filter(({ command }) => command.startsWith('nginx'))
    process.kill(one!.pid, 'SIGKILL')
    await expect.poll(() => server.ended()).toBe('was ended by SIGKILL')
    await server.stop()
    expect([readdirSync(folder), ours()]).toEqual([[], []])
  })

  it.each([
    ['alone', {}, () => ({ program: nginxAlone(nginx!) }), 3],
    [
      'in front of an app',
      { transport: 'unix', modulePath: join(apps, 'koa', 'app.ts') },
      () => ({ proxy: { name: 'nginx', path: nginx!.path, connections: 4, keepAlive: true } }),
      4,
    ],
  ] as const)('%s ends when its runner is killed, and leaves nothing behind', async (_where, plan, ofNginx, processes) => {
    const { parent, address, family } = await killableRunner({ modulePath: 'nginx', ...plan, ...ofNginx() })
    expect(await accepts(address)).toBe(true)
    // The runner, the keeper, nginx, and the app that it stands before.
    expect(family).toHaveLength(processes)
    parent.kill('SIGKILL')
    await nothingLeft(family, folder)
    expect(await accepts(address), formatAddress(address)).toBe(false)
  })
})
