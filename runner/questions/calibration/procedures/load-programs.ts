import { createRequire } from 'node:module'
import { parseWrkReport } from '../../../load/wrk.ts'
import { RunError } from '../../../result/errors.ts'
import { parseAutocannonReport } from './autocannon-output.ts'
import { runProgram } from './program.ts'

/** One run of a load program. */
export interface LoadShape {
  readonly connections: number
  /** Requests on their way at once on every connection. */
  readonly pipelining: number
  /** Whole seconds. */
  readonly seconds: number
  /** The CPU that the program may use; absent or null: any. */
  readonly cpu?: number | null
}

/** What a load program says of one run. */
export interface LoadReport {
  readonly requestsPerSecond: number
  /** Answered requests, as the program has counted them. */
  readonly requests: number
}

/**
 * Loads one URL for a while.
 * @throws RunError when the program fails or was not answered properly
 */
export type LoadProgram = (url: string, shape: LoadShape, signal: AbortSignal) => Promise<LoadReport>

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon')

/** The command as people type it: `autocannon -c 10 -d 10`; one request at a time per connection goes without saying. */
export function autocannonCommand({ connections, pipelining, seconds }: LoadShape): string[] {
  return ['-c', String(connections), ...(pipelining === 1 ? [] : ['-p', String(pipelining)]), '-d', String(seconds)]
}

/** autocannon's own command, by the Node.js that runs the suite. */
export const runAutocannon: LoadProgram = async (url, shape, signal) => {
  const args = [AUTOCANNON, ...autocannonCommand(shape), '--json', url]
  const [command, ...more] = [...pinned(shape), process.execPath, ...args]
  const stdout = await runProgram(command!, more, shape.seconds, signal)
  const report = parseAutocannonReport(stdout)
  if (report === null) throw noReport('autocannon', stdout)
  return clean('autocannon', report.errors, report)
}

/** `-t1 -c10 -d10s`: wrk knows no pipelining. */
export function wrkCommand({ connections, seconds }: LoadShape): string[] {
  return ['-t1', `-c${connections}`, `-d${seconds}s`]
}

export const runWrk: LoadProgram = async (url, shape, signal) => {
  const [command, ...args] = [...pinned(shape), 'wrk', ...wrkCommand(shape), url]
  const stdout = await runProgram(command!, args, shape.seconds, signal)
  const report = parseWrkReport(stdout)
  if (report === null) throw noReport('wrk', stdout)
  const { requests, durationSeconds } = report
  return clean('wrk', report.socketErrors, { ...report, requestsPerSecond: requests / durationSeconds })
}

function pinned({ cpu = null }: LoadShape): string[] {
  return cpu === null ? [] : ['taskset', '-c', String(cpu)]
}

function noReport(program: string, stdout: string): RunError {
  return new RunError('load-generator', `${program} printed no report but: ${stdout.trim().slice(0, 200)}`)
}

/** Numbers of a run in which something went wrong compare nothing. */
function clean(program: string, errors: number, report: LoadReport & { readonly badStatuses: number }): LoadReport {
  const { requests, badStatuses, requestsPerSecond } = report
  if (errors > 0) throw new RunError('load-generator', `${program} had ${errors} connection errors`)
  if (badStatuses > 0) throw new RunError('load-generator', `${program} had ${badStatuses} answers with a wrong status`)
  if (requests === 0) throw new RunError('load-generator', `${program} had no answer at all`)
  return { requestsPerSecond, requests }
}
