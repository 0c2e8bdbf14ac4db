import { SLOW_ANSWER_NS } from '../../analysis/slow-answers.ts'
import {
  ACHIEVED_SHARE,
  BUSY_ENOUGH,
  COUNTERS_MAY_EXCEED,
  FEWEST_SLOW_SLICES,
  HARDLY_BUSY,
  HELD_SHARE,
  LAG_INVALID_SHARE,
  LAG_SHARE,
  LITTLE_INVALID,
  LITTLE_LAPS,
  LITTLE_SUSPECT,
  LOAD_GENERATOR_BUSY,
  SLOW_SLICES_SHARE,
  STALL_FROM_MILLISECONDS,
  STALLED_BELOW_BUSY,
  TICKS_MAY_EXCEED,
  UNANSWERED_AT_THE_END,
  UNSTEADY_MAY_COST_MORE,
} from '../thresholds.ts'
import { type Facts, type FindingKind, fixed, percent } from './finding-kind.ts'

const late: FindingKind['message'] = ({ lagP50, lagP99, p50, p99 }) =>
  `requests were sent ${fixed(lagP50, 1)} µs late (median; 99th percentile ${fixed(lagP99, 1)} µs), ` +
  `and latencies of ${fixed(p50, 1)} µs and ${fixed(p99, 1)} µs hold that`

const waited = ({ slowSlices, slices, milliseconds }: Facts) =>
  `in ${slowSlices} of ${slices} slices an answer was waited for while nothing worked on it, for up to ${fixed(milliseconds, 0)} ms: ` +
  'the cost counts CPU time, and knows nothing of that'
const whatItWaitsFor =
  'Look for what the app waits for: a connection that is opened anew, a lock, a timer. Say it beside the cost; the latencies are in result.json.'

