import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveApp } from './app.ts'
import { fixture, launch, launchReady } from './fixtures/launch.ts'
import type { FailedMessage } from './messages.ts'

const folder = mkdtempSync(join(tmpdir(), 'launcher-'))
afterAll(() => rmSync(folder, { recursive: true }))

const launcher = join(import.meta.dirname, 'launcher.ts')
const skeleton = resolveApp('node-http', folder).modulePath
const fastify = resolveApp('fastify', folder).modulePath

async function failure(...args: string[]): Promise<FailedMessage> {
  const launched = launch(...args)
  const message = await launched.next()
  expect(await launched.ended).toEqual({ code: 1, signal: null })
  return message as FailedMessage
}

describe('an app that cannot be served', () => {
  it.each([
    ['no-default', 'no-default-export', 'has no default export: it exports only app'],
    [
      'not-an-app',
      'not-an-app',
      'title must be a non-empty string; package must be the name of an npm package or null; createServer',
    ],
    ['throws-at-import', 'import-failed', 'failed: no licence key'],
    ['missing-import', 'module-not-found', 'nobody-wrote-this.ts'],
    ['throws-in-create', 'create-failed', 'createServer() of Throws in create failed: cannot reach the database'],
    ['already-listening', 'already-listening', 'is listening already'],
    ['not-a-server', 'not-a-server', 'must return a server of node:http, got a Server'],
  ])('%s: says %s', async (name, code, sentence) => {
    const message = await failure('--module', fixture(name))
    expect(message).toMatchObject({ type: 'failed', code })
    expect(message.message).toContain(sentence)
    expect(message.message).not.toContain('\n')
  })

  it('brings the stack of the error underneath', async () => {
    const { stack } = await failure('--module', fixture('throws-at-import'))
    expect(stack).toContain('fixtures/throws-at-import.ts:1')
  })

  it('is named when its module is not there', async () => {
    const module = join(folder, 'nowhere', 'app.ts')
    expect(await failure('--module', module)).toMatchObject({
      code: 'module-not-found',
      message: `there is no app module ${module}`,
    })
  })

  it('is not served on a socket that exists, which stays untouched', async () => {
    const path = join(folder, 'taken.sock')
    writeFileSync(path, 'mine')
    const message = await failure('--module', skeleton, '--transport', 'unix', '--socket', path)
    expect(message.code).toBe('listen-failed')
    expect(message.message).toContain('EADDRINUSE')
    expect(existsSync(path)).toBe(true)
  })

  it('is not served on a path too long for a socket', async () => {
    const path = join(folder, 'x'.repeat(100))
    const message = await failure('--module', skeleton, '--transport', 'unix', '--socket', path)
    expect(message.code).toBe('listen-failed')
    expect(message.message).toContain('103 bytes')
  })

  it.each([
    [[], '--module'],
    [['--module', skeleton, '--transport', 'pigeon'], 'pigeon'],
    [['--module', skeleton, '--transport', 'unix'], '--socket'],
    [['--module', skeleton, '--socket', '/tmp/x.sock'], '--transport unix'],
    [['--module', skeleton, '--colour'], '--colour'],
  ])('is not served with the arguments %j', async (args, named) => {
    const message = await failure(...args)
    expect(message.code).toBe('bad-arguments')
    expect(message.message).toContain(named)
  })
})

describe('an app that is served', () => {
  it('is announced with what it is, and its CPU time is told when asked for', async () => {
    const { child, ready, next, ended } = await launchReady('--module', fastify)
    expect(ready).toMatchObject({ title: 'Fastify', package: 'fastify', pid: child.pid, node: process.version })
    expect(ready.version).toMatch(/^5\.\d+\.\d+/)
    expect(ready.address).toMatchObject({ transport: 'tcp', host: '127.0.0.1' })

    child.send({ type: 'cpu' })
    const first = await next()
    child.send({ type: 'cpu' })
    const second = await next()
    if (first.type !== 'cpu' || second.type !== 'cpu') throw new Error('expected two answers about CPU')
    expect(first.userMicroseconds).toBeGreaterThan(1_000)
    expect(second.userMicroseconds).toBeGreaterThanOrEqual(first.userMicroseconds)
    expect(Number.isInteger(second.systemMicroseconds)).toBe(true)

    child.send({ type: 'close' })
    expect(await ended).toEqual({ code: 0, signal: null })
  })

  it('gets the common limits and production mode, whatever it set itself', async () => {
    const { child, ready, ended } = await launchReady('--module', fixture('own-limits'))
    if (ready.address.transport !== 'tcp') throw new Error('expected tcp')
    const limits = await (await fetch(`http://127.0.0.1:${ready.address.port}/`)).json()
    expect(limits).toEqual({
      keepAliveTimeout: 300_000,
      headersTimeout: 0,
      requestTimeout: 0,
      timeout: 0,
      maxRequestsPerSocket: 0,
      mode: 'production',
    })
    child.send({ type: 'close' })
    await ended
  })

  it('tells what has to be equal for all apps, as the app has left it', async () => {
    const common = {
      'Node version': process.version,
      execArgv: 'empty',
      NODE_OPTIONS: process.env.NODE_OPTIONS ?? 'not set',
      keepAliveTimeout: '300000 ms',
      headersTimeout: '0 ms',
      requestTimeout: '0 ms',
      maxRequestsPerSocket: '0',
    }
    for (const [module, mode] of [
      [fixture('own-limits'), 'production'],
      [fixture('development-mode'), 'development'],
    ] as const) {
      const { child, ready, ended } = await launchReady('--module', module)
      expect(ready.facts).toEqual({ ...common, NODE_ENV: mode })
      child.send({ type: 'close' })
      await ended
    }
  })

  it.each([
    ['/throw', 'thrown while answering'],
    ['/reject', 'rejected while answering'],
  ])('dies of an error nobody catches (%s), says so on stderr and leaves no socket', async (path, words) => {
    const socket = join(folder, 'dies.sock')
    const { ended, stderr } = await launchReady('--module', fixture('dies-on-request'), '--transport', 'unix', '--socket', socket)
    get({ socketPath: socket, path }).on('error', () => {})
    expect(await ended).toEqual({ code: 1, signal: null })
    await expect.poll(stderr).toContain(words)
    expect(existsSync(socket)).toBe(false)
  })
})

describe('a launcher by hand', () => {
  function run(...args: string[]) {
    const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (data) => {
      output.stdout += data
    })
    child.stderr.on('data', (data) => {
      output.stderr += data
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    return { child, output, ended }
  }

  it('refuses without a parent and says how it is done', async () => {
    const { output, ended } = run('--module', skeleton)
    expect(await ended).toBe(1)
    expect(output.stderr).toContain('there is none')
    expect(output.stderr).toContain('--print')
  })

  it('prints its address and stays until Ctrl-C', async () => {
    const { child, output, ended } = run('--module', skeleton, '--print')
    await expect.poll(() => output.stdout, { timeout: 5_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
    const [url] = /http:\/\/\S+/.exec(output.stdout)!
    expect(await (await fetch(`${url}/hello`)).text()).toBe('Hello, World!')
    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })

  it('prints why an app cannot be served', async () => {
    const { output, ended } = run('--module', fixture('throws-in-create'), '--print')
    expect(await ended).toBe(1)
    expect(output.stderr).toContain('cannot reach the database')
  })
})
