import { describe, expect, it } from 'vitest'
import { type SimulationOptions, simulation } from '../fixtures/simulated-run.ts'
import type { Pulse } from '../load/driver.ts'
import type { FakePlace } from '../load/fake.ts'
import type { RoundRecord, Slice } from './records.ts'

const TWO_ROUNDS = { rule: { rounds: 2, precision: null } } as const
/** 8 blocks on each of two endpoints. */
const PLANNED = 16
const MOST_REPEATS = 5
const DEPLOYMENTS = 4
/** Of a round: 200 ms in turns of 20. */
const WARM_UP_PULSES = DEPLOYMENTS * 10

async function run(options: SimulationOptions = {}) {
  const simulated = simulation({ ...TWO_ROUNDS, ...options })
  const record = await simulated.run()
  return { ...simulated, record }
}

const blockName = ({ round, endpoint, block }: Pick<Slice, 'round' | 'endpoint' | 'block'>) => `${round} ${endpoint} ${block}`

/** Slices by attempt, attempts by block, in the order they were measured. */
function attemptsOf(records: readonly RoundRecord[]): Map<string, Slice[][]> {
  const blocks = new Map<string, Slice[][]>()
  for (const slice of records.flatMap(({ slices }) => slices)) {
    const attempts = blocks.get(blockName(slice)) ?? []
    attempts[slice.attempt] = [...(attempts[slice.attempt] ?? []), slice]
    blocks.set(blockName(slice), attempts)
  }
  return blocks
}

const recordOf = (records: readonly RoundRecord[], name: string) =>
  records.flatMap(({ round, blocks }) => blocks.map((block) => ({ round, ...block }))).find((block) => blockName(block) === name)!

/** Calls for the pulses of measuring alone, counted from 0; the warm-up is left in peace. */
function whileMeasuring<T>(quiet: T, at: (slice: number, place: FakePlace) => T) {
  let started = false
  let slice = 0
  return {
    begin: () => {
      started = true
    },
    each: (place: FakePlace): T => (started ? at(slice++, place) : quiet),
  }
}

/** A run in which pulse number n of the first round's measuring is met by something. */
async function runWith<T>(option: 'wait' | 'kernel', quiet: T, at: (slice: number, place: FakePlace) => T) {
  const { begin, each } = whileMeasuring(quiet, at)
  return run({
    world: { [option]: each },
    listener: { progress: ({ phase, round }) => void (phase === 'measure' && round === 1 && begin()) },
  })
}

const QUIET_WAIT = { serverNs: 0, loadNs: 0 }

describe('a quiet world', () => {
  it('repeats nothing', async () => {
    const { records, result, record } = await run()
    for (const { blocks, slices } of records) {
      expect(blocks).toHaveLength(PLANNED)
      expect(blocks.every(({ disturbances, kept }) => kept && disturbances.length === 0)).toBe(true)
      expect(slices).toHaveLength(PLANNED * DEPLOYMENTS)
      expect(slices.every(({ attempt, disturbance }) => attempt === 0 && disturbance === null)).toBe(true)
      expect(slices.every(({ serverWaitNs, loadWaitNs }) => serverWaitNs === 0 && loadWaitNs === 0)).toBe(true)
    }
    expect(result(record).cells.every(({ state }) => state === 'measured')).toBe(true)
  })

  it('does not repeat what is slow, answers little or costs much', async () => {
    const slow = (pulse: Pulse): Pulse => ({
      ...pulse,
      requests: 1,
      elapsedNs: pulse.elapsedNs * 20,
      drainNs: pulse.elapsedNs * 19,
      idleNs: pulse.elapsedNs * 19,
      steadyRequests: 0,
    })
    const { records } = await run({ world: { disturb: (pulse, { pulses }) => (pulses % 7 === 0 ? slow(pulse) : pulse) } })
    const slices = records.flatMap((record) => record.slices)
    expect(slices.some(({ requests }) => requests === 1)).toBe(true)
    expect(slices.every(({ attempt, disturbance }) => attempt === 0 && disturbance === null)).toBe(true)
  })
})

