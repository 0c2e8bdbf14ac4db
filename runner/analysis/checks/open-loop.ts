import type { Finding } from '../../result/model.ts'
import type { CellCheck } from './cell-facts.ts'
import { type FindingKind, findingOf, fixed, percent } from './finding-kind.ts'

/** Answers per second over requests due per second: below, the server or the load generator does not keep up. */
const ACHIEVED_SHARE = 0.99
/** Requests that are on their way when a slice ends; a slow endpoint has few in a slice, and these are no backlog. */
const UNANSWERED_AT_THE_END = 5
/** How late requests are sent over their latency, at the median and at the 99th percentile, whichever is worse. */
const LAG_SHARE = 0.05
const LAG_INVALID_SHARE = 0.25

const late: FindingKind['message'] = ({ lagP50, lagP99, p50, p99 }) =>
  `requests were sent ${fixed(lagP50, 1)} µs late (median; 99th percentile ${fixed(lagP99, 1)} µs), ` +
  `and latencies of ${fixed(p50, 1)} µs and ${fixed(p99, 1)} µs hold that`

export const openLoopKinds = {
  'rate-not-reached': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `Open loop: answers came at less than ${percent(ACHIEVED_SHARE, 0)} of the rate at which requests were due (from the first answer of a slice to the last; up to ${UNANSWERED_AT_THE_END} requests on their way at the end of a slice are no backlog). A queue grew for as long as the slice lasted, so latencies say how long the slice was.`,
    message: ({ achievedShare, dueRequestsPerSecond }) =>
      `only ${percent(achievedShare)} of the ${fixed(dueRequestsPerSecond, 0)} requests/s that were due were answered as they came: latency grows with the length of the slice`,
    advice: 'Ask for a lower --rate or a smaller --load-percent.',
  },
  'requests-dropped': {
    severity: 'invalid',
    scope: 'cell',
    meaning:
      'Open loop: requests that were due were never sent, because no connection became free for them until the drain was over.',
    message: ({ dropped, scheduled }) => `${dropped} of ${scheduled} requests that were due were never sent`,
    advice: 'Ask for a lower --rate or a smaller --load-percent; look for an app that hangs.',
  },
  'sent-late': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Open loop: requests for which a connection was free were sent later than they were due, by more than ${percent(LAG_SHARE, 0)} of the latency, at the median or at the 99th percentile. The load generator was busy with other answers, or was kept from its CPU. Latencies hold its delay.`,
    message: late,
    advice: 'Use a faster or quieter CPU for the load generator, a lower rate, or take latencies for an upper bound.',
  },
  'sent-too-late': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `As sent-late, by more than ${percent(LAG_INVALID_SHARE, 0)}.`,
    message: late,
    advice: 'Use a faster or quieter CPU for the load generator, or a lower rate.',
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(openLoopKinds)

/** Were requests that were due at times of their own sent then, all of them, and answered at that rate? */
export const checkOpenLoop: CellCheck = ({ figures: { openLoop, latencyMicroseconds } }) => {
  if (openLoop === undefined) return []
  const { scheduled, dropped, slices, achievedShare, dueRequestsPerSecond, sendLagMicroseconds: lag } = openLoop
  const findings: Finding[] = []
  if (dropped > 0) findings.push(finding('requests-dropped', { dropped, scheduled }))
  // A few requests are on their way when a slice ends; where a slice has few, they are no backlog.
  if (achievedShare < ACHIEVED_SHARE - (UNANSWERED_AT_THE_END * slices) / scheduled)
    findings.push(finding('rate-not-reached', { achievedShare, dueRequestsPerSecond }))
  if (latencyMicroseconds === null) return findings
  const { p50, p99 } = latencyMicroseconds
  const share = Math.max(lag.p50 / p50, lag.p99 / p99)
  const facts = { lagP50: lag.p50, lagP99: lag.p99, p50, p99 }
  if (share > LAG_INVALID_SHARE) findings.push(finding('sent-too-late', facts))
  else if (share > LAG_SHARE) findings.push(finding('sent-late', facts))
  return findings
}
