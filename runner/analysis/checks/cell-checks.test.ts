import { describe, expect, it } from 'vitest'
import { type GoodCellOptions, goodCell } from '../../fixtures/good-cell.ts'
import type { Finding } from '../../result/model.ts'
import type { CellFacts } from './finding.ts'
import { checkCell } from './judge.ts'

type OpenLoop = NonNullable<CellFacts['figures']['openLoop']>
const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code)
const estimate = (value: number, low: number | null, high: number | null) => ({ value, low, high, level: 0.95 })
const ratioWithin = (percent: number) => estimate(1.5, 1.5 * (1 - percent / 100), 1.5 * (1 + percent / 100))
const steady = [1.5, 1.49, 1.51, 1.5, 1.505, 1.495, 1.502, 1.498]
const rounds = (count: number) => Array.from({ length: count }, (_, index) => steady[index]!)

/** A cell of this cost of which so much is late, and what most requests cost in its slices; alike in every round but for a little. */
const beyond = ({ late, cost, typical = cost - late }: { late: number; cost: number; typical?: number }) => ({
  cost: estimate(cost, cost * 0.99, cost * 1.01),
  perRound: steady.map((ratio, index) => ({
    ...{ round: index + 1, blocks: 40, ratio, overheadMicroseconds: 5, requestsPerSecond: 62_500, cpuDistanceNanoseconds: null },
    ...{ costMicroseconds: cost + late * 0.01 * (index % 3), lateMicroseconds: late * (1 + 0.01 * (index % 3)) },
    ...{ typicalCostMicroseconds: typical, typicalRatio: ratio },
  })),
})

/** N = X · R: latency that makes X · R this many times N. */
const little = (factor: number): GoodCellOptions => ({
  figures: { latencyMicroseconds: { mean: 256 * factor, p50: 240, p90: 300, p99: 500, max: 5000, samples: 10 } },
})
/** So many slices with an answer that is 60 ms late. */
const slow = (slices: number): GoodCellOptions => ({ totals: { slow: { slices, waitNs: slices * 60e6, longestNs: 60e6 } } })
type Held = CellFacts['totals']['held']
/** Nothing of an answer is there before all of it. */
const WHOLE: Held = { ns: 0, hastened: 0, released: 0 }
/** A part of each answer is there for nearly all of the time, and the rest comes when that part is acknowledged; or does not. */
const HELD_BACK: Held = { ns: 16 * 9e9, hastened: 40, released: 38 }
const HEAD_FIRST: Held = { ...HELD_BACK, released: 1 }

/** Requests that take this long each, by the clock. */
const cycle = (milliseconds: number, serverBusy: number, held = WHOLE): GoodCellOptions => ({
  figures: { serverBusy, loadBusy: serverBusy, requests: (16 * 10e9) / (milliseconds * 1e6) },
  // All answers come at once, after the gate has closed.
  totals: { serverCpuNs: 10e9 * serverBusy, steadyRequests: 0, steadyNs: 0, userNs: null, held },
})

/** Workers on CPUs of their own that use so many of them all the time. */
const several = (workers: number, cpus: number, serverBusy: number): GoodCellOptions => ({
  cpus,
  figures: { serverBusy, deployment: { runtime: 'node 24', transport: 'tcp', proxy: null, workers, copies: 1 } },
  totals: { serverCpuNs: 10e9 * serverBusy, userNs: null, steadyRequests: 0, steadyNs: 0 },
})

/** 20,000 requests/s that are due at times of their own, for 10 s in 40 slices: a third of what the server can. */
const open = (openLoop: Partial<OpenLoop> = {}, figures: GoodCellOptions['figures'] = {}): GoodCellOptions => ({
  figures: {
    ...{ serverBusy: 0.32, latencyMicroseconds: { mean: 60, p50: 50, p90: 80, p99: 200, max: 5000, samples: 200_000 } },
    openLoop: {
      ...{ dueRequestsPerSecond: 20_000, scheduled: 200_000, dropped: 0, queued: 0, slices: 40, achievedShare: 0.9995 },
      sendLagMicroseconds: { p50: 2, p99: 9 },
      ...openLoop,
    },
    ...figures,
  },
  loadSaturates: false,
})

/** Latencies of 41 ms. */
const forty = { latencyMicroseconds: { mean: 41e3, p50: 41e3, p90: 44e3, p99: 45e3, max: 46e3, samples: 9 } }

