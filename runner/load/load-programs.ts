import { type ExecFileException, execFile, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { RunError } from '../result/errors.ts'
import {
  type LoadReport,
  type ReadReport,
  readAbReport,
  readAutocannonReport,
  readH2loadReport,
  readHttperfReport,
  readWrkReport,
} from './program-reports.ts'

/** One run of a load program. */
export interface LoadRun {
  readonly connections: number
  /** Requests on their way at once on every connection; only autocannon is asked for more than one. */
  readonly pipelining: number
  /** Whole seconds. */
  readonly seconds: number
  /** The CPU that the program may use; absent or null: any. */
  readonly cpu?: number | null
  /** For a program that knows no time, only a number of requests; absent: unknown. */
  readonly expectedRequestsPerSecond?: number
}

/** A program of other people that loads one URL for a while. */
export interface LoadProgram {
  readonly id: string
  /** Debian package that brings it; null: it comes with the suite. */
  readonly debianPackage: string | null
  /** What it is started with, without its options. */
  readonly program: readonly string[]
  options(run: LoadRun): readonly string[]
  /** How it is told where to ask; absent: by a URL, last. */
  where?(url: URL): readonly string[]
  /** Prints the version, whatever status it ends with. */
  readonly version: { readonly argument: string; readonly pattern: RegExp }
  readonly read: ReadReport
  /** Between answers; one that does not is busy all the time. */
  readonly sleeps: boolean
  /** What it cannot do that matters for a comparison, as a sentence. */
  readonly cannot: string
}

/** autocannon's own command, by the Node.js that runs the suite. */
export const autocannon: LoadProgram = {
  id: 'autocannon',
  debianPackage: null,
  program: [process.execPath, createRequire(import.meta.url).resolve('autocannon'), '--json'],
  options: ({ connections, pipelining, seconds }) =>
    ['-c', connections, ...(pipelining === 1 ? [] : ['-p', pipelining]), '-d', seconds].map(String),
  version: { argument: '--version', pattern: /v(\S+)/ },
  read: readAutocannonReport,
  sleeps: true,
  cannot: 'It is written in JavaScript: a fast server is faster than it.',
}

export const wrk: LoadProgram = {
  id: 'wrk',
  debianPackage: 'wrk',
  program: ['wrk'],
  options: ({ connections, seconds }) => ['-t1', `-c${connections}`, `-d${seconds}s`],
  version: { argument: '--version', pattern: /^wrk (\S+)/m },
  read: readWrkReport,
  sleeps: true,
  cannot: 'It checks no bodies, takes 3xx for success, and drops what is on its way when its time is up.',
}

/** It keeps a record of every request, and takes the memory for all of them when it starts. */
const MOST_AB_REQUESTS = 1_000_000

export const ab: LoadProgram = {
  id: 'ab',
  debianPackage: 'apache2-utils',
  program: ['ab', '-q', '-k'],
  // -t sets a number of its own, which -n has to come after.
  options: ({ connections, seconds }) => ['-c', connections, '-t', seconds, '-n', MOST_AB_REQUESTS].map(String),
  version: { argument: '-V', pattern: /Version (\S+)/ },
  read: readAbReport,
  sleeps: true,
  cannot:
    'It speaks HTTP/1.0 with Connection: keep-alive, so many servers answer with other headers, and it compares lengths, not bodies.',
}

/** Before anything is known of a server. */
const FIRST_REQUESTS_PER_SECOND = 1_000
/** So many that all connections stand after a few milliseconds. */
const CONNECTIONS_PER_SECOND = 20_000

export const httperf: LoadProgram = {
  id: 'httperf',
  debianPackage: 'httperf',
  program: ['httperf', '--hog'],
  options({ connections, seconds, expectedRequestsPerSecond = FIRST_REQUESTS_PER_SECOND }) {
    const calls = Math.max(1, Math.round((seconds * expectedRequestsPerSecond) / connections))
    return [`--rate=${CONNECTIONS_PER_SECOND}`, `--num-conns=${connections}`, `--num-calls=${calls}`]
  },
  where: ({ hostname, port, pathname, search }) => [`--server=${hostname}`, `--port=${port}`, `--uri=${pathname}${search}`],
  version: { argument: '--version', pattern: /httperf-(\d\S*)/ },
  read: readHttperfReport,
  sleeps: false,
  cannot: 'It waits with select(2), which knows 1,024 files, checks no bodies, and is told a number of requests, not a time.',
}

export const h2load: LoadProgram = {
  id: 'h2load',
  debianPackage: 'nghttp2-client',
  program: ['h2load', '--h1', '-t1'],
  options: ({ connections, seconds }) => [`-c${connections}`, `-D${seconds}`],
  version: { argument: '--version', pattern: /nghttp2\/(\S+)/ },
  read: readH2loadReport,
  sleeps: true,
  cannot: 'It checks no bodies, and takes 3xx for success.',
}

/** As people type it: `autocannon -c 10 -d 10`; one request at a time per connection goes without saying. */
export function commandOf({ id, options }: LoadProgram, run: LoadRun): string {
  return [id, ...options(run)].join(' ')
}

/** What it is, or how it is brought here. */
export function availability({ id, debianPackage, program, version }: LoadProgram): { version: string } | { missing: string } {
  const [command, ...args] = program
  const { stdout, stderr, error } = spawnSync(command!, [...args, version.argument], { encoding: 'utf8' })
  if (error !== undefined) return { missing: `${id} is not installed; on Debian: apt-get install ${debianPackage}` }
  return { version: version.pattern.exec(stdout + stderr)?.[1] ?? 'unknown' }
}

/** @throws RunError `load-generator` when the program fails or prints no report, and when it was stopped */
export async function runLoadProgram(program: LoadProgram, url: string, run: LoadRun, signal?: AbortSignal): Promise<LoadReport> {
  const { cpu = null, seconds } = run
  const pinned = cpu === null ? [] : ['taskset', '-c', String(cpu)]
  const where = program.where?.(new URL(url)) ?? [url]
  const [command, ...args] = [...pinned, ...program.program, ...program.options(run), ...where]
  const stdout = await outputOfProgram(command!, args, seconds, signal)
  const report = program.read(stdout)
  if (report !== null) return report
  throw new RunError('load-generator', `${program.id} printed no report but: ${stdout.trim().slice(0, 200)}`)
}

/** @throws RunError `load-generator` when something went wrong in the run: its numbers compare nothing */
export function flawless(program: LoadProgram, report: LoadReport): LoadReport {
  const { requests, errors, wrongAnswers } = report
  const failed = (how: string) => new RunError('load-generator', `${program.id} ${how}`)
  if (errors > 0) throw failed(`had ${errors} connection errors`)
  if (wrongAnswers > 0) throw failed(`had ${wrongAnswers} answers with a wrong status`)
  if (requests === 0) throw failed('had no answer at all')
  return report
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
  signal?: AbortSignal,
): Promise<string> {
  const failed = (reason: string) => new RunError('load-generator', `${command} ${reason}`)
  if (signal?.aborted) throw failed('was not started: the run was stopped')
  const timeout = seconds * 1000 + EXTRA_MILLISECONDS
  const running = promisify(execFile)(command, args, { encoding: 'utf8', timeout, killSignal: 'SIGKILL' })
  const kill = () => running.child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  try {
    return (await running).stdout
  } catch (error) {
    const { killed, code, stderr, message } = error as ExecFileException & { stderr: string }
    if (killed) throw failed(signal?.aborted ? 'was stopped' : `did not end within ${timeout / 1000} s`)
    if (typeof code !== 'number') throw failed(`could not be run: ${message}`)
    const words = stderr.trim().slice(-LONGEST_PART_OF_OUTPUT)
    throw failed(`ended with exit code ${code}${words && `: ${words}`}`)
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}
