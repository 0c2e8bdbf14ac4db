import { describe, expect, it } from 'vitest'
import type { Blocks, Estimate, Finding } from '../../result/model.ts'
import { boundOf, copiesAgree } from '../copies.ts'
import { widened } from '../estimates.ts'
import { checkEnvironment } from './answers.ts'
import { checkRun, type JudgedRun } from './judge.ts'
import { checkIdentical } from './machine.ts'

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code)

const goodRun: JudgedRun = {
  rounds: 8,
  wantedRounds: null,
  stoppedBecause: 'precision',
  cpuAccounting: 'schedstat',
  notPinnedBecause: null,
  driver: { id: 'autocannon', sleeps: false },
  callerNodeOptions: null,
  warmUpMilliseconds: 2_400,
  wantedWarmUpMilliseconds: 2_400,
  stealShare: 0.001,
  foreignShare: 0.008,
  cpuDistanceNanoseconds: { mean: 110, low: 108, high: 113 },
  slowRounds: [],
  slowRoundsCount: false,
  blocks: { planned: 100, attempts: 100, disturbances: {} },
  outsideWork: [{ app: 'koa', idleShare: 0.0003, outsideShare: 0.001, busyChildren: 0 }],
  lastOverFirst: { value: 1.004, low: 1.003, high: 1.005, level: 0.99 },
}

const blocks = (attempts: number, disturbances: Record<string, number>): Blocks => ({ planned: 100, attempts, disturbances })
const place = (value: number, low: number | null, high: number | null) => ({ value, low, high, level: 0.99 })

describe('checkRun', () => {
  it('finds nothing wrong with a good run', () => {
    expect(checkRun(goodRun)).toEqual([])
  })

  it.each<[string, Partial<JudgedRun>, string[]]>([
    ['a simulation', { cpuAccounting: 'simulated' }, ['simulated']],
    ['a kernel without schedstat', { cpuAccounting: 'ticks' }, ['coarse-cpu-accounting']],
    ['nothing pinned', { notPinnedBecause: 'there is only one CPU' }, ['not-pinned']],
    ['a run too short to get warm', { warmUpMilliseconds: 1_900 }, ['short-warm-up']],
    ['a run a twentieth too short to get warm', { warmUpMilliseconds: 2_280 }, []],
    ['a run a little shorter than that', { warmUpMilliseconds: 2_279 }, ['short-warm-up']],
    ['a run that measured cold code', { warmUpMilliseconds: 1_899 }, ['cold-apps']],
    ['a client that sleeps', { driver: { id: 'autocannon-sleeping', sleeps: true } }, ['sleeping-load-generator']],
    ['wrk', { driver: { id: 'wrk', sleeps: true, wholeRuns: true } }, ['sleeping-load-generator', 'whole-runs']],
    ['an interrupted run', { stoppedBecause: 'interrupted' }, ['interrupted']],
    ['a run that ran out of time', { stoppedBecause: 'time' }, []],
    [
      'a run that ran out of time before its rounds',
      { stoppedBecause: 'time', rounds: 7, wantedRounds: 20 },
      ['rounds-not-reached'],
    ],
    ['a run that could not go on', { stoppedBecause: 'failed' }, ['cut-short']],
    ['stolen time', { stealShare: 0.021 }, ['steal']],
    ['other programs', { foreignShare: 0.051 }, ['foreign-cpu']],
    ['rounds on a slow machine', { slowRounds: [{ round: 3, slowdown: 1.4 }] }, ['slow-rounds-left-out']],
    ['nearly nothing but those', { slowRounds: [{ round: 3, slowdown: 1.4 }], slowRoundsCount: true }, ['slow-rounds-count']],
    ['no word of either', { stealShare: null, foreignShare: null }, []],
    ['some blocks measured again', { blocks: blocks(103, { steal: 1, 'foreign-cpu': 2 }) }, ['blocks-repeated']],
    ['three in ten blocks disturbed', { blocks: blocks(130, { steal: 39 }) }, ['blocks-repeated']],
    ['more than three in ten', { blocks: blocks(130, { steal: 20, 'foreign-cpu': 20 }) }, ['machine-too-busy']],
    ['an app that closes connections is no busy machine', { blocks: blocks(130, { reconnects: 130 }) }, ['blocks-repeated']],
    ['no word of blocks', { blocks: null }, []],
    ['a virtual CPU that was moved', { cpuDistanceNanoseconds: { mean: 180, low: 108, high: 350 } }, ['cpu-distance-changed']],
    ['a distance that is not known', { cpuDistanceNanoseconds: null }, []],
    ['the last place more expensive', { lastOverFirst: place(1.007, 1.003, 1.011) }, ['position-effect']],
    ['the last place cheaper', { lastOverFirst: place(0.99, 0.985, 0.995) }, ['position-effect']],
    ['the last place may be more expensive', { lastOverFirst: place(1.007, 0.999, 1.015) }, []],
    ['no word of places', { lastOverFirst: null }, []],
  ])('%s', (_what, facts, expected) => {
    expect(codes(checkRun({ ...goodRun, ...facts }))).toEqual(expected)
  })
})