/** What is wrong with the answers of a cell, its conditions, or the load on it. */
export const loadFindings = {
  'contract-broken': {
    severity: 'invalid',
    scope: 'cell',
    meaning:
      'The app answered other than the contract says, before or under load. One wrong response fails its cell; the other endpoints go on, unless it was the wrong path.',
    message: ({ reason }) => `the app does not answer as the contract says: ${reason}`,
    advice: 'Make the answer equal to the contract, byte for byte (docs/add-an-app.md), and measure again.',
  },
  'app-failed': {
    severity: 'invalid',
    scope: 'cell',
    meaning: 'The app did not start, died, could not be reached, or left requests unanswered.',
    message: ({ reason }) => `the app failed: ${reason}`,
    advice: 'Look at its last output lines; start it alone: PORT=3000 node apps/serve.ts <path>.',
  },
  'unequal-environment': {
    severity: 'invalid',
    scope: 'cell',
    meaning:
      'Something that must be the same for all apps (Node, its flags, NODE_ENV, limits of the server, CPUs) is not the same for this app and the baseline. Seen from inside the running server, before anything is measured. Holds for all cells of the app.',
    message: ({ differences }) => `not the same conditions as the baseline: ${differences}`,
    advice: 'Do not set these in the app; they are set for all.',
  },
  'load-generator-bound': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The server used its CPU for less than ${percent(BUSY_ENOUGH, 0)} of the time (median of slices; of several workers: all CPUs that they can use), so something else was the limit. Requests/s tell of the load; the cost is less certain, because a server with time to spare does its work in other portions.`,
    message: ({ serverBusy, loadBusy }) =>
      `the server was only ${percent(serverBusy)} busy${loadBusy === null ? '' : ` while the load generator was ${percent(loadBusy)} busy`}: ` +
      'requests per second tell of the load, and the cost per request is less certain',
    advice: 'Use more connections, a quieter machine, or a CPU of its own for the load generator.',
  },
  'load-generator-busy': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The load generator had answers to handle for more than ${percent(LOAD_GENERATOR_BUSY, 0)} of the time, although the server was busy too. A slightly faster server would have had to wait for it. Up to 90 % was seen in valid runs.`,
    message: ({ loadBusy }) => `the load generator was ${percent(loadBusy)} busy: it has no room left for a faster app`,
    advice:
      'Take requests per second for a lower bound; a faster CPU for the load generator, or wrk as a cross-check, tells more.',
  },
  'server-idle': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `The server used its CPU for less than ${percent(HARDLY_BUSY, 0)} of the time at full load (median of slices; of several workers: all CPUs that they can use), and connections alone are not the reason: the load generator was at its limit, or one of both waited for its CPU (or that is not known), or some workers had less to do than others. Waiting was measured. Not judged with a driver that sleeps.`,
    message: ({ serverBusy }) =>
      `the server was only ${percent(serverBusy)} busy under full load: this measures waiting, not the app`,
    advice: 'Look for another program on the CPUs of server and load generator, or for workers that get no connections.',
  },
  'connections-bound': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `The server used its CPU for less than ${percent(HARDLY_BUSY, 0)} of the time at full load (median of slices), while the load generator was not at its limit and both had their CPUs: each request waits for something that is no CPU, such as a database or a timer, and the connections are too few to keep the server busy meanwhile. A server with time to spare does its work in other portions, so its cost is not the one under full load. Connections over busy share is how many would do (the knee of Denning and Buzen's bounds); a quarter more, up to a power of two, is what to try. Said in place of server-idle.`,
    message: ({ connections, milliseconds, cpuMilliseconds, serverBusy, needed, suggested }) =>
      `the connections are the limit: a request takes ${fixed(milliseconds, 1)} ms, of which the server works for ${fixed(cpuMilliseconds, 3)} ms, ` +
      `so ${connections} connections keep it ${percent(serverBusy, 0)} busy; ` +
      (Number(suggested) > Number(connections) ? `try --connections ${suggested}` : `${suggested} are the most there can be`) +
      (Number(needed) > Number(suggested) ? `, although it would take about ${needed}` : ''),
    advice:
      'Measure with so many connections. If the server is not busier then, the app takes only so many requests at a time: look for a call that blocks, or a pool that is too small.',
  },
  stall: {
    severity: 'invalid',
    scope: 'cell',
    meaning: `A response takes ${STALL_FROM_MILLISECONDS} ms or more (median latency, or connections over requests/s) while the server is less than ${percent(STALLED_BELOW_BUSY, 0)} busy; for more than ${percent(HELD_SHARE, 0)} of that time a part of it was there already; and while warming up most of those whose first part the load generator acknowledged early came at once. Nagle's algorithm waits for that acknowledgement, which the other side delays for 40 ms and more. An app that waits by itself is not taken for it. Said in place of server-idle.`,
    message: ({ milliseconds, serverBusy }) =>
      `each response takes ${fixed(milliseconds, 1)} ms while the server is ${percent(serverBusy, 0)} busy: ` +
      "the signature of Nagle's algorithm against delayed acknowledgements, not framework cost",
    advice: 'Write head and body together (response.end(body)), or leave noDelay on, which is the default of node:http.',
  },
  reconnects: {
    severity: 'suspect',
    scope: 'cell',
    meaning: 'The server closed connections that were to be kept. Opening them anew was charged to it.',
    message: ({ reconnects }) =>
      `the server closed ${reconnects} connections that were to be kept: opening them again was charged to it`,
    advice: 'Keep connections alive; timeouts are set for every app.',
  },
  'slow-answers': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `In more than ${percent(SLOW_SLICES_SHARE, 0)} of the slices (and ${FEWEST_SLOW_SLICES} at the least) the last answer came more than ${SLOW_ANSWER_NS / 1e6} ms late while server and load generator neither worked nor waited for their CPUs. The cost is right, and does not show it; requests/s are those of the connections that did not wait. Work done now and then is rare-work; a server that waits most of the time is connections-bound as well. Not judged where the waits for the CPUs are not known.`,
    message: waited,
    advice: whatItWaitsFor,
  },
  'rare-slow-answers': {
    severity: 'note',
    scope: 'cell',
    meaning: `As slow-answers, in ${percent(SLOW_SLICES_SHARE, 0)} of the slices or fewer. Under ${FEWEST_SLOW_SLICES} slices are not told.`,
    message: waited,
    advice: whatItWaitsFor,
  },
  'littles-law-strained': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Little's law, N = X · R: requests/s times the mean latency must be the number of connections, which are all busy all the time. It is off by more than ${percent(LITTLE_SUSPECT, 0)}, so clock, counts or connections are not what they seem. 0.7 % was seen. Not judged without latencies, where a connection gets fewer than ${LITTLE_LAPS} answers in a slice, nor where slow answers explain it.`,
    message: ({ product, connections }) =>
      `requests per second times mean latency is ${fixed(product, 2)}, but there were ${connections} connections: times and counts disagree`,
    advice: 'Look for connections that are idle or closed, and for requests that take turns; measure again.',
  },
  'littles-law-broken': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `As littles-law-strained, by more than ${percent(LITTLE_INVALID, 0)}.`,
    message: ({ product, connections }) =>
      `requests per second times mean latency is ${fixed(product, 2)}, but there were ${connections} connections: times and counts contradict each other`,
    advice: 'Look for connections that are idle or closed, and for requests that take turns; measure again.',
  },
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
  'counters-disagree': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `Two counts of one thing differ: a pinned server used more than ${percent(COUNTERS_MAY_EXCEED, 0)} of the CPUs it has; or requests/s times cost come to more than ${percent(COUNTERS_MAY_EXCEED, 0)} of them, and ${UNSTEADY_MAY_COST_MORE} % more for each percent of the requests that are in the cost and not in the rate, because the first ones of a slice meet cold caches; or the kernel's clock ticks show ${percent(TICKS_MAY_EXCEED - 1, 0)} more CPU time of the server's process than the nanoseconds of all its threads. 99, 101 and 102 % were seen at most with 16 connections.`,
    message: ({ what, share }) => `the counters contradict each other: ${what} is ${percent(share)}, which cannot be`,
    advice: 'Look for threads that live only for a moment, or for a clock that was changed; if neither, please report it.',
  },
} as const satisfies Record<string, FindingKind>
