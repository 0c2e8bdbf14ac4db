import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Address } from '../../apps/address.ts'
import { resolveApp } from '../../apps/app.ts'
import { placeOnCpus } from '../environment/cpus.ts'
import { allowedCpus, parseCpuList } from '../environment/topology.ts'
import { survivors } from '../fixtures/command-line.ts'
import { familyOf, isRunning } from '../fixtures/processes.ts'
import { type CpuPin, type Deployment, DeploymentError, type DeploymentPlan } from './deployment.ts'
import { launchedHost } from './launched.ts'
import { canReadProcessTree } from './process-tree.ts'

const skeleton = resolveApp('node-http', '/').modulePath
const ofApps = (name: string) => fileURLToPath(new URL(`../../apps/fixtures/${name}.ts`, import.meta.url))
const ofRunner = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url))
const running: Deployment[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launched-'))
  vi.stubEnv('TMPDIR', folder)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((deployment) => deployment.stop()))
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

async function start(
  modulePath: string,
  transport: DeploymentPlan['transport'] = 'tcp',
  environmentPadding = 0,
  more: Partial<DeploymentPlan> = {},
  cpu: CpuPin = null,
): Promise<Deployment> {
  const plan = { id: 'mine', app: 'mine', modulePath, transport, ...more }
  const deployment = await launchedHost.start(plan, { cpu, environmentPadding })
  running.push(deployment)
  return deployment
}

async function failure(modulePath: string, transport: DeploymentPlan['transport'] = 'tcp'): Promise<DeploymentError> {
  const error = await start(modulePath, transport).then(
    () => new Error('it started'),
    (error: unknown) => error,
  )
  if (error instanceof DeploymentError) return error
  throw error
}

function ask(address: Address, path = '/'): Promise<string> {
  const where = address.transport === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port }
  return new Promise((resolve, reject) => {
    const request = get({ ...where, path, agent: false }, async (response) => {
      let body = ''
      for await (const part of response) body += part
      resolve(body)
    })
    request.on('error', reject)
  })
}

describe('a deployment that starts', () => {
  it('listens where it says, on loopback', async () => {
    const deployment = await start(skeleton)
    expect(deployment.address).toMatchObject({ transport: 'tcp', host: '127.0.0.1' })
    expect(deployment).toMatchObject({ title: 'node:http', package: null, version: null, lastLines: [] })
    expect(deployment.ended()).toBeNull()
    expect(await ask(deployment.address, '/hello')).toBe('Hello, World!')
  })

  it('says what is installed of its framework', async () => {
    expect(await start(resolveApp('koa', '/').modulePath)).toMatchObject({
      title: 'Koa',
      package: 'koa',
      version: expect.stringMatching(/^3\./),
    })
  })

  it('listens on a unix socket in a folder of its own, which goes with it', async () => {
    const deployment = await start(skeleton, 'unix')
    const { address } = deployment
    if (address.transport !== 'unix') throw new Error('not a unix socket')
    expect(await ask(address, '/hello')).toBe('Hello, World!')
    expect(dirname(dirname(address.path))).toBe(folder)
    expect(statSync(dirname(address.path)).mode & 0o777).toBe(0o700)
    await deployment.stop()
    expect(existsSync(dirname(address.path))).toBe(false)
  })

  it('gets nothing of the environment but a few harmless variables and the padding', async () => {
    vi.stubEnv('SECRET_TOKEN', 'hunter2')
    const deployment = await start(ofRunner('tells-all-app'), 'tcp', 123)
    const { environment } = JSON.parse(await ask(deployment.address)) as { environment: Record<string, string> }
    expect(JSON.stringify(environment)).not.toContain('hunter2')
    expect(environment).toMatchObject({ NODE_ENV: 'production', PADDING: 'x'.repeat(123) })
  })

  it('has the environment all apps have, unless it has changed it', async () => {
    const [common, own] = [await start(skeleton), await start(ofApps('development-mode'))]
    expect(common.facts).toMatchObject({ NODE_ENV: 'production', NODE_OPTIONS: 'not set', keepAliveTimeout: '300000 ms' })
    expect(own.facts).toEqual({ ...common.facts, NODE_ENV: 'development' })
  })

  const { serverCpu } = placeOnCpus()
  it.skipIf(serverCpu === null)('is pinned to its CPU, as the kernel sees it', async () => {
    const plan = { id: 'mine', app: 'mine', modulePath: skeleton, transport: 'tcp' } as const
    const deployment = await launchedHost.start(plan, { cpu: serverCpu, environmentPadding: 0 })
    running.push(deployment)
    expect(deployment.facts.Cpus_allowed_list).toBe(String(serverCpu))
  })

  it('keeps the last lines it printed', async () => {
    const deployment = await start(ofRunner('tells-all-app'))
    await expect.poll(() => deployment.lastLines.at(-1)).toBe('line 30')
    expect(deployment.lastLines).toHaveLength(20)
  })
})

