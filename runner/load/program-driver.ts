import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { formatAddress } from '../../apps/ask.ts'
import { RunError, UserError } from '../result/errors.ts'
import type { LoadDriver, LoadSession, LoadTarget, Pulse, PulseOrder } from './driver.ts'

const run = promisify(execFile)
/** wrk takes whole seconds. */
const SLICE_MILLISECONDS = 1000
const BLOCKS_PER_ROUND = 2
/** wrk ends by itself; if it does not, it is ended. */
const EXTRA_MILLISECONDS = 5_000

/** wrk as a cross-check of requests per second: a whole run of wrk for every slice. */
export const wrkDriver: LoadDriver = {
  id: 'wrk',
  slice: { milliseconds: SLICE_MILLISECONDS, blocks: BLOCKS_PER_ROUND },
  sleeps: true,
  async available() {
    // wrk prints its version above its usage and ends with status 1.
    const { stdout, error } = spawnSync('wrk', ['--version'], { encoding: 'utf8' })
    if (error !== undefined) return { missing: 'wrk is not installed; on Debian: apt-get install wrk' }
    return { version: /^wrk (\S+)/m.exec(stdout)?.[1] ?? 'unknown' }
  },
  open: async ({ cpu }) => openWrkSession(cpu),
}

function openWrkSession(cpu: number | null): LoadSession {
  const targets = new Map<string, LoadTarget>()
  return {
    connect: async (target) => {
      if (target.address.transport === 'unix')
        throw new UserError('no-unix-sockets', 'wrk cannot use unix sockets', { hint: 'use --transport tcp' })
      if (target.requests.some(({ request }) => request !== undefined))
        throw new UserError('only-get', 'wrk can only send GET requests without headers', { hint: 'use --driver autocannon' })
      targets.set(target.id, target)
    },
    pulse: (order) => pulse(targets.get(order.target), order, cpu),
    // Each wrk process lives for one slice only, too short to be metered from outside.
    cpu: async () => null,
    residentBytes: async () => null,
    latencies: async () => [],
    close: async () => {},
  }
}

async function pulse(target: LoadTarget | undefined, order: PulseOrder, cpu: number | null): Promise<Pulse> {
  if (target === undefined) throw new RunError('load-generator', `wrk was not told of ${order.target}`)
  const seconds = Math.max(1, Math.round(order.milliseconds / 1000))
  const url = `${formatAddress(target.address)}${target.requests[order.request]!.path}`
  const wrk = ['wrk', '-t1', `-c${target.connections}`, `-d${seconds}s`, url]
  const [command, ...args] = cpu === null ? wrk : ['taskset', '-c', String(cpu), ...wrk]
  const startedNs = performance.now() * 1e6
  const limits = { timeout: seconds * 1000 + EXTRA_MILLISECONDS, killSignal: 'SIGKILL' } as const
  const { stdout } = await run(command!, args, limits).catch((error: Error) => {
    throw new RunError('load-generator', `wrk failed: ${error.message}`)
  })
  const report = parseWrkReport(stdout)
  if (report === null) throw new RunError('load-generator', `wrk printed no report but: ${stdout.slice(0, 200)}`)
  const elapsedNs = report.durationSeconds * 1e9
  return {
    requests: report.requests - report.badStatuses,
    elapsedNs,
    drainNs: performance.now() * 1e6 - startedNs - elapsedNs,
    steadyRequests: report.requests,
    steadyNs: elapsedNs,
    // wrk drops what is in flight when its time is up: up to one request per connection of a second's worth.
    drained: true,
    wrongAnswers: report.badStatuses,
    lost: report.socketErrors,
    timeouts: report.timeouts,
    reconnects: 0,
    broken: false,
    firstProblem:
      report.badStatuses > 0 ? 'a status that is neither 2xx nor 3xx' : report.socketErrors > 0 ? 'socket errors' : null,
    idleNs: null,
    receivedBytes: 0,
  }
}

const SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 }

type WrkFigure = 'requests' | 'durationSeconds' | 'socketErrors' | 'timeouts' | 'badStatuses'

/**
 * Reads the report that wrk 4 prints; null when it is none. Socket errors are those of connecting, reading and writing, and timeouts;
 * bad statuses are all but 2xx and 3xx.
 */
export function parseWrkReport(text: string): Readonly<Record<WrkFigure, number>> | null {
  const totals = /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m|h),/m.exec(text)
  if (totals === null) return null
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)
  const [connect = 0, read = 0, write = 0, timeouts = 0] = errors === null ? [] : errors.slice(1).map(Number)
  return {
    requests: Number(totals[1]),
    durationSeconds: Number(totals[2]) * SECONDS[totals[3]!]!,
    socketErrors: connect + read + write + timeouts,
    timeouts,
    badStatuses: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
  }
}
