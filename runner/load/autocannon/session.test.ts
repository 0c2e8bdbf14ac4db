import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as hdr from 'hdr-histogram-js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { familyOf, isRunning, processesWith } from '../../fixtures/processes.ts'
import { expectedRequests } from '../../fixtures/pulsed.ts'
import { type Asked, type ScriptedServer, scriptedServer } from '../../fixtures/scripted-server.ts'
import { placeOnCpus } from '../../machine/placement.ts'
import { RunError } from '../../result/errors.ts'
import type { LoadSession, Pulse } from '../driver.ts'
import { openAutocannonSession } from './session.ts'

const PROCESS = 'load/autocannon/process.ts'
const ORDER = { target: 'app', request: 0, milliseconds: 20, drainLimitMilliseconds: 500, recordLatency: true }
const answer = (asked: Asked) => asked.answer()
const sessions: LoadSession[] = []

async function open(): Promise<{ session: LoadSession; pid: number }> {
  const session = await openAutocannonSession(null)
  sessions.push(session)
  const pid = processesWith(PROCESS).find(({ parent }) => parent === process.pid)!.pid
  return { session, pid }
}

async function connected(server: ScriptedServer, connections = 3) {
  const opened = await open()
  await opened.session.connect({ id: 'app', app: 'app', address: server.address, connections, requests: expectedRequests() })
  return opened
}

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
})

describe('a load session', () => {
  it('that sleeps uses little CPU while the server is slow; one that spins uses all there is', async () => {
    const slowly = (asked: Asked) => void setTimeout(() => asked.answer(), 20)
    const shares = await Promise.all(
      [true, false].map(async (sleeps) => {
        await using server = await scriptedServer(slowly)
        const session = await openAutocannonSession(null, sleeps)
        sessions.push(session)
        await session.connect({ id: 'app', app: 'app', address: server.address, connections: 1, requests: expectedRequests() })
        // What it waited for others on a busy machine is time in which it wanted a CPU.
        const wantedNs = async () => {
          const reading = (await session.cpu())!
          const { cpuNs, runDelayNs } = reading.mainThread ?? reading
          return cpuNs + runDelayNs
        }
        const before = await wantedNs()
        const { elapsedNs } = await session.pulse({ ...ORDER, milliseconds: 300 })
        return ((await wantedNs()) - before) / elapsedNs
      }),
    )
    expect(shares[0]!).toBeLessThan(shares[1]! / 2)
  })

  it('counts in its own process what the server counts in this one', async () => {
    await using server = await scriptedServer(answer)
    const { session } = await connected(server)
    let all = 0
    for (const request of [0, 1, 2, 1]) {
      const { requests, lost, wrongAnswers } = await session.pulse({ ...ORDER, request })
      expect({ lost, wrongAnswers }).toEqual({ lost: 0, wrongAnswers: 0 })
      all += requests
      expect(server.asked.total).toBe(all)
    }
    const samples = (await session.latencies()).map(
      ({ histogram }) => hdr.decodeFromCompressedBase64(histogram, 32, false).totalCount,
    )
    expect(samples.reduce((sum, count) => sum + count)).toBe(all - 4 * 3)
  })

  it('finds the first wrong answer, after 10,000 right ones as well', async () => {
    await using server = await scriptedServer((asked) => asked.answer(asked.number > 10_000 ? 'nonsense' : undefined))
    const { session } = await connected(server)
    let right = 0
    let last: Pulse
    do {
      last = await session.pulse({ ...ORDER, milliseconds: 100 })
      right += last.requests
    } while (last.wrongAnswers === 0)
    expect(right).toBe(10_000)
    expect(last.firstProblem).toBe('the server answered with a body of 8 bytes instead of 13')
  })

  it('is connected to several deployments and pulses the one it is told to', async () => {
    await using one = await scriptedServer(answer)
    await using two = await scriptedServer(answer)
    const { session } = await connected(one)
    await session.connect({ id: 'other', app: 'other', address: two.address, connections: 2, requests: expectedRequests() })
    const { requests } = await session.pulse({ ...ORDER, target: 'other' })
    expect([one.asked.total, two.asked.total]).toEqual([0, requests])
  })

  it('never sleeps while a slice is open, and sleeps in between', async () => {
    await using server = await scriptedServer((asked) => setTimeout(() => asked.answer(), 100))
    const { session } = await connected(server, 1)
    const before = (await session.cpu())!.cpuNs
    const { elapsedNs } = await session.pulse({ ...ORDER, milliseconds: 150 })
    const used = (await session.cpu())!.cpuNs - before
    // It had nothing to do for nearly all of that time. A sleeping client would have used next to nothing.
    expect(used).toBeGreaterThan(elapsedNs * 0.2)
    const idle = (await session.cpu())!.cpuNs
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect((await session.cpu())!.cpuNs - idle).toBeLessThan(60e6)
  })

  it('says so when a server cannot be reached, and lives on', async () => {
    const gone = await scriptedServer(answer)
    await gone.kill()
    const { session } = await open()
    const target = { id: 'gone', app: 'gone', address: gone.address, connections: 2, requests: expectedRequests() }
    await expect(session.connect(target)).rejects.toMatchObject({
      name: 'RunError',
      code: 'load-generator',
      message: /ECONNREFUSED/,
    })
    await expect(session.pulse({ ...ORDER, target: 'gone' })).rejects.toThrow('not connected to gone')
    await using server = await scriptedServer(answer)
    await session.connect({ ...target, id: 'app', address: server.address })
    expect((await session.pulse(ORDER)).requests).toBeGreaterThan(0)
  })

  it('ends its process and its connections when closed', async () => {
    await using server = await scriptedServer(answer)
    const { session, pid } = await connected(server)
    expect(await session.residentBytes()).toBeGreaterThan(20e6)
    await session.close()
    expect(isRunning(pid)).toBe(false)
    await expect.poll(() => server.sockets.size).toBe(0)
    await expect(session.pulse(ORDER)).rejects.toBeInstanceOf(RunError)
  })

  const { loadCpu } = placeOnCpus()
  it.skipIf(loadCpu === null)('is pinned where it is told to be', async () => {
    const session = await openAutocannonSession(loadCpu)
    sessions.push(session)
    const { pid } = processesWith(PROCESS).find(({ parent }) => parent === process.pid)!
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toContain(`Cpus_allowed_list:\t${loadCpu}\n`)
  })
})