describe('a disturbed block', () => {
  // The sixth slice is the second one of the second block.
  const once = (slice: number) => (slice === 5 ? { serverNs: 11e6, loadNs: 0 } : QUIET_WAIT)

  it('is measured again as a whole, at once, with the same lengths', async () => {
    const { records, world } = await runWith('wait', QUIET_WAIT, once)
    const blocks = [...attemptsOf(records)]
    const [name, attempts] = blocks[1]!
    expect(attempts).toHaveLength(2)
    expect(blocks.filter(([, { length }]) => length > 1)).toHaveLength(1)
    expect(attempts.map((slices) => slices.map(({ disturbance }) => disturbance))).toEqual([
      Array(DEPLOYMENTS).fill('foreign-cpu'),
      Array(DEPLOYMENTS).fill(null),
    ])
    expect(recordOf(records, name)).toMatchObject({ disturbances: ['foreign-cpu'], kept: true })
    for (const slices of attempts) {
      expect(slices.map(({ position }) => position)).toEqual([0, 1, 2, 3])
      expect(new Set(slices.map(({ deployment }) => deployment)).size).toBe(DEPLOYMENTS)
    }
    const [first, second] = attempts.map((slices) => slices.map(({ elapsedNs }) => Math.round(elapsedNs / 1e6)))
    for (const [place, length] of first!.entries()) expect(Math.abs(second![place]! - length)).toBeLessThanOrEqual(1)
    // All slices of the first attempt, then all of the second, and then the next block.
    const pulses = world.journal.filter((line) => line.startsWith('pulse'))
    const measured = [...attemptsOf(records).values()].flat(2).filter(({ round }) => round === 1)
    const start = pulses.indexOf(`pulse ${measured[0]!.deployment} ${measured[0]!.endpoint}`, WARM_UP_PULSES)
    expect(pulses.slice(start, start + measured.length)).toEqual(
      measured.map(({ deployment, endpoint }) => `pulse ${deployment} ${endpoint}`),
    )
  })

  it('changes nothing else: all other slices come in the order in which they would have come', async () => {
    const order = (records: readonly RoundRecord[]) =>
      records.flatMap(({ slices }) =>
        slices.filter(({ attempt }) => attempt === 0).map((slice) => `${blockName(slice)} ${slice.deployment}`),
      )
    const quiet = await run()
    const disturbed = await runWith('wait', QUIET_WAIT, once)
    expect(order(disturbed.records)).toEqual(order(quiet.records))
  })

  it('stays in the samples, and does not count', async () => {
    // What a stranger does to the caches: ten times the cost, wherever the server had to wait.
    const waits = whileMeasuring(QUIET_WAIT, (slice) => (slice % 20 === 3 ? { serverNs: 11e6, loadNs: 0 } : QUIET_WAIT))
    const waited = new Set<number>()
    const { records, result, record } = await run({
      world: {
        wait: (place) => {
          const wait = waits.each(place)
          if (wait.serverNs > 0) waited.add(place.pulses)
          return wait
        },
        disturb: (pulse, { pulses }) => (waited.has(pulses) ? { ...pulse, requests: Math.ceil(pulse.requests / 10) } : pulse),
      },
      listener: { progress: ({ phase }) => void (phase === 'measure' && waits.begin()) },
    })
    const slices = records.flatMap((one) => one.slices)
    const thrownAway = slices.filter(({ disturbance }) => disturbance !== null)
    expect(thrownAway.length).toBeGreaterThanOrEqual(2 * DEPLOYMENTS)
    const quiet = await run()
    const cells = (of: typeof record, from: typeof result) =>
      from(of).cells.map((cell) => (cell.state === 'measured' ? cell.ratio.value : Number.NaN))
    const [disturbedRatios, quietRatios] = [cells(record, result), cells(quiet.record, quiet.result)]
    for (const [index, ratio] of disturbedRatios.entries()) expect(Math.abs(ratio / quietRatios[index]! - 1)).toBeLessThan(0.02)
    const counted = slices.filter(({ disturbance }) => disturbance === null)
    const countedSeconds = counted.reduce((sum, { elapsedNs }) => sum + elapsedNs, 0) / 1e9
    expect(result(record).measuredSeconds).toBeCloseTo(countedSeconds, 6)
  })

  it('is missing after two repeats', async () => {
    // The first block and its two repeats: 12 slices.
    const { records } = await runWith('wait', QUIET_WAIT, (slice) => (slice < 12 ? { serverNs: 0, loadNs: 11e6 } : QUIET_WAIT))
    const [[name, attempts]] = [...attemptsOf(records)] as [[string, Slice[][]]]
    expect(attempts).toHaveLength(3)
    expect(attempts.flat().every(({ disturbance }) => disturbance === 'load-disturbed')).toBe(true)
    expect(recordOf(records, name)).toMatchObject({ disturbances: Array(3).fill('load-disturbed'), kept: false })
    expect(records[0]!.blocks.filter(({ kept }) => !kept)).toHaveLength(1)
    expect(records[0]!.blocks).toHaveLength(PLANNED)
  })

  it('draws its order again for every attempt, and the same for the same seed', async () => {
    const everything = () => ({ serverNs: 14e6, loadNs: 0 })
    const orders = async () => {
      const { records } = await runWith('wait', QUIET_WAIT, everything)
      return [...attemptsOf(records).values()].map((attempts) =>
        attempts.map((slices) => slices.map((one) => one.deployment).join()),
      )
    }
    const first = await orders()
    expect(await orders()).toEqual(first)
    const repeated = first.filter(({ length }) => length > 1)
    expect(repeated.length).toBeGreaterThan(2)
    // All repeats in the order of the first attempt would be a chance of 24 ** -5.
    expect(repeated.some((attempts) => new Set(attempts).size > 1)).toBe(true)
  })

  it.each([
    ['throttled', { throttledPeriods: 1 }],
    ['listen-overflow', { listenDrops: 1 }],
    ['retransmits', { retransmits: 1 }],
    ['steal', { stealTicks: 2 }],
  ])('is told by the kernel: %s', async (code, counted) => {
    const { records } = await runWith('kernel', {}, (slice) => (slice === 2 ? counted : {}))
    expect(records[0]!.blocks[0]).toMatchObject({ disturbances: [code], kept: true })
    expect(records.flatMap(({ blocks }) => blocks).filter(({ disturbances }) => disturbances.length > 0)).toHaveLength(1)
  })

  it('is not one whose server waited for the garbage of another', async () => {
    const koa = { lateNs: 0 }
    const { begin, each } = whileMeasuring(QUIET_WAIT, (_slice, { app }) => {
      if (app !== 'express') return QUIET_WAIT
      koa.lateNs += 11e6
      return { serverNs: 11e6, loadNs: 0 }
    })
    const { records } = await run({
      world: { wait: each },
      listener: { progress: ({ phase }) => void (phase === 'measure' && begin()) },
      rig: ({ host }) => ({
        host: {
          ...host,
          start: async (plan, options) => {
            const deployment = await host.start(plan, options)
            if (plan.app !== 'koa') return deployment
            return {
              ...deployment,
              cpu: async () => {
                const reading = await deployment.cpu()
                return { ...reading, cpuNs: reading.cpuNs + koa.lateNs }
              },
            }
          },
        },
      }),
    })
    const slices = records.flatMap((record) => record.slices)
    expect(slices.filter(({ serverWaitNs }) => serverWaitNs === 11e6).length).toBeGreaterThanOrEqual(PLANNED)
    expect(slices.every(({ disturbance }) => disturbance === null)).toBe(true)
  })
})