describe('stopping a deployment', () => {
  it('ends it and what it forked', async () => {
    const deployment = await start(ofRunner('tells-all-app'))
    const { pid, forked } = JSON.parse(await ask(deployment.address)) as { pid: number; forked: number }
    expect([isRunning(pid), isRunning(forked)]).toEqual([true, true])
    await deployment.stop()
    expect(isRunning(pid)).toBe(false)
    await expect.poll(() => isRunning(forked), { timeout: 2_000, interval: 10 }).toBe(false)
    expect(deployment.ended()).toBe('ended with exit code 0')
    await deployment.stop()
  })

  it('ends one that clings to life', async () => {
    const deployment = await start(ofApps('clings-to-life'))
    await deployment.stop()
    expect(deployment.ended()).toMatch(/^ended with exit code 0$|^was ended by SIGKILL$/)
  })

  it('that was killed says so', async () => {
    const deployment = await start(ofRunner('tells-all-app'))
    const { pid, forked } = JSON.parse(await ask(deployment.address)) as { pid: number; forked: number }
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => deployment.ended(), { timeout: 2_000, interval: 10 }).toBe('was ended by SIGKILL')
    expect(isRunning(forked)).toBe(true)
    await deployment.stop()
    await expect.poll(() => isRunning(forked), { timeout: 2_000, interval: 10 }).toBe(false)
  })

  it('that died under a request leaves the reason in its last lines', async () => {
    const deployment = await start(ofApps('dies-on-request'))
    await expect(ask(deployment.address, '/throw')).rejects.toThrow(/socket hang up|ECONNRESET/)
    await expect.poll(() => deployment.ended(), { timeout: 2_000, interval: 10 }).toBe('ended with exit code 1')
    await expect.poll(() => deployment.lastLines.join('\n')).toContain('Error: thrown while answering')
  })
})

