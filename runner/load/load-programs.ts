import { type ExecFileException, execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { z } from 'zod'
import { parseWrkReport } from '../../load/wrk.ts'
import { RunError } from '../../result/errors.ts'

/** One run of a load program. */
export interface LoadShape {
  readonly connections: number
  /** Requests on their way at once on every connection; wrk knows no pipelining. */
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
  /** Connection errors, and requests that were not answered in time. */
  readonly errors: number
  /** Answers with a status outside 2xx. */
  readonly badStatuses: number
}

export type LoadProgram = ReturnType<typeof loadProgram>

/** autocannon's own command, by the Node.js that runs the suite. */
export const autocannon = loadProgram(
  'autocannon',
  [process.execPath, createRequire(import.meta.url).resolve('autocannon'), '--json'],
  ({ connections, pipelining, seconds }) => {
    return ['-c', connections, ...(pipelining === 1 ? [] : ['-p', pipelining]), '-d', seconds].map(String)
  },
  parseAutocannonReport,
)

export const wrk = loadProgram(
  'wrk',
  ['wrk'],
  ({ connections, seconds }) => ['-t1', `-c${connections}`, `-d${seconds}s`],
  (text) => {
    const report = parseWrkReport(text)
    if (report === null) return null
    const { requests, durationSeconds, socketErrors, badStatuses } = report
    return { requestsPerSecond: requests / durationSeconds, requests, errors: socketErrors, badStatuses }
  },
)

/** A program that loads one URL for a while. */
function loadProgram(
  name: string,
  program: readonly string[],
  options: (shape: LoadShape) => string[],
  parse: (stdout: string) => LoadReport | null,
) {
  return {
    /** As people type it: `autocannon -c 10 -d 10`; one request at a time per connection goes without saying. */
    command: (shape: LoadShape) => [name, ...options(shape)].join(' '),
    /** @throws RunError when the program fails or was not answered properly */
    async run(url: string, shape: LoadShape, signal: AbortSignal): Promise<LoadReport> {
      const { cpu = null, seconds } = shape
      const pinned = cpu === null ? [] : ['taskset', '-c', String(cpu)]
      const [command, ...args] = [...pinned, ...program, ...options(shape), url]
      const stdout = await outputOfProgram(command!, args, seconds, signal)
      const report = parse(stdout)
      const failed = (how: string) => new RunError('load-generator', `${name} ${how}`)
      if (report === null) throw failed(`printed no report but: ${stdout.trim().slice(0, 200)}`)
      // Numbers of a run in which something went wrong compare nothing.
      const { requests, errors, badStatuses } = report
      if (errors > 0) throw failed(`had ${errors} connection errors`)
      if (badStatuses > 0) throw failed(`had ${badStatuses} answers with a wrong status`)
      if (requests === 0) throw failed('had no answer at all')
      return report
    },
  }
}

const AutocannonReport = z.object({
  /** The average that its table shows as Req/Sec: over the seconds of the run. */
  requests: z.object({ average: z.number(), total: z.int() }),
  errors: z.int(),
  non2xx: z.int(),
})

/** Reads the line of JSON that autocannon 9 prints; null when there is none. */
export function parseAutocannonReport(text: string): LoadReport | null {
  try {
    const line = text.split('\n').findLast((one) => one.startsWith('{')) ?? ''
    const { requests, errors, non2xx } = AutocannonReport.parse(JSON.parse(line))
    return { requestsPerSecond: requests.average, requests: requests.total, errors, badStatuses: non2xx }
  } catch {
    return null
  }
}

/** How much longer than it should a program may take until it is ended. */
const EXTRA_MILLISECONDS = 10_000
const LONGEST_PART_OF_OUTPUT = 300

/**
 * Runs a program to its end and returns what it wrote to stdout. It is killed when the signal aborts or when it takes far too long, and
 * has ended when this settles.
 * @param seconds how long it should take
 * @throws RunError when it cannot be started, fails or was killed; its last words are in the message
 */
export async function outputOfProgram(
  command: string,
  args: readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<string> {
  const failed = (reason: string) => new RunError('program-failed', `${command} ${reason}`)
  if (signal.aborted) throw failed('was not started: the calibration was stopped')
  const timeout = seconds * 1000 + EXTRA_MILLISECONDS
  const running = promisify(execFile)(command, args, { encoding: 'utf8', timeout, killSignal: 'SIGKILL' })
  const kill = () => running.child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  try {
    return (await running).stdout
  } catch (error) {
    const { killed, code, stderr, message } = error as ExecFileException & { stderr: string }
    if (killed) throw failed(signal.aborted ? 'was stopped' : `did not end within ${timeout / 1000} s`)
    if (typeof code !== 'number') throw failed(`could not be run: ${message}`)
    const words = stderr.trim().slice(-LONGEST_PART_OF_OUTPUT)
    throw failed(`ended with exit code ${code}${words && `: ${words}`}`)
  } finally {
    signal.removeEventListener('abort', kill)
  }
}
