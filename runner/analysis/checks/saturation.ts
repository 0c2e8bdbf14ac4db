import { MOST_CONNECTIONS } from '../../result/load-shape.ts'
import type { MeasuredCell } from '../../result/model.ts'
import { type CellCheck, type CellFacts, findingOf, fixed, invalid, kindsOf, percent, suspect } from './finding.ts'

/** The server's CPU is the resource to be exhausted. Seen: 0.97 to 0.99 as the median of slices. */
const BUSY_ENOUGH = 0.93
/** Far below, something else than the app is measured. */
const HARDLY_BUSY = 0.85
/** Above this share the load generator has nothing left for a faster app. Seen: up to 0.90, on `hello` of the baseline. */
const LOAD_GENERATOR_BUSY = 0.95
/** Busy for so much of its time, a CPU is what limits a throughput. */
const USED_UP = 0.95
/** A server that waits for timers of TCP is idle most of the time. */
const STALLED_BELOW_BUSY = 0.5
/** A wait for TCP takes longer than this, milliseconds: Linux delays an acknowledgement by 40 ms at the least (TCP_DELACK_MIN), less a tick. */
const STALL_FROM_MILLISECONDS = 34
/** Of the time in which requests wait, that in which a part of the answer was there already. Seen with two writes and Nagle: 0.9. */
const HELD_SHARE = 0.5
/** Of the answers whose first part was acknowledged early, those whose rest came at once. Seen: all but a few with Nagle, else none. */
const RELEASED_SHARE = 0.5
/** Of the time in which a server idles, that in which it or the load generator waited for its CPU: with more, others are to blame. */
const WAITED_FOR_CPU_SHARE = 0.5
/** Connections to try over those that would do if all requests came at the best moment. */
const SPARE_CONNECTIONS = 1.25

export const saturationKinds = kindsOf('cell', {
  'load-generator-bound': suspect({
    meaning: `The server used its CPU for less than ${percent(BUSY_ENOUGH, 0)} of the time (median of slices; of several workers: all CPUs that they can use), so something else was the limit. Requests/s describe the load; the cost is less certain, because a server with time to spare batches its work differently.`,
    message: ({ serverBusy, loadBusy }) =>
      `the server was only ${percent(serverBusy)} busy${loadBusy === null ? '' : ` while the load generator was ${percent(loadBusy)} busy`}: ` +
      'requests per second describe the load, and the cost per request is less certain',
    advice: 'Use more connections, a quieter machine, or a CPU of its own for the load generator.',
  }),
  'load-generator-busy': suspect({
    meaning: `The load generator had answers to handle for more than ${percent(LOAD_GENERATOR_BUSY, 0)} of the time, although the server was busy too. A slightly faster server would have had to wait for it. Up to 90 % was seen in valid runs.`,
    message: ({ loadBusy }) => `the load generator was ${percent(loadBusy)} busy: it has no room left for a faster app`,
    advice: 'Take requests per second as a lower bound; use a faster CPU for the load generator, or wrk as a cross-check.',
  }),
  'server-idle': invalid({
    meaning: `The server used its CPU for less than ${percent(HARDLY_BUSY, 0)} of the time at full load (median of slices; of several workers: all CPUs that they can use), and connections alone are not the reason: the load generator was at its limit, or one of both waited for its CPU (or that is not known), or some workers had less to do than others. Waiting was measured. Not judged with a driver that sleeps.`,
    message: ({ serverBusy }) =>
      `the server was only ${percent(serverBusy)} busy under full load: this measures waiting, not the app`,
    advice: 'Look for another program on the CPUs of server and load generator, or for workers that get no connections.',
  }),
  'connections-bound': invalid({
    meaning: `The server used its CPU for less than ${percent(HARDLY_BUSY, 0)} of the time at full load (median of slices), while the load generator was not at its limit and both had their CPUs: each request waits for something other than the CPU, such as a database or a timer, and the connections are too few to keep the server busy meanwhile. A server with time to spare batches its work differently, so its cost is not the one under full load. Connections over busy share is how many would do (the knee of Denning and Buzen's bounds); a quarter more, up to a power of two, is what to try. Reported instead of server-idle.`,
    message: ({ connections, milliseconds, cpuMilliseconds, serverBusy, needed, suggested }) =>
      `the connections are the limit: a request takes ${fixed(milliseconds, 1)} ms, of which the server works for ${fixed(cpuMilliseconds, 3)} ms, ` +
      `so ${connections} connections keep it ${percent(serverBusy, 0)} busy; ` +
      (Number(suggested) > Number(connections) ? `try --connections ${suggested}` : `${suggested} are the most there can be`) +
      (Number(needed) > Number(suggested) ? `, although it would take about ${needed}` : ''),
    advice:
      'Measure with so many connections. If the server is not busier then, the app takes only so many requests at a time: look for a call that blocks, or a pool that is too small.',
  }),
  stall: invalid({
    meaning: `A response takes ${STALL_FROM_MILLISECONDS} ms or more (median latency, or connections over requests/s) while the server is less than ${percent(STALLED_BELOW_BUSY, 0)} busy; for more than ${percent(HELD_SHARE, 0)} of that time a part of it was there already; and while warming up most of those whose first part the load generator acknowledged early came at once. Nagle's algorithm waits for that acknowledgement, which the other side delays for 40 ms and more. An app that waits on its own does not count. Reported instead of server-idle.`,
    message: ({ milliseconds, serverBusy }) =>
      `each response takes ${fixed(milliseconds, 1)} ms while the server is ${percent(serverBusy, 0)} busy: ` +
      "the signature of Nagle's algorithm against delayed acknowledgements, not framework cost",
    advice: 'Write head and body together (response.end(body)), or leave noDelay on, which is the default of node:http.',
  }),
})

