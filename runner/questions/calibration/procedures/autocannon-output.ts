import { z } from 'zod'

/** What `autocannon --json` says, in plain numbers. */
export interface AutocannonReport {
  /** The average that its table shows as Req/Sec: over the seconds of the run. */
  readonly requestsPerSecond: number
  /** Answered requests. */
  readonly requests: number
  /** Connection errors, and requests that were not answered in time. */
  readonly errors: number
  /** Answers with a status outside 2xx. */
  readonly badStatuses: number
}

const Printed = z.object({
  requests: z.object({ average: z.number(), total: z.int() }),
  errors: z.int(),
  non2xx: z.int(),
})

/** Reads the line of JSON that autocannon 9 prints; null when there is none. */
export function parseAutocannonReport(text: string): AutocannonReport | null {
  const line = text.split('\n').findLast((one) => one.startsWith('{'))
  const { data } = Printed.safeParse(jsonOf(line ?? ''))
  if (data === undefined) return null
  const { requests, errors, non2xx } = data
  return { requestsPerSecond: requests.average, requests: requests.total, errors, badStatuses: non2xx }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