describe('two copies of one server', () => {
  const ratio = (value: number, low: number | null, high: number | null): Estimate => ({ value, low, high, level: 0.95 })

  it.each([
    ['agree', ratio(1.001, 0.999, 1.003), true, []],
    ['agree at the very edge', ratio(1.001, 1, 1.002), true, []],
    ['agree while there is no interval', ratio(1.2, null, null), true, []],
    ['differ a little', ratio(1.004, 1.002, 1.006), false, ['identical-slightly-differ']],
    ['differ a little downwards', ratio(0.995, 0.993, 0.997), false, ['identical-slightly-differ']],
    ['differ by just less than counts', ratio(1.0099, 1.002, 1.02), false, ['identical-slightly-differ']],
    ['differ', ratio(1.02, 1.01, 1.03), false, ['identical-bound']],
    ['differ downwards', ratio(0.98, 0.97, 0.99), false, ['identical-bound']],
  ] as const)('%s', (_what, estimate, agrees, expected) => {
    expect(copiesAgree(estimate)).toBe(agrees)
    const findings = checkIdentical('hello', estimate)
    expect(codes(findings)).toEqual(expected)
    for (const { message, facts } of findings) {
      expect(message).toContain(estimate.value.toFixed(4))
      expect(facts).toEqual({ endpoint: 'hello', ratio: estimate.value, low: estimate.low, high: estimate.high })
    }
  })
})

describe('an app beside two copies that differ', () => {
  const ratio = (value: number, low: number, high: number): Estimate => ({ value, low, high, level: 0.95 })
  const copies = ratio(1.032, 1.001, 1.063)
  const bound = boundOf([{ ratio: copies }, { ratio: ratio(1, 0.9, 1.1) }])
  const found = (own: Estimate) => codes(checkIdentical('hello', copies, widened(own, bound)))

  it('is credible where it differs from the baseline by more than they may differ, either way', () => {
    expect(found(ratio(1.6, 1.5, 1.7))).toEqual(['identical-bound'])
    expect(found(ratio(1.08, 1.065, 1.095))).toEqual(['identical-bound'])
    expect(found(ratio(0.9, 0.87, 0.93))).toEqual(['identical-bound'])
  })

  it('is not where its interval reaches into that', () => {
    expect(found(ratio(1.07, 1.05, 1.09))).toEqual(['identical-differ'])
    expect(found(ratio(1, 0.99, 1.01))).toEqual(['identical-differ'])
    expect(found(ratio(0.95, 0.92, 0.98))).toEqual(['identical-differ'])
  })
})

describe('messages', () => {
  it('name the causes, the most frequent first', () => {
    const [found] = checkRun({ ...goodRun, blocks: blocks(103, { steal: 1, 'foreign-cpu': 2 }) })
    expect(found).toMatchObject({
      message: '3 of 103 measured blocks were disturbed and do not count: 2 foreign-cpu, 1 steal',
      facts: { disturbed: 3, attempts: 103 },
    })
  })

  it('tell the effect of the place with its interval', () => {
    const [found] = checkRun({ ...goodRun, lastOverFirst: place(0.99, 0.985, 0.995) })
    expect(found?.message).toBe('the last slice of a block costs -1.00 % [-1.50 %, -0.50 %] of the first')
  })
})

describe('checkEnvironment', () => {
  it('names all that differs, and says nothing where nothing does', () => {
    expect(checkEnvironment([])).toEqual([])
    const [found] = checkEnvironment(['NODE_ENV is development, production for node-http', 'Node is 22'])
    expect(found).toMatchObject({
      code: 'unequal-environment',
      message: 'not the same conditions as the baseline: NODE_ENV is development, production for node-http; Node is 22',
    })
  })
})
