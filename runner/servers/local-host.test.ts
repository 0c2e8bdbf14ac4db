import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Address } from '../../apps/ask.ts'
import { schedulings } from '../../apps/scheduling.ts'
import { killableRunner, nothingLeft } from '../fixtures/killed-runner.ts'
import { isRunning } from '../fixtures/processes.ts'
import { appFixture, startApp } from '../fixtures/start-app.ts'
import { placeOnCpus } from '../machine/placement.ts'
import { canReadProcessTree } from '../machine/process-tree.ts'
import { allowedCpus, parseCpuList } from '../machine/topology.ts'
import { type Deployment, DeploymentError, type DeploymentPlan, type StartOptions } from './deployment.ts'
import { resolveApp } from './find-app.ts'

const skeleton = resolveApp('node-http', '/').modulePath
const ofRunner = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url))
const running: Deployment[] = []
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'servers-'))
  vi.stubEnv('TMPDIR', folder)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((deployment) => deployment.stop()))
  vi.unstubAllEnvs()
  expect(readdirSync(folder)).toEqual([])
  rmSync(folder, { recursive: true })
})

async function start(modulePath: string, more: Partial<DeploymentPlan> = {}, options: Partial<StartOptions> = {}) {
  const deployment = await startApp(modulePath, more, options)
  running.push(deployment)
  return deployment
}

async function failure(modulePath: string, more: Partial<DeploymentPlan> = {}, options: Partial<StartOptions> = {}) {
  const error = await start(modulePath, more, options).then(
    () => new Error('it started'),
    (error: unknown) => error,
  )
  if (error instanceof DeploymentError) return error
  throw error
}