describe.runIf(canReadProcessTree())('a runner that is gone', () => {
  /** A runner with an app on a unix socket, in the temporary folder of this test, and everything that belongs to it. */
  const runner = async (modulePath: string) => {
    const parent = spawn(process.execPath, [ofRunner('deployment-parent'), modulePath], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [path] = (await once(parent.stdout, 'data')) as [Buffer]
    expect(existsSync(String(path).trim())).toBe(true)
    return { parent, family: familyOf(parent.pid!) }
  }
  const nothingLeft = async (family: readonly { pid: number; parent: number; command: string }[]) => {
    await expect.poll(() => survivors(family), { timeout: 5_000, interval: 20 }).toEqual([])
    await expect.poll(() => readdirSync(folder), { timeout: 5_000, interval: 20 }).toEqual([])
  }

  it('by kill -9: the app goes with what it has started, and its socket with the folder', async () => {
    const { parent, family } = await runner(ofApps('forks-children'))
    expect(family).toHaveLength(3)
    parent.kill('SIGKILL')
    await nothingLeft(family)
  })

  it('at once and by itself: even an app that is stopped goes, which cannot notice anything', async () => {
    const { parent, family } = await runner(ofApps('forks-children'))
    for (const { pid } of family) if (pid !== parent.pid) process.kill(pid, 'SIGSTOP')
    parent.kill('SIGTERM')
    expect(await once(parent, 'exit')).toEqual([3, null])
    await nothingLeft(family)
  })
})

describe.runIf(canReadProcessTree())('a deployment of several workers', () => {
  const team = { workers: 2, scheduling: 'round-robin' } as const

  it('is metered as a whole, and worker by worker', async () => {
    const deployment = await start(skeleton, 'tcp', 0, { team })
    const before = { cpu: await deployment.cpu(), members: await deployment.members(), shares: await deployment.cpuShares() }
    expect(before.members.map(({ role }) => role)).toEqual(['primary', 'worker', 'worker'])
    for (let request = 0; request < 80; request++) await ask(deployment.address, '/lookup')
    const after = { cpu: await deployment.cpu(), members: await deployment.members(), shares: await deployment.cpuShares() }
    const worked = after.members.map(({ cpuNs }, index) => cpuNs - before.members[index]!.cpuNs)
    const used = after.cpu.cpuNs - before.cpu.cpuNs
    // In ticks of 10 ms, and in nanoseconds.
    for (const ns of worked.slice(1)) expect(ns).toBeGreaterThan(0)
    expect(Math.abs(worked.reduce((sum, ns) => sum + ns, 0) - used)).toBeLessThan(0.1 * used + 60e6)
    expect(after.shares!.userNs + after.shares!.systemNs).toBeGreaterThan(before.shares!.userNs + before.shares!.systemNs)
    expect(after.cpu.workerThreads).toHaveLength(2)
    const resident = after.members.map(({ residentBytes }) => residentBytes)
    for (const bytes of resident) expect(bytes).toBeGreaterThan(20e6)
    expect(await deployment.residentBytes()).toBeGreaterThan(Math.max(...resident) * 2)
    expect(deployment.facts).toEqual((await start(skeleton)).facts)
  })

  it.each(['tcp', 'unix'] as const)('tells how many connections every worker has, over %s', async (transport) => {
    const deployment = await start(skeleton, transport, 0, { team })
    const { address } = deployment
    const sockets = Array.from({ length: 6 }, () => connect(address.transport === 'unix' ? { path: address.path } : address))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    // In turn, but a worker that has not taken its last one yet is passed over.
    const count = async () =>
      (await deployment.members({ connections: true })).reduce((sum, one) => sum + (one.connections ?? 0), 0)
    await expect.poll(count, { timeout: 5_000, interval: 20 }).toBe(6)
    expect((await deployment.members({ connections: true }))[0]!.connections).toBeNull()
    for (const socket of sockets) socket.destroy()
    expect((await deployment.members())[1]!.connections).toBeNull()
  })

  const allowed = allowedCpus()
  it.skipIf(allowed.length < 2)('may have several CPUs', async () => {
    const cpus = allowed.slice(0, 2)
    const deployment = await start(skeleton, 'tcp', 0, { team }, cpus)
    expect(parseCpuList(deployment.facts.Cpus_allowed_list!)).toEqual(cpus)
  })

  it('has ended when one of them has', async () => {
    const deployment = await start(ofApps('dies-on-request'), 'tcp', 0, { team })
    await expect(ask(deployment.address, '/throw')).rejects.toThrow(/socket hang up|ECONNRESET/)
    const reason = /^lost worker [12] of 2, which ended with exit code 1$/
    await expect.poll(() => deployment.ended(), { timeout: 5_000, interval: 10 }).toMatch(reason)
    await expect.poll(() => deployment.lastLines.join('\n')).toContain('Error: thrown while answering')
    await deployment.stop()
  })
})

describe('a deployment that does not start', () => {
  it.each([
    ['no-default', 'no-default-export', /^mine did not start: .*no-default\.ts has no default export: it exports only app$/],
    ['not-an-app', 'not-an-app', /is not an app: title must be a non-empty string/],
    ['throws-at-import', 'import-failed', /failed: no licence key$/],
    ['missing-import', 'module-not-found', /imports something that is not there/],
    ['throws-in-create', 'create-failed', /createServer\(\) of Throws in create failed: cannot reach the database$/],
    ['already-listening', 'already-listening', /is listening already$/],
    ['not-a-server', 'not-a-server', /must return a server of node:http/],
  ])('%s: %s', async (name, code, message) => {
    const error = await failure(ofApps(name))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    // One sentence, no stack; and what to do next.
    expect(error.message).not.toMatch(/\n|\bat .*:\d+:\d+/)
    expect(error.hint).toBeTruthy()
  })

  it('because it ended: with its exit code and last lines, and how to start it by hand', async () => {
    const modulePath = ofRunner('dies-at-import-app')
    const error = await failure(modulePath)
    expect(error).toMatchObject({ code: 'exited', message: 'mine ended with exit code 3 before it listened' })
    expect(error.hint).toBe(`start it alone: node apps/launcher.ts --print --module ${modulePath}`)
    expect(error.lastLines).toEqual(['cannot read the licence'])
  })

  it('because it keeps silent: given up after its time, and ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
    try {
      const failing = failure(ofApps('never-ready'))
      await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(10_000)
      expect(await failing).toMatchObject({ code: 'not-ready', message: 'mine did not listen within 10 s' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('leaves no folder of its socket behind', async () => {
    expect(await failure(ofApps('throws-in-create'), 'unix')).toMatchObject({ code: 'create-failed' })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe.runIf(canReadProcessTree())('the meters of a deployment', () => {
  it('count CPU while it is asked, and memory', async () => {
    const deployment = await start(skeleton)
    const before = await deployment.cpu()
    for (let request = 0; request < 20; request++) await ask(deployment.address, '/lookup')
    const after = await deployment.cpu()
    expect(after.cpuNs).toBeGreaterThan(before.cpuNs)
    expect(after.runDelayNs).toBeGreaterThanOrEqual(before.runDelayNs)
    expect(await deployment.residentBytes()).toBeGreaterThan(20e6)
    const shares = await deployment.cpuShares()
    expect(shares!.userNs + shares!.systemNs).toBeGreaterThan(0)
  })
})
