import { describe, expect, it } from 'vitest'
import { goodCell } from '../../fixtures/good-cell.ts'
import { seededRandom } from '../../fixtures/seeded-random.ts'
import type { Finding, RoundValue } from '../../result/model.ts'
import type { CellFacts } from './finding.ts'
import { checkFamily } from './judge.ts'

const BASELINE = 'node-http'

/** A cell of an app with these ratios by round, on an endpoint whose baseline costs so much by round. */
function cell(
  app: string,
  endpoint: string,
  ratios: readonly number[],
  costs: readonly number[] = ratios.map(() => 10),
): CellFacts {
  const perRound = ratios.map(
    (ratio, index): RoundValue => ({
      ...{ round: index + 1, blocks: 40, ratio, costMicroseconds: costs[index]! * ratio },
      ...{ overheadMicroseconds: costs[index]! * (ratio - 1), requestsPerSecond: 1e5, cpuDistanceNanoseconds: null },
      ...{ typicalCostMicroseconds: null, typicalRatio: null, lateMicroseconds: null },
    }),
  )
  const isBaseline = app === BASELINE
  return goodCell({ isBaseline, ...(isBaseline && { package: null }), figures: { app, endpoint, perRound } })
}

const codes = (cells: readonly CellFacts[]) => checkFamily(cells, BASELINE).map((own: Finding[]) => own.map(({ code }) => code))
const noisy = (count: number, around: number, deviation: number, seed: number) => {
  const { normal } = seededRandom(seed)
  return Array.from({ length: count }, () => around * Math.exp(deviation * normal()))
}
const ones = (count: number) => Array.from({ length: count }, () => 1)

describe('a trend', () => {
  it('is found in the cell that has one', () => {
    const rising = noisy(12, 1.5, 0.002, 1).map((ratio, index) => ratio * (1 + index / 200))
    expect(
      codes([cell(BASELINE, 'hello', ones(12)), cell('koa', 'hello', rising), cell('hono', 'hello', noisy(12, 1.1, 0.01, 2))]),
    ).toEqual([[], ['trend'], []])
  })

  it('needs more the more cells are looked at: six rounds in perfect order are nothing special among four', () => {
    const rising = [1.5, 1.51, 1.52, 1.53, 1.54, 1.55]
    expect(codes([cell('koa', 'hello', rising)])).toEqual([['trend']])
    const others = [3, 4, 5].map((seed) => cell(`app-${seed}`, 'hello', noisy(6, 1.5, 0.01, seed)))
    expect(codes([cell('koa', 'hello', rising), ...others])).toEqual([[], [], [], []])
  })

  it('is none when the machine was moved once, and the intervals know it', () => {
    const moved = noisy(14, 1.5, 0.002, 6).map((ratio, index) => (index < 7 ? ratio : ratio * 0.95))
    const covariate = moved.map((_, index) => (index < 7 ? 110 : 350))
    expect(codes([cell('koa', 'hello', moved)])).toEqual([['trend']])
    expect(codes([{ ...cell('koa', 'hello', moved), covariate }])).toEqual([[]])
  })

  it('is alarmed by chance in one of a hundred runs at most', () => {
    const runs = 300
    const { normal } = seededRandom(8)
    const alarms = Array.from({ length: runs }, () => {
      const cells = Array.from({ length: 8 }, (_, app) =>
        cell(
          `app-${app}`,
          'hello',
          Array.from({ length: 12 }, () => Math.exp(0.4 + 0.01 * normal())),
        ),
      )
      return codes(cells).flat().includes('trend')
    }).filter(Boolean)
    expect(alarms.length / runs).toBeLessThan(0.025)
  })
})

describe('the skeleton is no floor', () => {
  it('when an app is proven cheaper by more than 1 %', () => {
    const cells = [
      cell(BASELINE, 'hello', ones(8)),
      cell('much', 'hello', noisy(8, 0.97, 0.005, 1)),
      cell('little', 'hello', noisy(8, 0.995, 0.002, 2)),
      cell('maybe', 'hello', noisy(8, 0.97, 0.08, 3)),
      cell('costlier', 'hello', noisy(8, 1.2, 0.01, 4)),
    ]
    expect(codes(cells)).toEqual([[], ['skeleton-no-floor'], [], [], []])
    expect(checkFamily(cells, BASELINE)[1]![0]).toMatchObject({
      message: expect.stringMatching(/^it costs less than node-http, which should be the floor: ratio 0\.97/),
    })
  })

  it('but no app with a package is one, nor a program', () => {
    const cheaper = cell('much', 'hello', noisy(8, 0.97, 0.005, 1))
    const baseline = cell(BASELINE, 'hello', ones(8))
    expect(codes([{ ...baseline, package: 'koa' }, cheaper])).toEqual([[], []])
    expect(codes([{ ...baseline, isPlain: false }, cheaper])).toEqual([[], []])
  })

  it('on the endpoint where it happens', () => {
    const cells = [cell('koa', 'hello', noisy(8, 0.97, 0.005, 1)), cell('koa', 'lookup', noisy(8, 1.02, 0.005, 2))]
    expect(codes(cells)).toEqual([['skeleton-no-floor'], []])
  })
})

