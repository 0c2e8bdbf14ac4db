/** What wrk's report says, in plain numbers. */
export interface WrkReport {
  readonly requests: number
  readonly durationSeconds: number
  /** Connect, read, write and timeout errors. */
  readonly socketErrors: number
  readonly timeouts: number
  /** Answers with a status outside 2xx and 3xx. */
  readonly badStatuses: number
}

const SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 }

/** Reads the report that wrk 4 prints; null when it is none. */
export function parseWrkReport(text: string): WrkReport | null {
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
