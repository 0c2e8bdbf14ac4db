import type { Finding } from '../../result/model.ts'
import { SLOW_ANSWER_NS } from '../within-round.ts'
import { type CellCheck, type Facts, findingOf, fixed, invalid, kindsOf, note, percent, suspect } from './finding.ts'

/** Fewer slices with a slow answer are the moment in which a virtual machine stood still. Seen: none. */
const FEWEST_SLOW_SLICES = 3
/** With more of them, share of the slices, a visitor would notice what the cost does not tell. */
const SLOW_SLICES_SHARE = 0.03

const waited = ({ slowSlices, slices, milliseconds }: Facts) =>
  `in ${slowSlices} of ${slices} slices an answer was waited for while nothing worked on it, for up to ${fixed(milliseconds, 0)} ms: ` +
  'the cost counts CPU time, and knows nothing of that'

const whatItWaitsFor =
  'Look for what the app waits for: a connection that is opened again, a lock, a timer. Mention it next to the cost; the latencies are in result.json.'

/** Answers per second over requests due per second: below, the server or the load generator does not keep up. */
const ACHIEVED_SHARE = 0.99
/** Requests that are on their way when a slice ends; a slow endpoint has few in a slice, and these are no backlog. */
const UNANSWERED_AT_THE_END = 5
/** How late requests are sent over their latency, at the median and at the 99th percentile, whichever is worse. */
const LAG_SHARE = 0.05
const LAG_INVALID_SHARE = 0.25

const late = ({ lagP50, lagP99, p50, p99 }: Facts) =>
  `requests were sent ${fixed(lagP50, 1)} µs late (median; 99th percentile ${fixed(lagP99, 1)} µs), ` +
  `and latencies of ${fixed(p50, 1)} µs and ${fixed(p99, 1)} µs hold that`

export const answersKinds = kindsOf('cell', {
  'contract-broken': invalid({
    meaning:
      'The app answered other than the contract says, before or under load. One wrong response fails its cell; the other endpoints go on, unless it was the wrong path.',
    message: ({ reason }) => `the app does not answer as the contract says: ${reason}`,
    advice: 'Make the answer equal to the contract, byte for byte (docs/add-an-app.md), and measure again.',
  }),
  'app-failed': invalid({
    meaning: 'The app did not start, died, could not be reached, or left requests unanswered.',
    message: ({ reason }) => `the app failed: ${reason}`,
    advice: 'Look at its last output lines; start it alone: PORT=3000 node apps/serve.ts <path>.',
  }),
  'unequal-environment': invalid({
    meaning:
      'Something that must be the same for all apps (Node, its flags, NODE_ENV, limits of the server, CPUs) is not the same for this app and the baseline. Seen from inside the running server, before anything is measured. Holds for all cells of the app.',
    message: ({ differences }) => `not the same conditions as the baseline: ${differences}`,
    advice: 'Do not set these in the app; they are set for all.',
  }),
  reconnects: suspect({
    meaning: 'The server closed connections that should have stayed open. Opening them again was charged to it.',
    message: ({ reconnects }) =>
      `the server closed ${reconnects} connections that should have stayed open: opening them again was charged to it`,
    advice: 'Keep connections alive; timeouts are set for every app.',
  }),
  'slow-answers': suspect({
    meaning: `In more than ${percent(SLOW_SLICES_SHARE, 0)} of the slices (and ${FEWEST_SLOW_SLICES} at the least) the last answer came more than ${SLOW_ANSWER_NS / 1e6} ms late while server and load generator neither worked nor waited for their CPUs. The cost is right, and does not show it; requests/s are those of the connections that did not wait. Work done now and then is rare-work; a server that waits most of the time is connections-bound as well. Not judged where the waits for the CPUs are not known.`,
    message: waited,
    advice: whatItWaitsFor,
  }),
  'rare-slow-answers': note({
    meaning: `As slow-answers, in ${percent(SLOW_SLICES_SHARE, 0)} of the slices or fewer. Fewer than ${FEWEST_SLOW_SLICES} slices are not reported.`,
    message: waited,
    advice: whatItWaitsFor,
  }),
  'rate-not-reached': invalid({
    meaning: `Open loop: answers came at less than ${percent(ACHIEVED_SHARE, 0)} of the rate at which requests were due (from the first answer of a slice to the last; up to ${UNANSWERED_AT_THE_END} requests on their way at the end of a slice are no backlog). A queue grew for as long as the slice lasted, so latencies say how long the slice was.`,
    message: ({ achievedShare, dueRequestsPerSecond }) =>
      `only ${percent(achievedShare)} of the ${fixed(dueRequestsPerSecond, 0)} requests/s that were due were answered as they came: latency grows with the length of the slice`,
    advice: 'Ask for a lower --rate or a smaller --load-percent.',
  }),
  'requests-dropped': invalid({
    meaning:
      'Open loop: requests that were due were never sent, because no connection became free for them until the drain was over.',
    message: ({ dropped, scheduled }) => `${dropped} of ${scheduled} requests that were due were never sent`,
    advice: 'Ask for a lower --rate or a smaller --load-percent; look for an app that hangs.',
  }),
  'sent-late': suspect({
    meaning: `Open loop: requests for which a connection was free were sent later than they were due, by more than ${percent(LAG_SHARE, 0)} of the latency, at the median or at the 99th percentile. The load generator was busy with other answers, or was kept from its CPU. Latencies include its delay.`,
    message: late,
    advice: 'Use a faster or quieter CPU for the load generator, a lower rate, or take latencies as an upper bound.',
  }),
  'sent-too-late': invalid({
    meaning: `As sent-late, by more than ${percent(LAG_INVALID_SHARE, 0)}.`,
    message: late,
    advice: 'Use a faster or quieter CPU for the load generator, or a lower rate.',
  }),
})

