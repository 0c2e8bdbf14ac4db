import { formatAddress } from '../../apps/ask.ts'
import { RunError, UserError } from '../result/errors.ts'
import type { LoadDriver, LoadSession, LoadTarget, Pulse, PulseOrder } from './driver.ts'
import { availability, type LoadProgram, runLoadProgram } from './load-programs.ts'
import { type LoadReport, rateOf } from './program-reports.ts'

/** Load programs take whole seconds. */
const SLICE_MILLISECONDS = 1000
const BLOCKS_PER_ROUND = 2

/** A load program as a cross-check of requests per second: a whole run of it for every slice. */
export function programDriver(program: LoadProgram): LoadDriver {
  return {
    id: program.id,
    slice: { milliseconds: SLICE_MILLISECONDS, blocks: BLOCKS_PER_ROUND },
    sleeps: program.sleeps,
    wholeRuns: true,
    available: async () => availability(program),
    open: async ({ cpu }) => openSession(program, cpu),
  }
}

function openSession(program: LoadProgram, cpu: number | null): LoadSession {
  const targets = new Map<string, LoadTarget>()
  /** By target and request: what the last run has found. */
  const rates = new Map<string, number>()
  return {
    async connect(target) {
      const { address, requests, keepAlive = true } = target
      const cannot = (code: string, what: string, hint: string) => new UserError(code, `${program.id} cannot ${what}`, { hint })
      if (address.transport === 'unix') throw cannot('no-unix-sockets', 'use unix sockets', 'use --transport tcp')
      const hint = 'use --driver autocannon'
      if (requests.some(({ request }) => request !== undefined))
        throw cannot('only-get', 'send anything but GET requests without headers', hint)
      if (!keepAlive) throw cannot('only-kept', 'be asked for a new connection per request here', hint)
      targets.set(target.id, target)
    },
    async pulse({ target: id, request, milliseconds }: PulseOrder) {
      const target = targets.get(id)
      if (target === undefined) throw new RunError('load-generator', `${program.id} was not told of ${id}`)
      const { address, connections, requests } = target
      const cell = `${id} ${request}`
      const expectedRequestsPerSecond = rates.get(cell)
      const run = {
        ...{ connections, pipelining: 1, cpu, seconds: Math.max(1, Math.round(milliseconds / 1000)) },
        ...(expectedRequestsPerSecond !== undefined && { expectedRequestsPerSecond }),
      }
      const startedNs = performance.now() * 1e6
      const report = await runLoadProgram(program, `${formatAddress(address)}${requests[request]!.path}`, run)
      if (report.requests > 0) rates.set(cell, rateOf(report))
      return pulseOf(report, performance.now() * 1e6 - startedNs)
    },
    // Each process lives for one slice only, too short to be metered from outside.
    cpu: async () => null,
    residentBytes: async () => null,
    latencies: async () => [],
    close: async () => {},
  }
}

function pulseOf({ requests, durationSeconds, errors, timeouts, wrongAnswers }: LoadReport, wallNs: number): Pulse {
  const elapsedNs = durationSeconds * 1e9
  return {
    requests: requests - wrongAnswers,
    elapsedNs,
    drainNs: Math.max(0, wallNs - elapsedNs),
    steadyRequests: requests,
    steadyNs: elapsedNs,
    // What is in flight when the time is up may be dropped: up to one request per connection of a second's worth.
    drained: true,
    wrongAnswers,
    lost: errors,
    timeouts,
    reconnects: 0,
    broken: false,
    firstProblem: wrongAnswers > 0 ? 'a wrong status, or another length' : errors > 0 ? 'socket errors' : null,
    idleNs: null,
    receivedBytes: 0,
  }
}