function ask(address: Address, path = '/hello'): Promise<string> {
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

interface Told {
  readonly pid: number
  readonly forked: number
  readonly environment: Readonly<Record<string, string>>
}

const told = async ({ address }: Deployment) => JSON.parse(await ask(address)) as Told

describe('a server that starts', () => {
  it('answers where the runner told it to listen, on loopback', async () => {
    const deployment = await start(skeleton)
    expect(deployment.address).toMatchObject({ transport: 'tcp', host: '127.0.0.1' })
    expect(deployment.lastLines()).toEqual([])
    expect(deployment.ended()).toBeNull()
    const { listenedMilliseconds, answeredMilliseconds } = deployment.startup
    expect(listenedMilliseconds).toBeGreaterThan(0)
    expect(answeredMilliseconds).toBeGreaterThanOrEqual(listenedMilliseconds)
    expect(await ask(deployment.address, '/hello')).toBe('Hello, World!')
  })

  it('listens on a unix socket in a folder of its own, which goes with it', async () => {
    const deployment = await start(skeleton, { transport: 'unix' })
    const { address } = deployment
    if (address.transport !== 'unix') throw new Error('not a unix socket')
    expect(await ask(address)).toBe('Hello, World!')
    expect(dirname(dirname(address.path))).toBe(folder)
    expect(statSync(dirname(address.path)).mode & 0o777).toBe(0o700)
    await deployment.stop()
    expect(existsSync(dirname(address.path))).toBe(false)
  })

  it('gets nothing of the environment but a few harmless variables, its address and the padding', async () => {
    vi.stubEnv('SECRET_TOKEN', 'hunter2')
    vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=100')
    const deployment = await start(ofRunner('tells-all-app'), {}, { environmentPadding: 123 })
    const { environment } = await told(deployment)
    expect(JSON.stringify(environment)).not.toContain('hunter2')
    expect(environment).not.toHaveProperty('NODE_OPTIONS')
    const { address } = deployment
    const port = address.transport === 'tcp' ? String(address.port) : ''
    expect(environment).toMatchObject({ NODE_ENV: 'production', HOST: '127.0.0.1', PORT: port, PADDING: 'x'.repeat(123) })
    expect(dirname(environment.TMPDIR!)).toBe(folder)
  })

  it.runIf(canReadProcessTree())('has no channel to the runner: no IPC, and no pipe that anybody reads', async () => {
    const { pid, environment } = await told(await start(ofRunner('tells-all-app')))
    expect(Object.keys(environment).filter((name) => name.startsWith('NODE_CHANNEL'))).toEqual([])
    const files = [0, 1, 2].map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
    expect(files).toEqual(['/dev/null', join(environment.TMPDIR!, 'output'), join(environment.TMPDIR!, 'output')])
    const all = readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)]
      } catch {
        return []
      }
    })
    // Sockets of its own: the one that listens, and none that another process holds as well.
    const sockets = all.filter((target) => target.startsWith('socket:'))
    const ours = readdirSync('/proc/self/fd').map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`)
      } catch {
        return ''
      }
    })
    expect(sockets.filter((socket) => ours.includes(socket))).toEqual([])
  })

  const { serverCpu } = placeOnCpus()
  it.skipIf(serverCpu === null)('is pinned to its CPU, as the kernel sees it', async () => {
    const deployment = await start(skeleton, {}, { cpu: serverCpu })
    expect(deployment.facts.Cpus_allowed_list).toBe(String(serverCpu))
  })

  it('keeps the last lines it printed', async () => {
    const deployment = await start(ofRunner('tells-all-app'))
    expect(deployment.lastLines().at(-1)).toBe('line 30')
    expect(deployment.lastLines()).toHaveLength(20)
    await deployment.stop()
    expect(deployment.lastLines().at(-1)).toBe('line 30')
  })
})

describe('stopping a deployment', () => {
  it('ends it and what it forked', async () => {
    const deployment = await start(ofRunner('tells-all-app'))
    const { pid, forked } = await told(deployment)
    expect([isRunning(pid), isRunning(forked)]).toEqual([true, true])
    await deployment.stop()
    expect(isRunning(pid)).toBe(false)
    await expect.poll(() => isRunning(forked)).toBe(false)
    expect(deployment.ended()).toBe('was ended by SIGTERM')
    await deployment.stop()
  })

  it('ends one that clings to life', async () => {
    const deployment = await start(appFixture('ignores-sigterm'))
    await deployment.stop()
    expect(deployment.ended()).toBe('was ended by SIGKILL')
  })

  it('that was killed says so', async () => {
    const deployment = await start(ofRunner('tells-all-app'))
    const { pid, forked } = await told(deployment)
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => deployment.ended()).toBe('was ended by SIGKILL')
    expect(isRunning(forked)).toBe(true)
    await deployment.stop()
    await expect.poll(() => isRunning(forked)).toBe(false)
  })

  it('that died under a request leaves the reason in its last lines', async () => {
    const deployment = await start(appFixture('throws-later'))
    await expect(ask(deployment.address, '/throw')).rejects.toThrow(/socket hang up|ECONNRESET/)
    await expect.poll(() => deployment.ended()).toBe('ended with exit code 1')
    await expect.poll(() => deployment.lastLines().join('\n')).toContain('Error: thrown while answering')
  })
})

describe.runIf(canReadProcessTree())('a runner that is gone', () => {
  it('by kill -9: the app goes with what it has started, and its socket with the folder', async () => {
    const { parent, family, address } = await killableRunner({ modulePath: appFixture('forks-children'), transport: 'unix' })
    // The runner, the keeper, the server and its child.
    expect(family).toHaveLength(4)
    expect(address.transport === 'unix' && existsSync(address.path)).toBe(true)
    parent.kill('SIGKILL')
    await nothingLeft(family, folder)
  })

  it('by kill -9: several workers go with their primary', async () => {
    const team = { workers: 2, scheduling: 'round-robin' } as const
    const { parent, family } = await killableRunner({ modulePath: skeleton, transport: 'unix', team })
    // The runner, the keeper, the primary and its workers.
    expect(family).toHaveLength(5)
    parent.kill('SIGKILL')
    await nothingLeft(family, folder)
  })

  it('at once and by itself: even an app that is stopped goes, which cannot notice anything', async () => {
    const { parent, family } = await killableRunner({ modulePath: appFixture('forks-children'), transport: 'unix' })
    const stopped = family.filter(({ pid, command }) => pid !== parent.pid && !command.includes('keeper.ts'))
    for (const { pid } of stopped) process.kill(pid, 'SIGSTOP')
    parent.kill('SIGTERM')
    expect(await once(parent, 'exit')).toEqual([3, null])
    await nothingLeft(family, folder)
  })
})

describe.runIf(canReadProcessTree())('a server that leaves its process group', () => {
  it('goes all the same, and so does what it has started', async () => {
    const deployment = await start(appFixture('forks-a-session'))
    const pids = JSON.parse(await ask(deployment.address, '/pids')) as number[]
    expect(pids.map(isRunning)).toEqual([true, true])
    await deployment.stop()
    await expect.poll(() => pids.filter(isRunning)).toEqual([])
  })
})

describe.runIf(canReadProcessTree())('a deployment of several workers', () => {
  it.each(schedulings)('%s: every worker is a process of its own, and they alone answer', async (scheduling) => {
    const deployment = await start(appFixture('tells-its-pid'), { team: { workers: 2, scheduling } })
    const answered = new Set((await Promise.all(Array.from({ length: 40 }, () => ask(deployment.address)))).map(Number))
    const members = await deployment.members()
    expect(members.map(({ role }) => role)).toEqual(['primary', 'worker', 'worker'])
    for (const pid of answered) expect(isRunning(pid)).toBe(true)
    // With one socket for all it is for the kernel to decide who gets the connections, and that may be one of them.
    if (scheduling !== 'shared') expect(answered.size).toBe(2)
    await deployment.stop()
    await expect.poll(() => [...answered].filter(isRunning)).toEqual([])
  })

  const team = { workers: 2, scheduling: 'round-robin' } as const

  it('is metered as a whole, and worker by worker', async () => {
    const deployment = await start(skeleton, { team })
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
  })

  it.each(['tcp', 'unix'] as const)('tells how many connections every worker has, over %s', async (transport) => {
    const deployment = await start(skeleton, { transport, team })
    const { address } = deployment
    const sockets = Array.from({ length: 6 }, () => connect(address.transport === 'unix' ? { path: address.path } : address))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    // In turn, but a worker that has not taken its last one yet is passed over.
    const count = async () =>
      (await deployment.members({ connections: true })).reduce((sum, one) => sum + (one.connections ?? 0), 0)
    await expect.poll(count).toBe(6)
    expect((await deployment.members({ connections: true }))[0]!.connections).toBeNull()
    for (const socket of sockets) socket.destroy()
    expect((await deployment.members())[1]!.connections).toBeNull()
  })

  const allowed = allowedCpus()
  it.skipIf(allowed.length < 2)('may have several CPUs', async () => {
    const cpus = allowed.slice(0, 2)
    const deployment = await start(skeleton, { team }, { cpu: cpus })
    expect(parseCpuList(deployment.facts.Cpus_allowed_list!)).toEqual(cpus)
  })

  it('has ended when one of them has', async () => {
    const deployment = await start(appFixture('throws-later'), { team })
    await expect(ask(deployment.address, '/throw')).rejects.toThrow(/socket hang up|ECONNRESET/)
    await expect.poll(() => deployment.ended()).toBe('ended with exit code 1')
    const lines = () => deployment.lastLines().join('\n')
    await expect.poll(lines).toMatch(/^lost worker [12] of 2, which ended with exit code 1$/m)
    expect(lines()).toContain('Error: thrown while answering')
    await deployment.stop()
  })
})

describe('a server that does not come up', () => {
  it('because it ended: with its exit code and last lines, and how to start it by hand', async () => {
    const modulePath = ofRunner('dies-at-import-app')
    const error = await failure(modulePath)
    expect(error).toMatchObject({ code: 'exited', message: 'mine ended with exit code 3 before it answered' })
    expect(error.hint).toBe(`start it alone: PORT=3000 node apps/serve.ts ${modulePath}`)
    expect(error.lastLines).toEqual(['cannot read the licence'])
  })

  it('because it keeps silent: given up after its time, and ended', async () => {
    const failing = failure(appFixture('never-ready'))
    expect(await failing).toMatchObject({
      code: 'exited',
      message: 'mine ended with exit code 13 before it answered',
    })
  })

  it('because it accepts connections and never answers', async () => {
    const limits = { readyMilliseconds: 5_000, answerMilliseconds: 300 }
    expect(await failure(appFixture('clings-to-life'), {}, limits)).toMatchObject({
      code: 'not-ready',
      message: expect.stringMatching(/within 5 s: not answered within 300 ms$/),
    })
  })

  it('leaves no folder behind', async () => {
    expect(await failure(appFixture('throws-in-create'), { transport: 'unix' })).toMatchObject({ code: 'exited' })
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
    const [member] = await deployment.members()
    expect(member!.residentBytes).toBeGreaterThan(20e6)
    const shares = await deployment.cpuShares()
    expect(shares!.userNs + shares!.systemNs).toBeGreaterThan(0)
  })
})
