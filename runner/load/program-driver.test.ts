import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LoadTarget } from './driver.ts'
import { h2load, httperf, wrk } from './load-programs.ts'
import { programDriver } from './program-driver.ts'

const wrkDriver = programDriver(wrk)

const target: LoadTarget = {
  id: 'koa',
  app: 'koa',
  address: { transport: 'tcp', host: '127.0.0.1', port: 4711 },
  connections: 12,
  requests: [
    { endpoint: 'hello', path: '/hello', status: 200, body: '' },
    { endpoint: 'lookup', path: '/lookup', status: 200, body: '' },
  ],
}
const ORDER = { target: 'koa', request: 1, milliseconds: 1000, drainLimitMilliseconds: 1, recordLatency: true }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrk-'))
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Puts a program first on the PATH. */
function standIn(script: string, name = 'wrk'): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}

async function connected(driver = wrkDriver) {
  const session = await driver.open({ cpu: null })
  await session.connect(target)
  return session
}

const called = () => readFileSync(join(folder, 'called'), 'utf8')

describe('a driver by a load program', () => {
  it('says its version, or what to do when there is none', async () => {
    standIn('echo "wrk 4.1.0 [epoll] Copyright (C) 2012 Will Glozer"; exit 1')
    expect(await wrkDriver.available()).toEqual({ version: '4.1.0' })
    vi.stubEnv('PATH', join(folder, 'empty'))
    expect(await wrkDriver.available()).toEqual({ missing: expect.stringContaining('apt-get install wrk') })
  })

  it('runs wrk once for a slice and takes its counts', async () => {
    standIn(`echo "$@" > "${folder}/called"
      echo "  500 requests in 1.25s, 1MB read"
      echo "  Socket errors: connect 1, read 0, write 0, timeout 2"
      echo "  Non-2xx or 3xx responses: 7"`)
    const session = await connected()
    expect(await session.pulse(ORDER)).toMatchObject({
      requests: 493,
      elapsedNs: 1.25e9,
      wrongAnswers: 7,
      lost: 3,
      timeouts: 2,
      idleNs: null,
      firstProblem: 'a wrong status, or another length',
    })
    expect(called()).toBe('-t1 -c12 -d1s http://127.0.0.1:4711/lookup\n')
    expect(await session.cpu()).toBeNull()
    expect(await session.latencies()).toEqual([])
  })

  it('asks for as many requests as the last run says fit into the time, where a program is told a number', async () => {
    standIn(
      `echo "$@" >> "${folder}/called"
      echo "Total: connections 12 requests 24000 replies 24000 test-duration 2.000 s"`,
      'httperf',
    )
    const session = await connected(programDriver(httperf))
    await session.pulse(ORDER)
    await session.pulse(ORDER)
    const words = '--hog --rate=20000 --num-conns=12'
    const where = '--server=127.0.0.1 --port=4711 --uri=/lookup'
    expect(called()).toBe(`${words} --num-calls=83 ${where}\n${words} --num-calls=1000 ${where}\n`)
  })

  it.each([
    ['another connection for every request', { keepAlive: false }],
    ['a header', { requests: [{ ...target.requests[0]!, request: { headers: { accept: '*/*' } } }] }],
  ] as const)('refuses %s as a mistake of the call', async (_what, more) => {
    const session = await programDriver(h2load).open({ cpu: null })
    await expect(session.connect({ ...target, ...more } as LoadTarget)).rejects.toMatchObject({
      name: 'UserError',
      exitStatus: 2,
    })
  })

  it.each([
    ['prints nonsense', 'echo hello', /printed no report but: hello/],
    ['fails', 'echo no >&2; exit 3', /wrk ended with exit code 3: no/],
  ])('reports a wrk that %s as a failure of the load generator', async (_what, script, message) => {
    standIn(script)
    const session = await connected()
    await expect(session.pulse(ORDER)).rejects.toMatchObject({
      name: 'RunError',
      code: 'load-generator',
      message: expect.stringMatching(message),
    })
  })

  it('refuses unix sockets as a mistake of the call', async () => {
    const session = await wrkDriver.open({ cpu: null })
    const connecting = session.connect({ ...target, address: { transport: 'unix', path: '/tmp/app.sock' } })
    await expect(connecting).rejects.toMatchObject({ name: 'UserError', exitStatus: 2, hint: 'use --transport tcp' })
  })

  it('knows only what it was connected to', async () => {
    const session = await connected()
    await expect(session.pulse({ ...ORDER, target: 'express' })).rejects.toThrow(/express/)
  })
})