const finding = findingOf(answersKinds)

/** Did connections stay open? */
export const checkReconnects: CellCheck = ({ totals }) => {
  const { reconnects } = totals.loaded
  return reconnects > 0 && finding('reconnects', { reconnects })
}

/** Does the app let a client wait now and then, without using any CPU? */
export const checkSlowAnswers: CellCheck = ({ figures: { slices }, totals: { slow } }) => {
  const facts = { slowSlices: slow.slices, slices, milliseconds: slow.longestNs / 1e6 }
  const code = slow.slices > SLOW_SLICES_SHARE * slices ? 'slow-answers' : 'rare-slow-answers'
  return slow.slices >= FEWEST_SLOW_SLICES && finding(code, facts)
}

/**
 * Had the app the same conditions as the baseline?
 * @param differences one short sentence part each
 */
export function checkEnvironment(differences: readonly string[]): Finding[] {
  return differences.length === 0 ? [] : [finding('unequal-environment', { differences: differences.join('; ') })]
}

/** Were requests that were due at times of their own sent then, all of them, and answered at that rate? */
export const checkOpenLoop: CellCheck = ({ figures: { openLoop, latencyMicroseconds } }) => {
  if (openLoop === undefined) return null
  const { scheduled, dropped, slices, achievedShare, dueRequestsPerSecond, sendLagMicroseconds: lag } = openLoop
  // A few requests are on their way when a slice ends; where a slice has few, they are no backlog.
  const leastShare = ACHIEVED_SHARE - (UNANSWERED_AT_THE_END * slices) / scheduled
  const { p50, p99 } = latencyMicroseconds ?? { p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY }
  const share = Math.max(lag.p50 / p50, lag.p99 / p99)
  const code = share > LAG_INVALID_SHARE ? 'sent-too-late' : 'sent-late'
  return [
    dropped > 0 && finding('requests-dropped', { dropped, scheduled }),
    achievedShare < leastShare && finding('rate-not-reached', { achievedShare, dueRequestsPerSecond }),
    share > LAG_SHARE && finding(code, { lagP50: lag.p50, lagP99: lag.p99, p50, p99 }),
  ]
}