describe('the budget of a round', () => {
  const always = () => ({ serverNs: 14e6, loadNs: 0 })

  it('is three tenths of its blocks, rounded up; what is disturbed afterwards is missing', async () => {
    const { records } = await run({ world: { wait: always } })
    for (const { blocks, slices } of records) {
      expect(blocks).toHaveLength(PLANNED)
      expect(blocks.every(({ kept }) => !kept)).toBe(true)
      const attempts = blocks.reduce((sum, { disturbances }) => sum + disturbances.length, 0)
      expect(attempts).toBe(PLANNED + MOST_REPEATS)
      expect(slices).toHaveLength(attempts * DEPLOYMENTS)
      expect(blocks.map(({ disturbances }) => disturbances.length).slice(0, 4)).toEqual([3, 3, 2, 1])
    }
  })

  it('is new in every round', async () => {
    const { records } = await run({ world: { wait: always } })
    const repeats = records.map(({ blocks }) => blocks.filter(({ disturbances }) => disturbances.length > 1).length)
    expect(repeats).toEqual([3, 3])
  })

  it('never makes progress go back, and the forecast learns from longer rounds', async () => {
    const told: { round: number; share: number; secondsLeft: number | null }[] = []
    await run({
      rule: { rounds: 3, precision: null },
      world: { wait: always },
      listener: {
        progress: ({ phase, round, roundShare, secondsLeft }) =>
          void (phase === 'measure' && told.push({ round, share: roundShare, secondsLeft })),
      },
    })
    expect(told).toHaveLength(3 * PLANNED)
    for (const [index, { round, share }] of told.entries()) {
      expect(round).toBe(1 + Math.floor(index / PLANNED))
      expect(share).toBeCloseTo((index % PLANNED) / PLANNED, 10)
    }
    const left = told.map(({ secondsLeft }) => secondsLeft!)
    const inLastRound = left.slice(2 * PLANNED)
    for (const [index, seconds] of inLastRound.slice(1).entries()) expect(seconds).toBeLessThan(inLastRound[index]!)
  })
})