const cases: Record<string, [GoodCellOptions, string[]]> = {
  'a good cell': [{}, []],

  'no round at all': [{ ratios: [] }, ['too-few-rounds']],
  'one round': [{ ratios: rounds(1) }, ['too-few-rounds']],
  'two rounds': [{ ratios: rounds(2) }, ['few-rounds']],
  'five rounds': [{ ratios: rounds(5) }, ['few-rounds']],
  'six rounds': [{ ratios: rounds(6) }, []],

  'an interval that is too wide': [{ figures: { ratio: ratioWithin(1.01) } }, ['precision-not-reached']],
  'an interval just as wide as requested': [{ figures: { ratio: ratioWithin(0.999999) } }, []],
  'no precision requested': [{ figures: { ratio: ratioWithin(9) }, precisionPercent: null }, []],
  'no interval': [{ figures: { ratio: estimate(1.5, null, null) } }, []],
  'the baseline, whose ratio is exact': [{ isBaseline: true, figures: { ratio: estimate(1, 1, 1) } }, []],

  'a server that could do more': [{ figures: { serverBusy: 0.92 } }, ['load-generator-bound']],
  'a server that is busy enough': [{ figures: { serverBusy: 0.93 } }, []],
  'a server that mostly waits for more connections': [{ figures: { serverBusy: 0.84 } }, ['connections-bound']],
  'a server that mostly waits for the load generator': [{ figures: { serverBusy: 0.84, loadBusy: 0.96 } }, ['server-idle']],
  'a server that waits for its CPU': [{ figures: { serverBusy: 0.6 }, totals: { loadWaitNs: 2.1e9 } }, ['server-idle']],
  'a server that idles, and nobody knows for what': [
    { figures: { serverBusy: 0.6 }, totals: { loadWaitNs: null } },
    ['server-idle'],
  ],
  'a server that waits for its CPU for a while': [
    { figures: { serverBusy: 0.6 }, totals: { loadWaitNs: 1.9e9 } },
    ['connections-bound'],
  ],
  'a server that waits a little': [{ figures: { serverBusy: 0.85 } }, ['load-generator-bound']],
  'a driver that sleeps does not try to keep it busy': [
    { figures: { serverBusy: 0.5 }, driverSleeps: true },
    ['load-generator-bound'],
  ],
  'a load generator without headroom': [{ figures: { loadBusy: 0.96 } }, ['load-generator-busy']],
  'a load generator that has some': [{ figures: { loadBusy: 0.95 } }, []],
  'a load generator that cannot tell': [{ figures: { loadBusy: null } }, []],
  'a load generator that is the limit is said once': [{ figures: { serverBusy: 0.9, loadBusy: 0.99 } }, ['load-generator-bound']],
  'a server that may idle': [{ figures: { serverBusy: 0.5, loadBusy: 0.95 }, loadSaturates: false }, []],
  'a server that may idle, and a load generator at its limit': [
    { figures: { serverBusy: 0.5, loadBusy: 0.96 }, loadSaturates: false },
    ['load-generator-bound'],
  ],
  'a busy server that might have idled': [{ figures: { serverBusy: 0.97, loadBusy: 0.96 }, loadSaturates: false }, []],

  '40 ms for the rest of each response': [cycle(40.4, 0.03, HELD_BACK), ['stall']],
  '200 ms for the rest of each response': [cycle(205, 0.01, HELD_BACK), ['stall']],
  '70 ms, on a machine that is slow': [cycle(70, 0.03, HELD_BACK), ['stall']],
  'no more than 30 ms': [cycle(30, 0.03, HELD_BACK), ['connections-bound']],
  '40 ms for all of each response': [cycle(40.4, 0.03), ['connections-bound']],
  '40 ms for the rest, which no acknowledgement hastens': [cycle(40.4, 0.03, HEAD_FIRST), ['connections-bound']],
  '40 ms for the rest, and nothing tried': [cycle(40.4, 0.03, { ...HELD_BACK, hastened: 0, released: 0 }), ['connections-bound']],
  '40 ms, a little of it for the rest': [cycle(40.4, 0.03, { ...HELD_BACK, ns: 16 * 4e9 }), ['connections-bound']],
  '5 ms for each response': [cycle(5.1, 0.2), ['connections-bound']],
  '200 ms for each response': [cycle(205, 0.01), ['connections-bound']],
  'a wait where the server may idle': [{ ...cycle(40.4, 0.03), loadSaturates: false }, []],
  'a wait under a driver that sleeps': [{ ...cycle(40.4, 0.03), driverSleeps: true }, ['load-generator-bound']],
  'quick first responses, 41 ms for the others': [
    {
      figures: {
        ...{ serverBusy: 0.08, loadBusy: 0.08 },
        latencyMicroseconds: { mean: 41e3, p50: 41_300, p90: 44e3, p99: 45e3, max: 46e3, samples: 9 },
      },
      totals: { userNs: null, steadyRequests: 0, steadyNs: 0, held: HELD_BACK },
    },
    ['stall'],
  ],
  '40 ms for the rest of each response of a busy server': [cycle(40.4, 0.94, HELD_BACK), []],
  'a stall under a driver that sleeps': [{ ...cycle(44, 0.03, HELD_BACK), driverSleeps: true }, ['stall']],

  reconnects: [{ totals: { loaded: { reconnects: 1, steadyRequests: 562_500, steadyNs: 9e9 } } }, ['reconnects']],

  'requests that are due at times of their own: N and saturation mean nothing': [open(), []],
  'all that was due, nearly as it came': [open({ achievedShare: 0.9905 }), []],
  'less than was due': [open({ achievedShare: 0.985 }), ['rate-not-reached']],
  'a few on their way at the end of slices that have few': [open({ achievedShare: 0.96, scheduled: 4_000 }), []],
  'more than a few': [open({ achievedShare: 0.93, scheduled: 4_000 }), ['rate-not-reached']],
  'one that was never sent': [open({ dropped: 1 }), ['requests-dropped']],
  'sent late at the median': [open({ sendLagMicroseconds: { p50: 3, p99: 9 } }), ['sent-late']],
  'sent late in the tail': [open({ sendLagMicroseconds: { p50: 2, p99: 12 } }), ['sent-late']],
  'sent much too late': [open({ sendLagMicroseconds: { p50: 2, p99: 60 } }), ['sent-too-late']],
  'connections that are idle for 40 ms because nobody asks': [
    {
      ...open({ dueRequestsPerSecond: 400, scheduled: 4_000, achievedShare: 1 }, { requests: 4_000, serverBusy: 0.01 }),
      totals: { serverCpuNs: 0.1e9, steadyRequests: 4_000, userNs: null },
    },
    [],
  ],
  'a server that stalls at a rate': [
    {
      ...open({}, { ...forty, requests: 4_000, serverBusy: 0.05 }),
      totals: { serverCpuNs: 0.5e9, userNs: null, steadyRequests: 0, held: { ...HELD_BACK, ns: 4_000 * 38e6 } },
    },
    ['stall'],
  ],
  'a server that waits at a rate': [open({}, { ...forty, serverBusy: 0.05 }), []],

  'X · R that is N': [little(1.04), []],
  'X · R below N': [little(0.94), ['littles-law-strained']],
  'X · R above N': [little(1.06), ['littles-law-strained']],
  'X · R far from N': [little(1.2), ['littles-law-broken']],
  'latencies without a mean, of an older file': [
    { figures: { latencyMicroseconds: { mean: null, p50: 1, p90: 1, p99: 1, max: 1, samples: 1 } } },
    [],
  ],
  'X · R of a run whose blocks were disturbed': [
    { ...little(1.2), totals: { loaded: { reconnects: 0, steadyRequests: 630_000, steadyNs: 10.1e9 } } },
    [],
  ],
  'a driver without latencies': [{ figures: { latencyMicroseconds: null } }, []],

  'two slow answers': [slow(2), []],
  'three slow answers in 500 slices': [slow(3), ['rare-slow-answers']],
  'slow answers in 3 % of the slices': [slow(15), ['rare-slow-answers']],
  'slow answers in more of them': [slow(16), ['slow-answers']],
  'slow answers in most of them': [{ ...slow(400), figures: { serverBusy: 0.3 } }, ['connections-bound', 'slow-answers']],
  'X · R above N because of slow answers': [{ ...little(1.2), ...slow(16) }, ['slow-answers']],
  'X · R above N, and far too few slow answers for that': [
    { ...little(1.2), ...slow(3) },
    ['rare-slow-answers', 'littles-law-broken'],
  ],

  'more than one CPU on one CPU': [{ totals: { serverCpuNs: 10.4e9 } }, ['counters-disagree']],
  'more than one CPU, not pinned': [{ totals: { serverCpuNs: 19e9, userNs: 19e9, systemNs: 0 }, cpus: null }, []],
  'three CPUs on three CPUs': [several(3, 3, 2.95), []],
  'more than three CPUs on three CPUs': [several(3, 3, 3.15), ['counters-disagree']],
  'one CPU for four workers': [several(4, 1, 0.98), []],
  'two of three CPUs for four workers': [several(4, 3, 2), ['server-idle']],
  'a little less than three of four CPUs for three workers': [several(3, 4, 2.7), ['load-generator-bound']],
  'X · cost of more than one CPU': [{ totals: { steadyRequests: 590_000 } }, ['counters-disagree']],
  'X · cost of as much, where a quarter of the requests is in the cost only': [
    { totals: { steadyRequests: 472_000, steadyNs: 7.2e9 } },
    [],
  ],
  'X · cost of more than one CPU, in a single lap': [{ totals: { steadyRequests: 9_000, steadyNs: 0.1e9 } }, []],
  'ticks beyond the nanoseconds': [{ totals: { userNs: 9e9, systemNs: 1.4e9 } }, ['counters-disagree']],
  'ticks beyond the nanoseconds by rounding': [{ figures: { slices: 2_000 }, totals: { userNs: 9e9, systemNs: 1.4e9 } }, []],
  'ticks beyond the nanoseconds in a short run': [
    {
      figures: { requests: 31_000 },
      totals: { serverCpuNs: 0.49e9, elapsedNs: 0.5e9, userNs: 0.4e9, systemNs: 0.3e9 },
    },
    [],
  ],
  'no ticks': [{ totals: { userNs: null, systemNs: null } }, []],

  'helper threads that take less and less': [{ figures: { helperFallPercent: estimate(2.4, 0.3, 4.5) } }, ['still-compiling']],
  'helper threads that take less, beside an interval that is wider': [
    { figures: { helperFallPercent: estimate(2.4, 0.3, 4.5), ratio: estimate(1.5, 1.45, 1.55) } },
    ['precision-not-reached'],
  ],
  'helper threads that take a little less': [{ figures: { helperFallPercent: estimate(0.9, 0.8, 1) } }, []],
  'helper threads that may take less': [{ figures: { helperFallPercent: estimate(2.4, -0.3, 5.1) } }, []],
  'helper threads that take more and more': [{ figures: { helperFallPercent: estimate(-3, -4, -2) } }, []],
  'helper threads that nobody knows': [{ figures: { helperFallPercent: null } }, []],
  'a cost that falls': [{ figures: { driftPercent: estimate(-1.8, -2.4, -1.2) } }, ['still-warming']],
  'a cost that rises': [{ figures: { driftPercent: estimate(3, 1.1, 5) } }, ['still-warming']],
  'a cost that may fall by less than matters': [{ figures: { driftPercent: estimate(-2.6, -4.6, -0.7) } }, ['slightly-warming']],
  'a cost that may rise by less than matters': [{ figures: { driftPercent: estimate(1.2, 0.1, 2.3) } }, ['slightly-warming']],
  'a cost that falls a little': [{ figures: { driftPercent: estimate(-0.9, -1, -0.8) } }, []],
  'a cost that may fall': [{ figures: { driftPercent: estimate(-1.8, -4, 0.4) } }, []],
  'a drift that is not known': [{ figures: { driftPercent: null } }, []],

  '70 % of the blocks': [{ figures: { blocksKept: 70, blocksPlanned: 100 } }, []],
  '69 % of the blocks': [{ figures: { blocksKept: 69, blocksPlanned: 100 } }, ['few-blocks-kept']],
  '50 % of the blocks': [{ figures: { blocksKept: 50, blocksPlanned: 100 } }, ['few-blocks-kept']],
  '49 % of the blocks': [{ figures: { blocksKept: 49, blocksPlanned: 100 } }, ['too-few-blocks-kept']],
  'no word of blocks': [{ figures: { blocksKept: null, blocksPlanned: null } }, []],

  'a round far from the others': [{ ratios: [...steady, 1.6] }, ['round-outlier']],
  'a round far from four others: too few to tell': [{ ratios: [...steady.slice(0, 4), 1.6] }, ['few-rounds']],
  'rounds on one side': [
    { ratios: [1.49, 1.491, 1.492, 1.493, 1.494, 1.53, 1.56], figures: { ratio: estimate(1.507, 1.495, 1.519) } },
    ['round-outlier', 'skewed-rounds'],
  ],

  'later work of 11 of 21 µs': [{ figures: beyond({ late: 11, cost: 21 }) }, ['late-work']],
  'later work of less than 1 % of the cost': [{ figures: beyond({ late: 0.1, cost: 21 }) }, []],
  'later work of 6 % of a small overhead': [
    { figures: { ...beyond({ late: 0.12, cost: 21 }), overheadMicroseconds: estimate(2, 1.9, 2.1) } },
    ['late-work'],
  ],
  'rare work of 3 of 21 µs': [{ figures: beyond({ late: 0, cost: 21, typical: 18 }) }, ['rare-work']],
  'an app that works when nobody asks it': [
    { outside: { app: 'koa', idleShare: 0.05, outsideShare: 0.05, busyChildren: 0 } },
    ['works-when-idle'],
  ],
  'an app whose children work': [{ outside: { app: 'koa', idleShare: 0, outsideShare: 0, busyChildren: 2 } }, ['forks-workers']],
  'workers that were requested': [
    {
      outside: { app: 'koa', idleShare: 0, outsideShare: 0, busyChildren: 2 },
      figures: { deployment: { runtime: 'node 24', transport: 'tcp', proxy: null, workers: 2, copies: 1 }, serverBusy: 0.98 },
    },
    [],
  ],
  'a server kept from its CPU by another app': [{ figures: { serverBusy: 0.8 }, totals: { serverWaitNs: 1.8e9 } }, []],

  'koa as expensive as never': [
    { package: 'koa', figures: { ratio: estimate(2.1, 2.09, 2.11) } },
    ['skewed-rounds', 'implausible'],
  ],
  'koa on another endpoint': [
    {
      figures: { endpoint: 'lookup', ratio: estimate(1.03, 1.02, 1.04) },
      ratios: steady.map((one) => one - 0.47),
    },
    [],
  ],
  'koa on a Node that is not in the table': [{ nodeMajor: 22, figures: { ratio: ratioWithin(0.5) } }, []],
  'an app without a package': [{ package: null }, []],

  'all at once': [
    {
      ...cycle(60, 0.1),
      ratios: rounds(1),
      totals: {
        serverCpuNs: 1e9,
        userNs: null,
        steadyRequests: 0,
        steadyNs: 0,
        loaded: { reconnects: 3, steadyRequests: 562_500, steadyNs: 9e9 },
      },
      precisionPercent: 0.1,
    },
    ['too-few-rounds', 'precision-not-reached', 'connections-bound', 'reconnects'],
  ],
}

