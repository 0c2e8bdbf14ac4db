import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { type Allocation, allocate, type CellVariances, type RoundTimes, roundMilliseconds } from './allocation.ts'
import { estimateMeans } from './estimate.ts'
import { mean, total } from './summary.ts'

const TIMES: RoundTimes = { fixedMilliseconds: 3_000, processMilliseconds: 2_650, blockMilliseconds: 84 }
const LIMITS = {
  blocks: { least: 4, most: 60 },
  mostProcesses: new Map(['a', 'b', 'c', 'd'].map((app) => [app, 3])),
  referenceProcesses: 2,
  availableMilliseconds: 280_000,
  leastRounds: 6,
}
const cell = (app: string, process: number, block = 0.02): CellVariances => {
  return { app, process: process ** 2, reference: 0.004 ** 2, block: block ** 2 }
}

describe('the allocation of a round', () => {
  it('has few blocks where processes differ much more than blocks do, and more the more blocks differ', () => {
    const blocks = (noise: number) => allocate([cell('a', 0.02, noise), cell('b', 0.02, noise)], TIMES, LIMITS).blocks
    expect(blocks(0.005)).toBe(4)
    expect(blocks(0.04)).toBeGreaterThan(blocks(0.01))
    expect(blocks(1)).toBeGreaterThan(30)
  })

  it('is the square root of costs and variances in the limit of many rounds (Kalibera and Jones 2013)', () => {
    const one = [{ app: 'a', process: 0.02 ** 2, reference: 0, block: 0.04 ** 2 }]
    const { blocks } = allocate(one, TIMES, { ...LIMITS, mostProcesses: new Map(), availableMilliseconds: 1e9 })
    const perRound = TIMES.fixedMilliseconds + 3 * TIMES.processMilliseconds
    const optimum = Math.sqrt((perRound / (3 * TIMES.blockMilliseconds)) * (0.04 / 0.02) ** 2)
    expect(Math.abs(blocks - optimum)).toBeLessThanOrEqual(1)
  })

  it('gives an app whose processes differ more than those of others more of them, within its limit', () => {
    const { processes } = allocate([cell('a', 0.04), cell('b', 0.005)], TIMES, LIMITS)
    expect(processes.get('a')).toBeGreaterThan(1)
    expect(processes.get('b')).toBe(1)
    const limited = allocate([cell('a', 0.04), cell('b', 0.005)], TIMES, { ...LIMITS, mostProcesses: new Map([['a', 1]]) })
    expect(Object.fromEntries(limited.processes)).toEqual({ a: 1, b: 1 })
  })

  it('leaves room for the least number of rounds, and is the smallest round where nothing does', () => {
    const cells = [cell('a', 0.04, 0.2), cell('b', 0.04, 0.2)]
    const limits = { ...LIMITS, availableMilliseconds: 110_000 }
    expect(6 * roundMilliseconds(allocate(cells, TIMES, limits), TIMES, limits)).toBeLessThanOrEqual(110_000)
    const smallest = allocate(cells, TIMES, { ...LIMITS, availableMilliseconds: 1_000 })
    expect(smallest).toEqual({ blocks: 4, processes: new Map(Object.entries({ a: 1, b: 1 })) })
  })

  it('keeps a number of blocks that is given', () => {
    expect(allocate([cell('a', 0.02)], TIMES, { ...LIMITS, blocks: { least: 17, most: 17 } }).blocks).toBe(17)
  })
})

/** Four apps on four endpoints whose processes and blocks differ as on a restless machine. */
const WORLD = Object.entries({ a: [0.016, 0.06], b: [0.019, 0.06], c: [0.038, 0.067], d: [0.033, 0.085] } as const)
const REFERENCE = 0.009
const ENDPOINTS = [0, 1, 2, 3]

/** A run in which rounds are cut anew from the variances that the rounds so far have shown; every true log ratio is 0. */
function simulatedRun(random: ReturnType<typeof seededRandom>, refined: boolean) {
  const fresh = (deviation: number) => {
    const common = random.normal()
    return ENDPOINTS.map(() => deviation * Math.SQRT1_2 * (common + random.normal()))
  }
  let cut: Allocation = { blocks: refined ? 8 : 60, processes: new Map(WORLD.map(([app]) => [app, 1])) }
  const rounds: { cut: Allocation; values: number[]; within: number[]; reference: number }[] = []
  const columns = () => rounds[0]!.values.map((_, index) => rounds.map(({ values }) => values[index]!))
  for (let elapsed = 0; ; ) {
    elapsed += roundMilliseconds(cut, TIMES, LIMITS)
    if (elapsed > LIMITS.availableMilliseconds) return { estimates: estimateMeans(columns()), rounds: rounds.length }
    const [one, other] = [fresh(REFERENCE), fresh(REFERENCE)]
    const cells = WORLD.flatMap(([app, [process, block]]) => {
      const own = Array.from({ length: cut.processes.get(app)! }, () => fresh(process))
      const within = (block ** 2 * (1 / own.length + 1 / 2)) / 1.5 / cut.blocks
      return ENDPOINTS.map((endpoint) => {
        const level = mean(own.map((levels) => levels[endpoint]!)) - (one[endpoint]! + other[endpoint]!) / 2
        const seen = mean(Array.from({ length: cut.blocks - 1 }, () => random.normal() ** 2))
        return { value: level + Math.sqrt(within) * random.normal(), within: within * seen }
      })
    })
    const reference = mean(ENDPOINTS.map((endpoint) => (one[endpoint]! - other[endpoint]!) ** 2 / 4))
    rounds.push({ cut, values: cells.map(({ value }) => value), within: cells.map(({ within }) => within), reference })
    if (!refined || ![3, 6, 12].includes(rounds.length)) continue
    const estimates = estimateMeans(columns())
    const variances = estimates.map(({ standardError }, index): CellVariances => {
      const app = WORLD[Math.floor(index / ENDPOINTS.length)]![0]
      const known = mean(rounds.map(({ within }) => within[index]!)) + mean(rounds.map((round) => round.reference))
      const between = Math.max(0, rounds.length * standardError ** 2 - known)
      return {
        app,
        process: between / mean(rounds.map((round) => 1 / round.cut.processes.get(app)!)),
        reference: mean(rounds.map((round) => round.reference)),
        block: mean(rounds.map((round) => round.within[index]! * round.cut.blocks)),
      }
    })
    cut = allocate(variances, TIMES, LIMITS)
  }
}

describe('runs whose rounds are cut anew', () => {
  const RUNS = 250
  const simulated = (refined: boolean) => {
    const random = seededRandom(20_261_128)
    return Array.from({ length: RUNS }, () => simulatedRun(random, refined))
  }
  const runs = simulated(true)

  it('cover the truth, with unequal numbers of processes', () => {
    const held = runs.flatMap(({ estimates }) => estimates).filter(({ low, high }) => low <= 0 && 0 <= high)
    const coverage = held.length / (RUNS * runs[0]!.estimates.length)
    expect(coverage).toBeGreaterThan(0.93)
    expect(coverage).toBeLessThan(0.975)
  })

  it('have much narrower intervals after the same time than rounds of sixty blocks', () => {
    const widest = (all: typeof runs) =>
      mean(all.map(({ estimates }) => Math.max(...estimates.map(({ halfWidth }) => halfWidth))))
    expect(widest(runs) / widest(simulated(false))).toBeLessThan(0.75)
    expect(total(runs, ({ rounds }) => rounds) / RUNS).toBeGreaterThan(7)
  })
})