describe('what an app does itself', () => {
  it('is no disturbance: a failing app takes nobody’s block with it', async () => {
    const { records, record } = await run({
      world: {
        kernel: ({ app }) => (app === 'koa' ? { retransmits: 3 } : {}),
        disturb: (pulse, { app, endpoint, pulses }) =>
          app === 'koa' && endpoint === 'hello' && pulses >= WARM_UP_PULSES
            ? { ...pulse, lost: 2, timeouts: 2, drained: false }
            : pulse,
      },
    })
    expect(record.failures).toEqual([expect.objectContaining({ app: 'koa', endpoint: 'hello', code: 'lost-requests' })])
    const failed = records[0]!.blocks.filter(({ endpoint }) => endpoint === 'hello')
    expect(failed.every(({ disturbances, kept }) => kept && disturbances.length === 0)).toBe(true)
    const others = records[0]!.slices.filter(({ endpoint, deployment }) => endpoint === 'hello' && deployment !== 'koa')
    expect(others).toHaveLength(8 * 3)
  })

  const reconnecting = (when: (pulses: number) => boolean) => ({
    disturb: (pulse: Pulse, { deployment, endpoint, pulses }: FakePlace): Pulse =>
      deployment === 'koa' && endpoint === 'hello' && when(pulses) ? { ...pulse, reconnects: 1 } : pulse,
  })

  it('once in a while may be chance: a broken connection has its block repeated', async () => {
    let broken = 0
    const { records } = await run({ world: reconnecting((pulses) => pulses >= WARM_UP_PULSES && broken++ === 0) })
    const disturbed = records.flatMap(({ blocks }) => blocks).filter(({ disturbances }) => disturbances.length > 0)
    expect(disturbed).toEqual([expect.objectContaining({ endpoint: 'hello', disturbances: ['reconnects'], kept: true })])
  })

  it('every time is its own: the block counts, and the finding tells of it', async () => {
    const { records, result, record } = await run({ world: reconnecting(() => true) })
    for (const { blocks } of records) expect(blocks.every(({ kept }) => kept)).toBe(true)
    const last = [...attemptsOf(records).values()].map((attempts) => attempts.at(-1)!)
    expect(last.flat().every(({ disturbance }) => disturbance === null)).toBe(true)
    const koa = result(record).cells.find(({ app, endpoint }) => app === 'koa' && endpoint === 'hello')
    expect(koa!.findings.map(({ code }) => code)).toContain('reconnects')
  })
})

describe('an endpoint on which nothing is left', () => {
  it('has no blocks that could be missing, and takes no repeats from the others', async () => {
    let readings = 0
    const { records } = await run({
      world: {
        disturb: (pulse, { app, endpoint }) =>
          app === 'node-http' && endpoint === 'lookup' ? { ...pulse, wrongAnswers: 1 } : pulse,
      },
      rig: ({ kernel }) => ({ kernel: () => ({ ...kernel(), retransmits: readings++ }) }),
    })
    for (const { blocks } of records) {
      expect(blocks.map(({ endpoint }) => endpoint)).toEqual(Array(8).fill('hello'))
      expect(blocks.flatMap(({ disturbances }) => disturbances)).toHaveLength(8 + MOST_REPEATS)
    }
  })
})
