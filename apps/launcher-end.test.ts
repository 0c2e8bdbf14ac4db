import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { resolveApp } from './app.ts'
import { fixture, isRunning, launch, launchReady } from './fixtures/launch.ts'

const folder = mkdtempSync(join(tmpdir(), 'launcher-end-'))
afterAll(() => rmSync(folder, { recursive: true }))

const skeleton = resolveApp('node-http', folder).modulePath
let socket: string
let sockets = 0
beforeEach(() => {
  sockets += 1
  socket = join(folder, `${sockets}.sock`)
})

describe('the end of a launcher', () => {
  const endings = [
    ['told to close', (child: ChildProcess) => child.send({ type: 'close' })],
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['SIGHUP', (child: ChildProcess) => child.kill('SIGHUP')],
    ['a parent that disconnects', (child: ChildProcess) => child.disconnect()],
  ] as const

  it.each(endings)('%s: the server goes with its connections and its socket', async (_what, end) => {
    const { child, ended } = await launchReady('--module', skeleton, '--transport', 'unix', '--socket', socket)
    expect(existsSync(socket)).toBe(true)
    const connection = connect(socket)
    await once(connection, 'connect')
    // Cut off by force, a connection may end with a reset; that it ends is what counts.
    connection.on('error', () => {})
    const closed = new Promise((resolve) => connection.once('close', resolve))
    end(child)
    expect(await ended).toEqual({ code: 0, signal: null })
    await closed
    expect(existsSync(socket)).toBe(false)
  })

  it.each(endings)('%s: an app that clings to life is forced out', async (_what, end) => {
    const { child, ended } = await launchReady('--module', fixture('clings-to-life'), '--transport', 'unix', '--socket', socket)
    end(child)
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(existsSync(socket)).toBe(false)
  })

  it.each(endings)('%s: also while an app is still loading', async (_what, end) => {
    const { child, ended, next } = launch('--module', fixture('never-ready'))
    // It obeys before the app is loaded: the answer proves that the channel is up and createServer() has not returned.
    child.send({ type: 'cpu' })
    expect(await next()).toMatchObject({ type: 'cpu' })
    end(child)
    expect(await ended).toEqual({ code: 0, signal: null })
  })

  it('leaves Ctrl-C to its parent', async () => {
    const { child, next, ended } = await launchReady('--module', skeleton)
    child.kill('SIGINT')
    child.send({ type: 'cpu' })
    expect(await next()).toMatchObject({ type: 'cpu' })
    child.send({ type: 'close' })
    await ended
  })

  it('comes when its parent is killed and can tell it nothing', async () => {
    const args = ['--module', skeleton, '--transport', 'unix', '--socket', socket]
    const parent = spawn(process.execPath, [fixture('parent'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data))))
    const { pid } = JSON.parse(line) as { pid: number }
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isRunning(pid), { timeout: 2_000, interval: 20 }).toBe(false)
    expect(existsSync(socket)).toBe(false)
  })
})
