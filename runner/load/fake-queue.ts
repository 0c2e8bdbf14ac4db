import { type Arrivals, arrivalTimes } from './arrivals.ts'
import type { OpenLoopPulse } from './driver.ts'
import { encodeHistogram, fineHistogram, recordFine } from './latency-histogram.ts'

/**
 * A simulated server that serves one request at a time, each for the same time, in the order in which they were due (M/D/1): what is left
 * of the queue is carried from one arrival to the next (Lindley 1952, "The theory of queues with a single server").
 */
export function simulateQueue(arrivals: Arrivals, milliseconds: number, serviceMilliseconds: number): OpenLoopPulse {
  const times = arrivalTimes(arrivals, milliseconds)
  const [latencies, lags] = [fineHistogram(), fineHistogram()]
  const answers: number[] = []
  for (const at of times) {
    const answeredAt = Math.max(at, answers.at(-1) ?? 0) + serviceMilliseconds
    answers.push(answeredAt)
    recordFine(latencies, answeredAt - at)
    recordFine(lags, 0)
  }
  return {
    ratePerSecond: arrivals.ratePerSecond,
    scheduled: times.length,
    dropped: 0,
    queued: 0,
    plannedNs: spanNs(times),
    answeredNs: spanNs(answers),
    latencies: encodeHistogram(latencies),
    lags: encodeHistogram(lags),
  }
}

function spanNs(times: readonly number[]): number {
  return times.length === 0 ? 0 : (times.at(-1)! - times[0]!) * 1e6
}
