import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LoadTarget } from './driver.ts'
import { parseWrkReport, wrkDriver } from './wrk.ts'

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

/** Puts a program called wrk first on the PATH. */
function standIn(script: string): void {
  writeFileSync(join(folder, 'wrk'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'wrk'), 0o755)
}

async function connected() {
  const session = await wrkDriver.open({ cpu: null })
  await session.connect(target)
  return session
}

describe('the wrk driver', () => {
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
      firstProblem: 'a status that is neither 2xx nor 3xx',
    })
    expect(readFileSync(join(folder, 'called'), 'utf8')).toBe('-t1 -c12 -d1s http://127.0.0.1:4711/lookup\n')
    expect(await session.cpu()).toBeNull()
    expect(await session.latencies()).toEqual([])
  })

  it.each([
    ['prints nonsense', 'echo hello', /printed no report but: hello/],
    ['fails', 'echo no >&2; exit 3', /wrk failed: /],
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

const REPORT = `Running 1s test @ http://127.0.0.1:4711/hello
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   154.20us   60.11us   2.28ms   95.43%
    Req/Sec    51.48k     2.11k   53.27k    90.91%
  56305 requests in 1.10s, 9.45MB read
Requests/sec:  51190.11
Transfer/sec:      8.59MB
`

describe('parseWrkReport', () => {
  it('reads a clean report', () => {
    expect(parseWrkReport(REPORT)).toEqual({
      requests: 56305,
      durationSeconds: 1.1,
      socketErrors: 0,
      timeouts: 0,
      badStatuses: 0,
    })
  })

  it('reads errors', () => {
    const report = REPORT.replace(
      'Requests/sec',
      '  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 17\nRequests/sec',
    )
    expect(parseWrkReport(report)).toMatchObject({ requests: 56305, socketErrors: 4321, timeouts: 4000, badStatuses: 17 })
  })

  it.each([
    ['500.00ms', 0.5],
    ['20.00us', 2e-5],
    ['1.50m', 90],
    ['2.00h', 7200],
  ])('reads %s', (text, seconds) => {
    expect(parseWrkReport(REPORT.replace('1.10s', text))!.durationSeconds).toBeCloseTo(seconds, 12)
  })

  it.each(['', 'unable to connect to 127.0.0.1:1 Connection refused\n', 'Usage: wrk <options> <url>'])(
    'is null for %j',
    (text) => {
      expect(parseWrkReport(text)).toBeNull()
    },
  )
})
