import { describe, expect, it } from 'vitest'
import type { Estimate, Finding } from '../result.ts'
import { type CellFacts, checkCell } from './cell-checks.ts'
import { type FindingCode, finding, findingKinds } from './registry.ts'
import { checkIdentical, checkRun, copiesAgree, type RunFacts } from './run-checks.ts'
import { verdictOf, worstVerdict } from './verdict.ts'

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code)

const goodCell: CellFacts = {
  rounds: 8,
  halfWidthPercent: 0.8,
  precisionPercent: 1,
  serverBusy: 0.98,
  loadBusy: 0.7,
  reconnects: 0,
  driverSleeps: false,
}

describe('checkCell', () => {
  it('finds nothing wrong with a good cell', () => {
    expect(checkCell(goodCell)).toEqual([])
  })

  it.each<[string, Partial<CellFacts>, string[]]>([
    ['no round at all', { rounds: 0 }, ['too-few-rounds']],
    ['one round', { rounds: 1 }, ['too-few-rounds']],
    ['two rounds', { rounds: 2 }, ['few-rounds']],
    ['five rounds', { rounds: 5 }, ['few-rounds']],
    ['six rounds', { rounds: 6 }, []],
    ['an interval that is too wide', { halfWidthPercent: 1.01 }, ['precision-not-reached']],
    ['an interval just as wide as asked for', { halfWidthPercent: 1 }, []],
    ['no precision asked for', { halfWidthPercent: 9, precisionPercent: null }, []],
    ['no interval (the baseline)', { halfWidthPercent: null }, []],
    ['a server that could do more', { serverBusy: 0.92 }, ['load-generator-bound']],
    ['a server that is busy enough', { serverBusy: 0.93 }, []],
    ['a server that mostly waits', { serverBusy: 0.84 }, ['server-idle']],
    ['a server that waits a little', { serverBusy: 0.85 }, ['load-generator-bound']],
    ['a driver that sleeps does not try to keep it busy', { serverBusy: 0.5, driverSleeps: true }, ['load-generator-bound']],
    ['reconnects', { reconnects: 1 }, ['reconnects']],
    [
      'all at once',
      { rounds: 1, serverBusy: 0.1, reconnects: 3, halfWidthPercent: 5 },
      ['too-few-rounds', 'precision-not-reached', 'server-idle', 'reconnects'],
    ],
  ])('%s', (_what, facts, expected) => {
    expect(codes(checkCell({ ...goodCell, ...facts }))).toEqual(expected)
  })
})

const goodRun: RunFacts = {
  rounds: 8,
  wantedRounds: null,
  stoppedBecause: 'precision',
  cpuAccounting: 'schedstat',
  notPinnedBecause: null,
  driver: { id: 'autocannon', sleeps: false },
}

describe('checkRun', () => {
  it('finds nothing wrong with a good run', () => {
    expect(checkRun(goodRun)).toEqual([])
  })

  it.each<[string, Partial<RunFacts>, string[]]>([
    ['a simulation', { cpuAccounting: 'simulated' }, ['simulated']],
    ['a kernel without schedstat', { cpuAccounting: 'process.cpuUsage' }, ['coarse-cpu-accounting']],
    ['nothing pinned', { notPinnedBecause: 'there is only one CPU' }, ['not-pinned']],
    ['wrk', { driver: { id: 'wrk', sleeps: true } }, ['sleeping-load-generator']],
    ['an interrupted run', { stoppedBecause: 'interrupted' }, ['interrupted']],
    ['a run that ran out of time', { stoppedBecause: 'time' }, []],
    [
      'a run that ran out of time before its rounds',
      { stoppedBecause: 'time', rounds: 7, wantedRounds: 20 },
      ['rounds-not-reached'],
    ],
    ['a run that could not go on', { stoppedBecause: 'failed' }, ['cut-short']],
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
    ['differ', ratio(1.02, 1.01, 1.03), false, ['identical-differ']],
    ['differ downwards', ratio(0.98, 0.97, 0.99), false, ['identical-differ']],
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

describe('findings', () => {
  const facts: Record<FindingCode, Finding['facts']> = {
    'contract-broken': { reason: 'status 500' },
    'app-failed': { reason: 'it ended' },
    'load-generator-bound': { serverBusy: 0.9, loadBusy: 0.99 },
    'server-idle': { serverBusy: 0.4, loadBusy: null },
    'identical-differ': { endpoint: 'hello', ratio: 1.02, low: 1.01, high: 1.03 },
    'identical-slightly-differ': { endpoint: 'hello', ratio: 1.002, low: 1.001, high: 1.003 },
    'precision-not-reached': { halfWidthPercent: 2.345, precisionPercent: 1 },
    'few-rounds': { rounds: 3 },
    'too-few-rounds': { rounds: 1 },
    'rounds-not-reached': { rounds: 7, wanted: 20 },
    'cut-short': { rounds: 5 },
    'not-measured': { reason: 'the baseline is out' },
    interrupted: { rounds: 4 },
    reconnects: { reconnects: 5 },
    'not-pinned': { reason: 'there is only one CPU' },
    'coarse-cpu-accounting': {},
    'sleeping-load-generator': { driver: 'wrk' },
    simulated: {},
  }

  it.each(Object.keys(findingKinds) as FindingCode[])('%s is a sentence with its numbers, and an advice', (code) => {
    const { message, advice, severity } = finding(code, facts[code])
    expect(severity).toBe(findingKinds[code].severity)
    expect(message).not.toMatch(/undefined|NaN|null|\[object|\n/)
    expect(message).toMatch(/^[a-z0-9C].*[^.]$/)
    expect(advice).toMatch(/^[A-Z].*\.$/)
    for (const value of Object.values(facts[code])) {
      if (typeof value === 'string') expect(message).toContain(value)
    }
  })

  it('round their numbers for the reader', () => {
    expect(finding('precision-not-reached', facts['precision-not-reached']).message).toBe(
      'the interval is ±2.35 %, ±1 % was asked for',
    )
    expect(finding('load-generator-bound', { serverBusy: 0.9, loadBusy: null }).message).toMatch(
      /^the server was only 90\.0 % busy: requests/,
    )
  })
})

describe('verdicts', () => {
  const of = (...severities: Finding['severity'][]) =>
    verdictOf(severities.map((severity) => ({ ...finding('simulated', {}), severity })))

  it('are the worst of the findings; a note changes nothing', () => {
    expect(of()).toBe('valid')
    expect(of('note', 'note')).toBe('valid')
    expect(of('note', 'suspect')).toBe('suspect')
    expect(of('suspect', 'invalid', 'note')).toBe('invalid')
  })

  it('of several are the worst of them', () => {
    expect(worstVerdict([])).toBe('valid')
    expect(worstVerdict(['valid', 'suspect', 'valid'])).toBe('suspect')
    expect(worstVerdict(['suspect', 'invalid', 'valid'])).toBe('invalid')
  })
})