describe('a load process that is gone', () => {
  it('in the middle of a pulse fails that pulse and every later call', async () => {
    await using server = await scriptedServer(answer)
    const { session, pid } = await connected(server)
    const pulsing = session.pulse({ ...ORDER, milliseconds: 10_000 })
    setTimeout(() => process.kill(pid, 'SIGKILL'), 50)
    const error = {
      name: 'RunError',
      code: 'load-generator-gone',
      message: 'the load generator was ended by SIGKILL',
      exitStatus: 1,
    }
    await expect(pulsing).rejects.toMatchObject(error)
    await expect(session.pulse(ORDER)).rejects.toMatchObject(error)
    await expect(session.latencies()).rejects.toMatchObject(error)
    expect(await session.residentBytes()).toBeNull()
    expect((await session.cpu())!.cpuNs).toBeGreaterThanOrEqual(0)
  })

  it('that hangs is found out, and killed although it is stopped', async () => {
    await using server = await scriptedServer(answer)
    const { session, pid } = await connected(server)
    process.kill(pid, 'SIGSTOP')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
    try {
      const pulsing = session.pulse({ ...ORDER, milliseconds: 1, drainLimitMilliseconds: 1 })
      vi.advanceTimersByTime(6_000)
      const message = expect.stringMatching(/^the load generator did not answer "pulse" within 5\.\d+ s$/)
      await expect(pulsing).rejects.toMatchObject({ name: 'RunError', code: 'load-generator-hangs', message })
    } finally {
      vi.useRealTimers()
    }
    await session.close()
    expect(isRunning(pid)).toBe(false)
  })
})

describe('a runner that is killed', () => {
  it('takes the load process with it, even in the middle of a pulse', async () => {
    await using server = await scriptedServer(answer)
    const { address } = server
    const port = address.transport === 'tcp' ? String(address.port) : ''
    const parentScript = fileURLToPath(new URL('../../fixtures/session-parent.ts', import.meta.url))
    const parent = spawn(process.execPath, [parentScript, port], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(parent.stdout, 'data')
    const load = familyOf(parent.pid!).find(({ command }) => command.includes(PROCESS))!
    await expect.poll(() => server.asked.total).toBeGreaterThan(10)
    parent.kill('SIGKILL')
    await expect.poll(() => isRunning(load.pid)).toBe(false)
    await expect.poll(() => server.sockets.size).toBe(0)
  })
})
