import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Address } from './address.ts'
import { fixture, isRunning, type Launched, launch, launchReady } from './fixtures/launch.ts'
import { readArguments } from './launcher-arguments.ts'
import type { ReadyMessage } from './messages.ts'
import { schedulings } from './scheduling.ts'

const folder = mkdtempSync(join(tmpdir(), 'team-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TELLS = fixture('tells-its-pid')
const CLINGS = fixture('clings-to-life')

const teamOf = (module: string, workers: number, ...more: string[]) =>
  launchReady('--module', module, '--workers', String(workers), ...more)

const processes = ({ pid, workerPids = [] }: ReadyMessage) => [pid, ...workerPids]
const survivors = (pids: readonly number[]) => pids.filter(isRunning)

/** Over a new connection. */
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

async function close({ child, ended }: Launched): Promise<void> {
  child.send({ type: 'close' })
  expect(await ended).toEqual({ code: 0, signal: null })
}

describe('a team', () => {
  it.each(schedulings)('%s: every worker is a process of its own, and they alone answer', async (scheduling) => {
    const team = await teamOf(TELLS, 2, '--scheduling', scheduling)
    const { ready } = team
    expect(new Set(processes(ready)).size).toBe(3)
    expect(ready.pid).toBe(team.child.pid)
    expect(ready).toMatchObject({ title: 'Tells its pid', address: { transport: 'tcp', host: '127.0.0.1' } })
    const answered = new Set((await Promise.all(Array.from({ length: 40 }, () => ask(ready.address)))).map(Number))
    for (const pid of answered) expect(ready.workerPids).toContain(pid)
    // With one socket for all it is for the kernel to decide who gets the connections, and that may be one of them.
    if (scheduling !== 'shared') expect(answered.size).toBe(2)
    await close(team)
    expect(survivors(processes(ready))).toEqual([])
  })

  it('may be one worker alone, behind a primary', async () => {
    const team = await teamOf(TELLS, 1)
    expect(team.ready.workerPids).toHaveLength(1)
    expect(Number(await ask(team.ready.address))).toBe(team.ready.workerPids![0])
    await close(team)
  })

  it('shares a unix socket, which goes with it', async () => {
    const path = join(folder, 'team.sock')
    const team = await teamOf(TELLS, 2, '--transport', 'unix', '--socket', path)
    const answered = [await ask(team.ready.address), await ask(team.ready.address)].map(Number)
    expect(answered.toSorted()).toEqual(team.ready.workerPids!.toSorted())
    await close(team)
    expect(existsSync(path)).toBe(false)
  })

  it('has the environment that an app alone has', async () => {
    const module = fixture('own-limits')
    const [alone, team] = [await launchReady('--module', module), await teamOf(module, 2)]
    expect(team.ready.facts).toEqual(alone.ready.facts)
    await Promise.all([close(alone), close(team)])
  })

  it('tells the CPU time of all its processes', async () => {
    const team = await teamOf(TELLS, 2)
    team.child.send({ type: 'cpu' })
    const used = await team.next()
    if (used.type !== 'cpu') throw new Error('expected an answer about CPU')
    // Three processes have started: none of them does it with less.
    expect(used.userMicroseconds).toBeGreaterThan(3 * 10_000)
    await close(team)
  })
})

describe('the end of a team', () => {
  it('comes to workers that cling to life by force', async () => {
    const team = await teamOf(CLINGS, 2)
    await close(team)
    await expect.poll(() => survivors(processes(team.ready)), { timeout: 1_000, interval: 10 }).toEqual([])
  })

  it('comes while its workers are still loading', async () => {
    const { child, ended, next } = launch('--module', fixture('never-ready'), '--workers', '1')
    child.send({ type: 'cpu' })
    expect(await next()).toMatchObject({ type: 'cpu' })
    child.send({ type: 'close' })
    expect(await ended).toEqual({ code: 0, signal: null })
  })

  it('comes within a second when its parent is killed and can tell it nothing', async () => {
    const parent = spawn(process.execPath, [fixture('parent'), '--module', CLINGS, '--workers', '2'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data))))
    const pids = processes(JSON.parse(line) as ReadyMessage)
    expect(survivors(pids)).toHaveLength(3)
    parent.kill('SIGKILL')
    await expect.poll(() => survivors(pids), { timeout: 1_000, interval: 10 }).toEqual([])
  })

  it('comes to the workers when the primary is killed', async () => {
    const { child, ready, ended } = await teamOf(TELLS, 2)
    child.kill('SIGKILL')
    expect(await ended).toMatchObject({ signal: 'SIGKILL' })
    await expect.poll(() => survivors(ready.workerPids!), { timeout: 1_000, interval: 10 }).toEqual([])
  })

  it('comes when one worker is gone, which is told', async () => {
    const { ready, next, ended, stderr } = await teamOf(TELLS, 2)
    const told = next()
    process.kill(ready.workerPids![1]!, 'SIGKILL')
    expect(await told).toEqual({ type: 'lost', reason: 'lost worker 2 of 2, which was ended by SIGKILL' })
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(stderr()).toContain('lost worker 2 of 2')
    await expect.poll(() => survivors(processes(ready)), { timeout: 1_000, interval: 10 }).toEqual([])
  })
})

describe('a team that cannot be served', () => {
  it.each([
    ['throws-in-create', 'create-failed', 'createServer() of Throws in create failed: cannot reach the database'],
    ['no-default', 'no-default-export', 'has no default export'],
    ['../../runner/fixtures/dies-at-import-app', 'worker-ended', ' ended with exit code 3 before it listened'],
  ])('%s: says what its worker says', async (name, code, sentence) => {
    const launched = launch('--module', fixture(name), '--workers', '2')
    const message = await launched.next()
    expect(message).toMatchObject({ type: 'failed', code, message: expect.stringContaining(sentence) })
    expect(await launched.ended).toEqual({ code: 1, signal: null })
  })

  it.each([
    [['--workers', '0'], '--workers takes a whole number from 1 up, not "0"'],
    [['--workers', '2', '--scheduling', 'random'], '--scheduling is one of round-robin, shared, reuse-port'],
    [['--scheduling', 'shared'], '--scheduling needs --workers'],
    [['--workers', '2', '--scheduling', 'reuse-port', '--transport', 'unix', '--socket', '/tmp/x'], 'have no reuse-port'],
  ])('with the arguments %j', (args, sentence) => {
    expect(() => readArguments(['--module', TELLS, ...args])).toThrow(sentence)
  })
})
