import type { Finding } from '../../result.ts'
import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { ACHIEVED_SHARE, LAG_INVALID_SHARE, LAG_SHARE, UNANSWERED_AT_THE_END } from '../thresholds.ts'

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