const finding = findingOf(saturationKinds)

/** Was the server the limit, and if not, what was? The most telling answer alone. */
export const checkSaturation: CellCheck = (facts) => {
  const { loadBusy, deployment } = facts.figures
  const { serverWaitNs, elapsedNs } = facts.totals
  // Of what its workers can use: each of them has one thread that answers, and they share the CPUs they have.
  const serverBusy = facts.figures.serverBusy / Math.min(deployment.workers, facts.cpus ?? deployment.workers)
  const milliseconds = stallMilliseconds(facts, serverBusy)
  if (milliseconds !== null) return finding('stall', { milliseconds, serverBusy })
  const loadAtItsLimit = loadBusy !== null && loadBusy > LOAD_GENERATOR_BUSY
  // That the server idles was to be expected, but not that the load generator has nothing left to give.
  if (!facts.loadSaturates) {
    return loadAtItsLimit && serverBusy < BUSY_ENOUGH && finding('load-generator-bound', { serverBusy, loadBusy })
  }
  // What kept it from its CPU, another app of the run or another program, is told by findings of their own.
  if (serverBusy + (serverWaitNs ?? 0) / elapsedNs >= BUSY_ENOUGH)
    return loadAtItsLimit && finding('load-generator-busy', { loadBusy })
  if (facts.driverSleeps || serverBusy >= HARDLY_BUSY) return finding('load-generator-bound', { serverBusy, loadBusy })
  return connectionsAreTheLimit(facts)
    ? finding('connections-bound', { serverBusy, ...wantedConnections(facts, serverBusy) })
    : finding('server-idle', { serverBusy, loadBusy })
}

/** From one request of a connection to its next in a closed loop, nanoseconds (Little's law). */
function cycleNs({ figures, totals }: Pick<CellFacts, 'figures' | 'totals'>): number {
  return (figures.load.connections * totals.elapsedNs) / figures.requests
}

/**
 * A server that idles although all connections are busy all the time, with nobody else at his limit: each request waits for something that
 * is no CPU, such as a database, and there are too few of them.
 */
function connectionsAreTheLimit({ figures, totals }: CellFacts): boolean {
  const { serverBusy, loadBusy, openLoop } = figures
  if (openLoop !== undefined || (loadBusy ?? 0) > LOAD_GENERATOR_BUSY) return false
  // Of several workers one may be at its limit while another has nothing to do.
  if (serverBusy >= HARDLY_BUSY) return false
  const { serverWaitNs, loadWaitNs, elapsedNs } = totals
  if (serverWaitNs === null || loadWaitNs === null) return false
  return (serverWaitNs + loadWaitNs) / elapsedNs < WAITED_FOR_CPU_SHARE * (1 - serverBusy)
}

/**
 * How many connections would keep the server busy, and how many to try: the next power of two with some to spare. The former is the knee of
 * the asymptotic bounds, N* = R ÷ D (Denning & Buzen 1978), where a request that takes R = N ÷ X uses D = U ÷ X of the server.
 * @param serverBusy U, from 0 to 1
 */
function wantedConnections({ figures, totals }: CellFacts, serverBusy: number) {
  const { connections } = figures.load
  const knee = connections / serverBusy
  return {
    connections,
    needed: Math.ceil(knee),
    suggested: Math.min(MOST_CONNECTIONS, 2 ** Math.ceil(Math.log2(SPARE_CONNECTIONS * knee))),
    milliseconds: cycleNs({ figures, totals }) / 1e6,
    cpuMilliseconds: totals.serverCpuNs / figures.requests / 1e6,
  }
}

/**
 * How long a response takes because the kernel holds a part of it back until another part is acknowledged, milliseconds; null: no such thing.
 * An app that waits for as long by itself looks alike to every clock. It is told apart by what the load generator sees: its answers come as a
 * whole, or, where it sends the head first, the rest does not come sooner for being acknowledged.
 * @param serverBusy share, from 0 to 1
 */
function stallMilliseconds({ figures, totals }: CellFacts, serverBusy: number): number | null {
  const { latencyMicroseconds: latency, openLoop, load, requests } = figures
  const { ns, hastened, released } = totals.held
  // Connections wait for answers all the time in a closed loop (N = X · R).
  const waitedNs = openLoop === undefined ? load.connections * totals.elapsedNs : requests * (latency?.mean ?? 0) * 1000
  const isHeldBack = ns > HELD_SHARE * waitedNs && hastened > 0 && released >= RELEASED_SHARE * hastened
  if (serverBusy >= STALLED_BELOW_BUSY || !isHeldBack) return null
  // Latencies leave out the first answer of each connection in a slice: after a pause TCP mostly acknowledges at once.
  const byLatency = latency === null ? [] : [latency.p50 / 1000]
  const byCycle = openLoop === undefined ? [cycleNs({ figures, totals }) / 1e6] : []
  return [...byLatency, ...byCycle].find((milliseconds) => milliseconds >= STALL_FROM_MILLISECONDS) ?? null
}

/** The server had no time to spare, so its requests/s are what it can give. */
export function serverWasTheLimit({ serverBusy }: Pick<CellFacts['figures'], 'serverBusy'>): boolean {
  return serverBusy >= BUSY_ENOUGH
}

/** What had no time to spare. @param cpus that the servers can use */
export function usedUp(
  { serverBusy, loadBusy }: Pick<MeasuredCell, 'serverBusy' | 'loadBusy'>,
  cpus = 1,
): 'server' | 'load' | 'neither' {
  if (serverBusy >= USED_UP * cpus) return 'server'
  return loadBusy !== null && loadBusy >= USED_UP ? 'load' : 'neither'
}