describe('checkCell', () => {
  it.each(Object.entries(cases))('%s', (_what, [options, expected]) => {
    expect(codes(checkCell(goodCell(options)))).toEqual(expected)
  })

  it('names the rounds, the counter, the cycle time', () => {
    const message = (options: GoodCellOptions) => checkCell(goodCell(options))[0]?.message
    expect(message({ ratios: [...steady.slice(0, 3), 1.6, ...steady.slice(3), 1.61] })).toMatch(
      /^rounds 4, 10 lie far from the others/,
    )
    expect(message({ totals: { serverCpuNs: 10.4e9 } })).toMatch(/CPU time over elapsed time on one CPU is 104\.0 %/)
    expect(message(cycle(40.4, 0.03, HELD_BACK))).toMatch(
      /^each response takes 40\.4 ms while the server is 3 % busy: the signature of Nagle/,
    )
  })

  it.each([
    // N = 16 ÷ 0.2 = 80, and a quarter more.
    [
      5.1,
      0.2,
      'a request takes 5.1 ms, of which the server works for 0.064 ms, so 16 connections keep it 20 % busy; try --connections 128',
    ],
    [
      40.4,
      0.03,
      'a request takes 40.4 ms, of which the server works for 0.076 ms, so 16 connections keep it 3 % busy; try --connections 1024',
    ],
    [
      205,
      0.002,
      'a request takes 205.0 ms, of which the server works for 0.026 ms, so 16 connections keep it 0 % busy; ' +
        'try --connections 1024, although it would take about 8000',
    ],
  ])(
    'computes how many connections it takes, with requests of %s ms and a server that is %s busy',
    (milliseconds, busy, said) => {
      const [found] = checkCell(goodCell(cycle(milliseconds, busy)))
      expect(found?.message).toBe(`the connections are the limit: ${said}`)
    },
  )

  it('asks for no more connections than there can be', () => {
    const most = { driver: 'autocannon', connections: 1024, keepAlive: true }
    const { figures, totals } = cycle(40.4, 0.5)
    const [found] = checkCell(goodCell({ figures: { ...figures, load: most }, totals: { ...totals } }))
    expect(found?.message).toMatch(
      /so 1024 connections keep it 50 % busy; 1024 are the most there can be, although it would take about 2048$/,
    )
  })
})
