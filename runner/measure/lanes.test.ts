import { describe, expect, it } from 'vitest'
import { type SimulationOptions, simulation } from '../fixtures/simulated-run.ts'
import { RunError } from '../result/errors.ts'
import type { StopReason } from '../result/model.ts'
import { DeploymentError } from '../servers/deployment.ts'
import { type LaneWork, type MeasuredRound, runLanes } from './lanes.ts'
import type { RoundSummary } from './rig.ts'

/** Lanes whose rounds end when they are told to. */
function scripted(lanes: number, of: Partial<LaneWork> = {}) {
  const under = new Map<number, PromiseWithResolvers<MeasuredRound>>()
  const begun: string[] = []
  const lost: string[] = []
  const work: LaneWork = {
    mayNotBegin: () => null,
    measure: (lane, round) => {
      begun.push(`${lane}: ${round}`)
      const measuring = Promise.withResolvers<MeasuredRound>()
      under.set(round, measuring)
      return measuring.promise
    },
    lost: (round, { message }) => void lost.push(`${round} ${message}`),
    finished: async () => null,
    ...of,
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  const end = async (round: number, interrupted = false) => {
    under.get(round)!.resolve({ record: { round, interrupted } as MeasuredRound['record'], tookNs: 1 })
    await settle()
  }
  const fail = async (round: number, error: Error) => {
    under.get(round)!.reject(error)
    await settle()
  }
  return { begun, lost, end, fail, run: runLanes(lanes, 1, work) }
}

/** Stops after so many rounds. */
function endingAfter(rounds: number, reason: StopReason) {
  let count = 0
  return { finished: async () => (++count >= rounds ? reason : null) }
}

describe('runLanes', () => {
  it('gives the next number to whoever is free, and takes rounds in as they end', async () => {
    const finished: number[] = []
    let started = 0
    const { run, begun, end } = scripted(2, {
      mayNotBegin: (): 'enough' | null => (started++ >= 5 ? 'enough' : null),
      finished: async ({ record }) => {
        finished.push(record.round)
        return null
      },
    })
    for (const round of [2, 1, 3, 5, 4]) await end(round)
    await run
    expect(begun).toEqual(['0: 1', '1: 2', '1: 3', '0: 4', '1: 5'])
    expect(finished).toEqual([2, 1, 3, 5, 4])
  })

  it('takes in one round at a time', async () => {
    let working = 0
    const { run, end } = scripted(3, {
      mayNotBegin: () => null,
      async finished() {
        expect(++working).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        working--
        return 'rounds'
      },
    })
    await Promise.all([end(1), end(2), end(3)])
    expect(await run).toBe('rounds')
  })

  it('lets the others finish their round when it is to stop', async () => {
    const { run, begun, end } = scripted(2, endingAfter(1, 'precision'))
    await end(1)
    expect(begun).toEqual(['0: 1', '1: 2'])
    await end(2)
    expect(await run).toBe('precision')
    expect(begun).toHaveLength(2)
  })

  it('begins no round when there is no time, while what the others bring still counts', async () => {
    let isLate = false
    const { run, end } = scripted(2, { ...endingAfter(2, 'precision'), mayNotBegin: () => (isLate ? 'time' : null) })
    isLate = true
    await end(2)
    await end(1)
    expect(await run).toBe('precision')
  })

  it('repeats a lost round under its own number, and gives up after two in a row of a lane', async () => {
    const gone = () => new RunError('load-generator', 'it is gone')
    const { run, begun, lost, end, fail } = scripted(2)
    const failed = expect(run).rejects.toThrow('it is gone')
    await fail(2, gone())
    await fail(1, gone())
    await end(1)
    await fail(2, gone())
    expect(begun).toEqual(['0: 1', '1: 2', '1: 2', '0: 1', '0: 3'])
    expect(lost).toEqual(['2 it is gone', '1 it is gone'])
    await end(3)
    await failed
    expect(begun).toHaveLength(5)
  })

  it('throws what is no loss of a round once the others have ended', async () => {
    let isEnded = false
    const { run, end, fail } = scripted(2)
    const failed = expect(run.finally(() => (isEnded = true))).rejects.toThrow('a mistake')
    await fail(1, new Error('a mistake'))
    expect(isEnded).toBe(false)
    await end(2)
    await failed
  })
})

/** Two lanes that do not know of each other. */
async function twoLanes(options: SimulationOptions = {}) {
  const summaries: RoundSummary[] = []
  const listener = { roundFinished: (summary: RoundSummary) => void summaries.push(summary), ...options.listener }
  const simulated = simulation({ moreLanes: [{}], ...options, listener })
  return { ...simulated, record: await simulated.run(), summaries }
}

describe('a run in two lanes', () => {
  const rounds = (count: number) => ({ rounds: count, precision: null })
  const numbers = (records: readonly { round: number }[]) => records.map(({ round }) => round)

  it('has the rounds of both as its sample, no number twice', async () => {
    const { record, records, result, summaries } = await twoLanes({ rule: rounds(7) })
    expect(record).toMatchObject({ stoppedBecause: 'rounds', lanes: 2 })
    expect(numbers(records).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(Math.abs(records.filter(({ lane }) => lane === 1).length - 3.5)).toBeLessThan(1)
    const cell = result(record).cells.find(({ app }) => app === 'koa')!
    expect(cell.state === 'measured' && cell.perRound).toHaveLength(7)
    expect(summaries.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('measures every round with the randomness of its number, in whichever lane', async () => {
    const orders = async (moreLanes: SimulationOptions['moreLanes']) => {
      const { records } = await twoLanes({ rule: rounds(4), moreLanes })
      const inOrder = [...records].sort((a, b) => a.round - b.round)
      return inOrder.map(({ slices }) => slices.map(({ deployment, endpoint }) => `${deployment} ${endpoint}`))
    }
    expect(await orders([{}])).toEqual(await orders([]))
  })

  it('takes about half the time, and forecasts that', async () => {
    const one = await twoLanes({ rule: rounds(24), moreLanes: [] })
    const two = await twoLanes({ rule: rounds(24) })
    const begun = two.summaries[11]!
    expect(begun.secondsLeft! + begun.elapsedSeconds).toBeCloseTo(two.world.nowNs / 1e9, -1)
    expect(two.summaries.at(-1)!.elapsedSeconds - begun.elapsedSeconds).toBeLessThan(0.6 * (one.world.nowNs / 1e9))
  })

  it('never ends later than it may', async () => {
    const { record, world } = await twoLanes({ rule: { precision: 1e-6, maximumNs: 90e9 } })
    expect(record.stoppedBecause).toBe('time')
    expect(world.nowNs).toBeLessThanOrEqual(90e9)
  })

  it('stops with the precision', async () => {
    const { record, records } = await twoLanes({ rule: { precision: 0.5 } })
    expect(record.stoppedBecause).toBe('precision')
    // The other lane finishes the round that it is in.
    expect(records.length).toBeGreaterThanOrEqual(6)
    expect(records.length).toBeLessThanOrEqual(7)
  })

  it('keeps its finished rounds when it is interrupted, and leaves nothing running', async () => {
    const controller = new AbortController()
    const { record, records, world } = await twoLanes({
      signal: controller.signal,
      afterRound: ({ round }) => void (round === 3 && controller.abort()),
    })
    expect(record.stoppedBecause).toBe('interrupted')
    expect(records.length).toBeGreaterThanOrEqual(2)
    expect(records.every(({ interrupted }) => !interrupted)).toBe(true)
    expect(world.running).toEqual([])
  })

  it('goes on without an app that fails in one of them', async () => {
    let starts = 0
    const beforeStart = (id: string) => {
      if (id === 'koa' && ++starts === 3) throw new DeploymentError('not-ready', 'koa did not listen')
    }
    const failed: string[] = []
    const { record, records } = await twoLanes({
      rule: rounds(6),
      world: {},
      moreLanes: [{ beforeStart }],
      listener: { appFailed: (app) => void failed.push(app) },
    })
    expect(record).toMatchObject({ stoppedBecause: 'rounds', failures: [{ app: 'koa' }] })
    expect(records).toHaveLength(6)
    expect(failed).toEqual(['koa'])
  })
})

describe('a run in two lanes that goes on', () => {
  it('takes new numbers, without another check', async () => {
    const before = await twoLanes({ rule: { rounds: 3, precision: null } })
    const { preflight, failures, ...state } = before.record
    const resumed = { rounds: 3, lastRound: 4, elapsedNs: 20e9, precision: null, assertSame: () => {} }
    const remarks: string[] = []
    const after = await twoLanes({
      rule: { rounds: 6, precision: null },
      resumed: { ...resumed, state: { ...state, preflight, failures } },
      listener: { remark: (sentence) => void remarks.push(sentence) },
    })
    expect(Math.min(...after.records.map(({ round }) => round))).toBe(5)
    expect(after.records).toHaveLength(3)
    expect(new Set(after.records.map(({ lane }) => lane))).toEqual(new Set([undefined, 1]))
    expect(remarks).toEqual([])
  })
})
