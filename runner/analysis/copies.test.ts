import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { type CopiesRun, copiesRun } from '../fixtures/simulated-copies.ts'
import { type Conditions, normalNoise, quiet } from '../fixtures/simulated-rounds.ts'
import { mean } from '../statistics/summary.ts'
import type { CellEstimates } from './estimates.ts'

/**
 * What two copies of the baseline that differ do to a run, simulated: the numbers in docs/methodology.md, "Two copies that differ", from 1000
 * runs, here from 100. Seeds are fixed; shares of runs err by 2 points, coverage by less.
 */
const RUNS = 100
const ROUNDS = 10

/** Cells a × 4 + e, of apps that differ from the baseline by so much on every endpoint. */
const differing = (...apps: number[]) => apps.flatMap((ratio) => Array<number>(4).fill(Math.log(ratio)))
const EQUAL = differing(1, 1, 1, 1)
const MIXED = differing(1, 1.03, 1, 1.6)
const FAR = differing(1.65, 2, 2.7, 4)
const dearerCopy = () => Math.log(1.02)

function runsOf(truth: readonly number[], deviation: number, copyShift?: Conditions['copyShift']): CopiesRun[] {
  const random = seededRandom(20_261_128)
  const noise = { processDeviation: deviation, sliceNoise: normalNoise, disturbance: quiet }
  const conditions = { ...noise, truth, ...(copyShift === undefined ? {} : { copyShift }) }
  return Array.from({ length: RUNS }, () => copiesRun(random, conditions, ROUNDS))
}

const percent = (all: readonly boolean[]) => 100 * mean(all.map(Number))

function coverage(runs: readonly CopiesRun[], truth: readonly number[], of: 'plain' | 'printed') {
  const holds = ({ ratio: { low, high } }: CellEstimates, log: number) => low! <= Math.exp(log) && Math.exp(log) <= high!
  return percent(runs.flatMap((run) => truth.map((log, cell) => holds(run[of][cell]!, log))))
}

/** Percent of endpoints on which apps of the same cost are called different. */
function falseAlarms(runs: readonly CopiesRun[], when: keyof CopiesRun['apart']) {
  const wrong = ({ apart }: CopiesRun) =>
    [0, 1, 2, 3].map((endpoint) =>
      [0, 1, 2, 3].some((one) => [null, 0, 1, 2, 3].some((other) => one !== other && apart[when](endpoint, one, other))),
    )
  return percent(runs.flatMap(wrong))
}

describe.each([0.01, 0.025])('identical copies, processes that differ by %f', (deviation) => {
  it('differ by chance in about one run of twenty, and leave coverage and false alarms where they belong', () => {
    const runs = runsOf(EQUAL, deviation)
    expect(percent(runs.map(({ differ }) => differ))).toBeLessThan(8)
    expect(coverage(runs, EQUAL, 'printed')).toBeGreaterThan(93)
    expect(coverage(runs, EQUAL, 'printed')).toBeLessThan(97)
    expect(falseAlarms(runs, 'after')).toBeLessThan(6)
  })
})

it('identical copies take little more from a difference of 3 % than throwing a run away did, and nothing from larger ones', () => {
  const runs = runsOf(MIXED, 0.015)
  const found = (app: number, others: readonly (number | null)[], when: keyof CopiesRun['apart']) =>
    percent(runs.flatMap(({ apart }) => [0, 1, 2, 3].flatMap((endpoint) => others.map((o) => apart[when](endpoint, app, o)))))
  const small = [null, 0, 2]
  expect(found(1, small, 'after')).toBeGreaterThan(found(1, small, 'before') - 1)
  expect(found(1, small, 'after')).toBeGreaterThan(70)
  expect(found(3, [null], 'before')).toBeLessThan(99)
  expect(found(3, [null], 'after')).toBe(100)
})

describe('a copy that costs 2 % more', () => {
  it('is in the intervals wherever it is proven, on all endpoints; without that they would be wrong', () => {
    const runs = runsOf(FAR, 0.01, dearerCopy).filter(({ differ }) => differ)
    expect(runs.length).toBeGreaterThan(0.9 * RUNS)
    expect(coverage(runs, FAR, 'plain')).toBeLessThan(60)
    expect(coverage(runs, FAR, 'printed')).toBeGreaterThan(99)
    expect(runs.flatMap(({ invalid }) => invalid)).not.toContain(true)
  })

  it('makes no app differ from an equal one more often, though processes hide it in more than half of the runs', () => {
    const runs = runsOf(EQUAL, 0.025, dearerCopy)
    expect(percent(runs.map(({ differ }) => differ))).toBeLessThan(50)
    expect(coverage(runs, EQUAL, 'plain')).toBeLessThan(89)
    expect(coverage(runs, EQUAL, 'printed')).toBeGreaterThan(90)
    expect(falseAlarms(runs, 'after')).toBeLessThan(6.5)
  })
})