describe('the speed of the machine', () => {
  // Two states, 12 and 13.5 µs; a constant is added to every app, so the ratio of a dear one moves.
  const costs = [12, 13.5, 12.1, 13.4, 12, 13.6, 12.1, 13.5]
  const dear = costs.map((cost) => (cost + 6.2) / cost)

  it('is told with the ratio at either end', () => {
    const cells = [cell(BASELINE, 'hello', ones(8), costs), cell('koa', 'hello', dear, costs)]
    expect(codes(cells)).toEqual([[], ['machine-speed-changed']])
    const { facts, message } = checkFamily(cells, BASELINE)[1]![0]!
    expect(facts.fastRatio).toBeCloseTo(18.2 / 12, 2)
    expect(facts.slowRatio).toBeCloseTo(19.7 / 13.5, 2)
    expect(message).toBe('ratio 1.517 while the machine was fast, 1.458 while it was 13 % slower')
  })

  it.each([
    ['the ratio does not move with it', noisy(8, 1.5, 0.01, 5), costs],
    ['the ratio moves by less than 1 %', costs.map((cost) => 1.1 - cost / 2000), costs],
    ['the baseline moves by less than 5 %', dear, costs.map((cost) => 12 + (cost - 12) / 4)],
    ['there are five rounds', dear.slice(0, 5), costs.slice(0, 5)],
  ])('is not told when %s', (_what, ratios, baselineCosts) => {
    const baseline = cell(BASELINE, 'hello', ones(ratios.length), baselineCosts)
    expect(codes([baseline, cell('koa', 'hello', ratios, baselineCosts)])).toEqual([[], []])
  })

  it('is not told when the intervals know why', () => {
    const covariate = costs.map((cost) => (cost > 13 ? 350 : 110))
    const cells = [cell(BASELINE, 'hello', ones(8), costs), { ...cell('koa', 'hello', dear, costs), covariate }]
    expect(codes(cells)).toEqual([[], []])
  })

  it('is not told of an endpoint without a baseline', () => {
    expect(codes([cell('koa', 'hello', dear, costs)])).toEqual([[]])
  })
})

describe('two kinds of processes', () => {
  const kinds = [1.03, 1.28, 1.02, 1.03, 1.29, 1.27, 1.04, 1.28, 1.03, 1.03, 1.27, 1.02]
  const costs = noisy(12, 10, 0.003, 9)
  const fastify = cell('fastify', 'hello', kinds, costs)
  const found = (of: CellFacts, baselineCosts = costs) =>
    checkFamily([cell(BASELINE, 'hello', ones(12), baselineCosts), of], BASELINE)[1]!.filter(
      ({ code }) => code === 'two-kinds-of-processes',
    )

  it('are told with what each costs and how many there are', () => {
    const cost = { value: 11.3, low: 10.5, high: 12, level: 0.95 }
    const [{ message, severity } = { message: '', severity: null }] = found({ ...fastify, figures: { ...fastify.figures, cost } })
    expect(severity).toBe('note')
    // e to the mean of their logs: 1.0286 and 1.278, 7 and 5 of them; and 11.3 µs where that is 1.1261.
    expect(message).toBe(
      'the processes are of two kinds: 7 of 12 (58 %) take 10.32 µs per request, 5 (42 %) take 12.83 µs (+24.3 %); the mean describes neither',
    )
  })

  it('are not what a machine of two speeds, or two distances, makes of a ratio', () => {
    const states = kinds.map((ratio) => ratio > 1.2)
    const speeds = states.map((slow, index) => costs[index]! * (slow ? 1.3 : 1))
    const covariate = states.map((far, index) => (far ? 350 : 110) + (index % 3))
    expect(found(fastify)).toHaveLength(1)
    expect(found(fastify, speeds)).toEqual([])
    expect(found({ ...fastify, covariate })).toEqual([])
    // Other speeds and distances hide nothing.
    const other = [1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]
    const moving = other.map((slow, index) => costs[index]! * (1 + 0.1 * slow))
    expect(found({ ...fastify, covariate: other.map((far) => 110 + 240 * far) }, moving.toReversed())).toHaveLength(1)
  })

  it('are not told of the baseline, of several workers, or without a baseline', () => {
    expect(found({ ...fastify, isBaseline: true })).toEqual([])
    const deployment = { ...fastify.figures.deployment, workers: 2 }
    expect(found({ ...fastify, figures: { ...fastify.figures, deployment } })).toEqual([])
    expect(codes([fastify]).flat()).toEqual([])
  })
})

it('nothing is found in no cells', () => expect(checkFamily([], BASELINE)).toEqual([]))
