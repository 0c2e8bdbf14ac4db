import { z } from 'zod'

/** What a load program says of one run. */
export interface LoadReport {
  /** Answered requests, as the program has counted them, whatever their status. */
  readonly requests: number
  readonly durationSeconds: number
  /** Connections that could not be opened or broke, and requests that were not answered in time. */
  readonly errors: number
  /** Those of them that were not answered in time; 0 where the program does not tell them apart. */
  readonly timeouts: number
  /** Answers with a status that the program takes for a failure, or of another length than the first, where it looks at lengths. */
  readonly wrongAnswers: number
}

/** Reads a program's report; null: it is none. */
export type ReadReport = (stdout: string) => LoadReport | null

const AutocannonReport = z.object({
  /** The average that its table shows as Req/Sec: over the seconds of the run. */
  requests: z.object({ average: z.number(), total: z.int() }),
  errors: z.int(),
  timeouts: z.int(),
  non2xx: z.int(),
})

/** The line of JSON that autocannon 9 prints. Its duration is the one that its average is over. */
export const readAutocannonReport: ReadReport = (text) => {
  try {
    const line = text.split('\n').findLast((one) => one.startsWith('{')) ?? ''
    const { requests, errors, timeouts, non2xx } = AutocannonReport.parse(JSON.parse(line))
    const durationSeconds = requests.total === 0 ? 0 : requests.total / requests.average
    return { requests: requests.total, durationSeconds, errors, timeouts, wrongAnswers: non2xx }
  } catch {
    return null
  }
}

const SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 }

/** wrk 4. Socket errors are those of connecting, reading and writing, and timeouts; wrong are all statuses but 2xx and 3xx. */
export const readWrkReport: ReadReport = (text) => {
  const totals = /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m|h),/m.exec(text)
  if (totals === null) return null
  const [connect = 0, read = 0, write = 0, timeouts = 0] = numbersOf(
    text,
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/,
  )
  return {
    requests: Number(totals[1]),
    durationSeconds: Number(totals[2]) * SECONDS[totals[3]!]!,
    errors: connect + read + write + timeouts,
    timeouts,
    wrongAnswers: firstOf(text, /Non-2xx or 3xx responses: (\d+)/),
  }
}

/** ab 2.4 (-q). It compares lengths with the first answer's, and counts a wrong length as a failed request that was answered. */
export const readAbReport: ReadReport = (text) => {
  const [requests, durationSeconds] = [
    numbersOf(text, /^Complete requests: +(\d+)/m),
    numbersOf(text, /^Time taken for tests: +([\d.]+) /m),
  ]
  if (requests.length === 0 || durationSeconds.length === 0) return null
  const [connect = 0, receive = 0, length = 0, exceptions = 0] = numbersOf(
    text,
    /\(Connect: (\d+), Receive: (\d+), Length: (\d+), Exceptions: (\d+)\)/,
  )
  return {
    requests: requests[0]!,
    durationSeconds: durationSeconds[0]!,
    errors: connect + receive + exceptions,
    timeouts: 0,
    wrongAnswers: length + firstOf(text, /^Non-2xx responses: +(\d+)/m),
  }
}

/** httperf 0.9. */
export const readHttperfReport: ReadReport = (text) => {
  const totals = numbersOf(text, /^Total: connections \d+ requests \d+ replies (\d+) test-duration ([\d.]+) s/m)
  if (totals.length === 0) return null
  const [informational = 0, success = 0] = numbersOf(text, /^Reply status: 1xx=(\d+) 2xx=(\d+)/m)
  return {
    requests: totals[0]!,
    durationSeconds: totals[1]!,
    errors: firstOf(text, /^Errors: total (\d+)/m),
    timeouts: firstOf(text, /^Errors: total \d+ client-timo (\d+)/m),
    wrongAnswers: totals[0]! - informational - success,
  }
}

/** h2load of nghttp2 1.5x. Its requests are done when they were answered or have failed. */
export const readH2loadReport: ReadReport = (text) => {
  const time = /^finished in ([\d.]+)(us|ms|s|m|h),/m.exec(text)
  const counts = numbersOf(
    text,
    /^requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/m,
  )
  if (time === null || counts.length === 0) return null
  const [done, succeeded, failed, errored, timeouts] = counts as [number, number, number, number, number]
  return {
    requests: done - errored - timeouts,
    durationSeconds: Number(time[1]) * SECONDS[time[2]!]!,
    errors: errored + timeouts,
    timeouts,
    // A failed one that had no error was answered, with a status that is neither 2xx nor 3xx.
    wrongAnswers: Math.max(0, done - succeeded - errored - timeouts, failed - errored - timeouts),
  }
}

/** Numbers of the groups of a pattern; none where it is not found. */
function numbersOf(text: string, pattern: RegExp): number[] {
  return pattern.exec(text)?.slice(1).map(Number) ?? []
}

function firstOf(text: string, pattern: RegExp): number {
  return numbersOf(text, pattern)[0] ?? 0
}

/** Over the whole run. */
export function rateOf({ requests, durationSeconds }: LoadReport): number {
  return durationSeconds === 0 ? 0 : requests / durationSeconds
}
