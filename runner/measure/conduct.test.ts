import { describe, expect, it } from 'vitest'
import { type SimulationOptions, simulation } from '../fixtures/simulated-run.ts'
import { RunError, UserError } from '../result/errors.ts'
import { DeploymentError } from '../servers/deployment.ts'
import { planDeployments } from './plan.ts'
import type { RoundRecord } from './records.ts'
import { allListeners, type RoundSummary } from './rig.ts'

async function run(options: SimulationOptions = {}) {
  const simulated = simulation(options)
  const record = await simulated.run()
  return { ...simulated, record }
}

const COPIES = ['node-http', 'node-http#2', 'koa', 'express']
const THREE_ROUNDS = { rule: { rounds: 3, precision: null } } as const
const QUIET = { processNoise: 1e-4, sliceNoise: 1e-3 }

const FORECAST = /^the widest interval will be /

/** Remarks, failures and round summaries of a run, as they came. */
function notes() {
  const remarks: string[] = []
  const forecasts: string[] = []
  const failed: string[] = []
  const rounds: RoundSummary[] = []
  const phases: string[] = []
  const listener = {
    remark: (sentence: string) => void (FORECAST.test(sentence) ? forecasts : remarks).push(sentence),
    appFailed: (app: string, reason: string) => void failed.push(`${app}: ${reason}`),
    roundFinished: (summary: RoundSummary) => void rounds.push(summary),
    progress: ({ phase, round }: { phase: string; round: number }) => {
      const name = `${phase} ${round}`
      if (phases.at(-1) !== name) phases.push(name)
    },
  }
  return { listener, remarks, forecasts, failed, rounds, phases }
}

describe('the order of a run', () => {
  it('is preflight, and then start, warm-up and measuring of every round', async () => {
    const { listener, phases } = notes()
    await run({ ...THREE_ROUNDS, plan: { warmUpMilliseconds: null }, listener })
    const rounds = [1, 2, 3].flatMap((round) => [`start ${round}`, `warm-up ${round}`, `measure ${round}`])
    expect(phases).toEqual(['preflight 0', ...rounds])
  })

  it('starts every app once, alone, before anything is measured', async () => {
    const { world } = await run(THREE_ROUNDS)
    expect(world.journal.slice(0, 6)).toEqual([
      'start node-http',
      'stop node-http',
      'start koa',
      'stop koa',
      'start express',
      'stop express',
    ])
  })

  it('has fresh processes in every round, two copies of the baseline among them, and none at the end', async () => {
    const { world } = await run(THREE_ROUNDS)
    const journal = world.journal.slice(6)
    const started = journal.filter((line) => line.startsWith('start ')).map((line) => line.slice(6))
    expect(started).toHaveLength(3 * COPIES.length)
    for (let round = 0; round < 3; round++) expect(started.slice(4 * round, 4 * round + 4).sort()).toEqual([...COPIES].sort())
    // While the servers of a round rest those of the next one are started, and nothing is asked of anybody.
    const lives = journal.filter((line) => /^(start|stop|connect|pulse) /.test(line)).map((line) => line.split(' ')[0])
    const inShort = lives.filter((what, index) => what !== lives[index - 1]).join(' ')
    expect(inShort).toBe('start connect pulse start connect stop pulse start connect stop pulse stop')
    expect(world.running).toEqual([])
    expect(journal.filter((line) => line === 'close load')).toHaveLength(3)
  })

  it('measures every deployment exactly once in every block', async () => {
    const { records, plan } = await run(THREE_ROUNDS)
    expect(records.map(({ round }) => round)).toEqual([1, 2, 3])
    const blocks = new Map<string, string[]>()
    for (const { round, block, endpoint, deployment, position } of records.flatMap(({ slices }) => slices)) {
      const key = `${round} ${endpoint} ${block}`
      const members = blocks.get(key) ?? []
      members[position] = deployment
      blocks.set(key, members)
    }
    expect(blocks.size).toBe(3 * 2 * plan.blocksPerRound!)
    for (const members of blocks.values()) expect([...members].sort()).toEqual([...COPIES].sort())
    // In random order: all blocks in one order would be a chance of 24 ** -47.
    expect(new Set([...blocks.values()].map(String)).size).toBeGreaterThan(5)
  })

  it('is the same for the same seed and another one for another seed', async () => {
    const journal = async (seed: number) => (await run({ ...THREE_ROUNDS, seed, world: { seed: 1 } })).world.journal
    const first = await journal(11)
    expect(await journal(11)).toEqual(first)
    const other = await journal(12)
    expect(other).not.toEqual(first)
    expect(other.length).toBe(first.length)
  })

  it('warms up all endpoints of every deployment before the first slice', async () => {
    const { world, plan } = await run({ rule: { rounds: 2, precision: null } })
    const round = world.journal.slice(world.journal.indexOf('connect node-http'))
    const pulses = round.filter((line) => line.startsWith('pulse')).slice(0, 4 * 10)
    // 200 ms of pulses of 20 ms, in turn.
    expect(new Set(pulses)).toEqual(new Set(COPIES.flatMap((id) => plan.endpoints.map((endpoint) => `pulse ${id} ${endpoint}`))))
    for (const start of [0, 10, 20, 30]) {
      const own = pulses.slice(start, start + 10)
      expect(new Set(own).size).toBe(2)
      expect(own[0]).not.toBe(own[1])
    }
  })
})

describe('the cut of rounds', () => {
  const apps = ['node-http', 'koa', 'express'].map((id) => ({ id, modulePath: `/${id}.ts`, given: id, insideProject: true }))
  const plan = {
    blocksPerRound: null,
    warmUpMilliseconds: 2_400,
    deployments: planDeployments(apps, 'node-http', 'tcp', [1, 2, 3]),
  }
  const restless = { processNoise: (app: string) => (app === 'koa' ? 0.04 : 0.002), sliceNoise: 0.01 }
  const processesOf = (records: readonly RoundRecord[], app: string) =>
    records.map(({ slices }) => new Set(slices.map(({ deployment }) => deployment).filter((id) => id.split('#')[0] === app)).size)

  it('gives an app whose processes differ much more of them, and every round fewer blocks, from the fourth round on', async () => {
    const { record, records, result } = await run({ plan, rule: { rounds: 8, precision: null }, world: restless })
    const koa = processesOf(records, 'koa')
    expect(koa.slice(0, 3)).toEqual([1, 1, 1])
    expect(Math.min(...koa.slice(3))).toBeGreaterThan(1)
    // After three rounds nobody is sure that it is koa alone.
    expect(processesOf(records, 'express').slice(-2)).toEqual([1, 1])
    expect(processesOf(records, 'node-http')).toEqual(Array(8).fill(2))
    const blocks = records.map((round) => round.blocks.length / 2)
    // The fewest until it is known what a slice takes, then what is usual, then what was found.
    expect(blocks[0]).toBe(4)
    expect(blocks.at(-1)).toBeLessThan(blocks[1]!)
    const cell = result(record).cells.find(({ app }) => app === 'koa')!
    expect(cell.deployment.copies).toBe(koa.at(-1))
  })
})

describe('the end of a run', () => {
  it('comes after the exact number of rounds, however precise they are', async () => {
    const { record, records } = await run({ rule: { rounds: 3, precision: null }, world: QUIET })
    expect(record.stoppedBecause).toBe('rounds')
    expect(records).toHaveLength(3)
  })

  it('comes with the precision, but never before six rounds', async () => {
    const { record, records } = await run({ rule: { precision: 0.5 }, world: QUIET })
    expect(record.stoppedBecause).toBe('precision')
    expect(records).toHaveLength(6)
  })

  it('waits for the least precise ratio', async () => {
    const { listener, rounds } = notes()
    const { record, records } = await run({ rule: { precision: 0.004 }, world: { processNoise: 0.006 }, listener })
    expect(record.stoppedBecause).toBe('precision')
    expect(records.length).toBeGreaterThan(6)
    expect(rounds.at(-1)!.widestHalfWidthPercent).toBeLessThanOrEqual(0.4)
    for (const { widestHalfWidthPercent } of rounds.slice(5, -1)) expect(widestHalfWidthPercent).toBeGreaterThan(0.4)
  })

  it('comes with the time, never later', async () => {
    const maximumNs = 12e9
    const { record, records, world } = await run({ rule: { precision: 1e-6, maximumNs } })
    expect(record.stoppedBecause).toBe('time')
    expect(records.length).toBeGreaterThan(2)
    expect(world.nowNs).toBeLessThanOrEqual(maximumNs)
  })

  it('comes before the first round when not even that fits', async () => {
    const { record, records, world } = await run({ rule: { maximumNs: 1e9 } })
    expect(record.stoppedBecause).toBe('time')
    expect(records).toEqual([])
    expect(world.running).toEqual([])
  })

  it('is forecast before it begins', async () => {
    const { listener, forecasts } = notes()
    await run({ rule: { precision: 0.01, maximumNs: 60e9 }, listener })
    await run({ rule: { precision: 0.0001, maximumNs: 60e9 }, listener })
    await run({ rule: { precision: 0.5, maximumNs: 600e9 }, listener })
    await run({ ...THREE_ROUNDS, listener })
    const begun = 'the widest interval will be about'
    expect(forecasts).toEqual([
      expect.stringMatching(`^${begun} ±1\\.\\d % after \\d\\d s, in some \\d\\d rounds; ±1.0 % takes about 1 min \\d\\d s$`),
      expect.stringMatching(`^${begun} ±1\\.\\d % after \\d\\d s, in some \\d\\d rounds; ±0.010 % is out of reach$`),
      expect.stringMatching(`^${begun} ±50 % after \\d\\d s, in some 6 rounds$`),
      expect.stringMatching(`^${begun} ±4 % after \\d\\S* s, in some 3 rounds$`),
    ])
  })

  it('forecasts no more rounds than the time allows', async () => {
    const { listener, rounds } = notes()
    await run({ rule: { precision: 1e-6, maximumNs: 12e9 }, listener })
    for (const { expectedRounds, secondsLeft, elapsedSeconds } of rounds.slice(1)) {
      expect(expectedRounds).toBeGreaterThanOrEqual(1)
      expect(secondsLeft! + elapsedSeconds).toBeLessThanOrEqual(12.1)
    }
    expect(rounds.at(-1)!.secondsLeft).toBe(0)
  })
})

describe('an interrupted run', () => {
  it('keeps its finished rounds and leaves nothing running', async () => {
    const controller = new AbortController()
    const { record, records, world } = await run({
      signal: controller.signal,
      afterRound: ({ round }) => {
        if (round === 2) controller.abort()
      },
    })
    expect(record.stoppedBecause).toBe('interrupted')
    expect(records).toHaveLength(2)
    expect(world.running).toEqual([])
  })

  it('throws an unfinished round away', async () => {
    const controller = new AbortController()
    let slices = 0
    const { record, records, world } = await run({
      signal: controller.signal,
      // In the second round: each has 64 slices.
      listener: { sliceMeasured: () => void (++slices === 100 && controller.abort()) },
    })
    expect(record.stoppedBecause).toBe('interrupted')
    expect(records.map(({ round }) => round)).toEqual([1])
    expect(slices).toBe(100)
    expect(world.running).toEqual([])
    expect(world.journal.at(-1)).toMatch(/^stop /)
  })

  it.each(['preflight', 'start', 'warm-up'])('ends during the %s as well', async (phase) => {
    const controller = new AbortController()
    const { record, records, world } = await run({
      signal: controller.signal,
      listener: { progress: (progress) => void (progress.phase === phase && controller.abort()) },
    })
    expect(record.stoppedBecause).toBe('interrupted')
    expect(records).toEqual([])
    expect(world.running).toEqual([])
    expect(world.journal.filter((line) => line.startsWith('pulse')).length).toBeLessThanOrEqual(2)
  })
})

describe('an app that fails', () => {
  const notReady = () =>
    new DeploymentError('not-ready', 'koa did not listen within 10 s', { hint: 'start it alone', lastLines: ['last words'] })

  it('at its first start is out, and the others go on', async () => {
    const { listener, failed } = notes()
    const beforeStart = (id: string) => {
      if (id === 'koa') throw notReady()
    }
    const { record, records, world } = await run({ ...THREE_ROUNDS, world: { beforeStart }, listener })
    expect(record.stoppedBecause).toBe('rounds')
    expect(records).toHaveLength(3)
    expect(record.failures).toEqual([
      {
        app: 'koa',
        endpoint: null,
        code: 'not-ready',
        reason: 'koa did not listen within 10 s',
        hint: 'start it alone',
        lastLines: ['last words'],
      },
    ])
    expect(failed).toEqual(['koa: koa did not listen within 10 s'])
    expect(new Set(records.flatMap(({ slices }) => slices.map(({ deployment }) => deployment)))).toEqual(
      new Set(['node-http', 'node-http#2', 'express']),
    )
    expect(world.running).toEqual([])
  })

  it('at a later start is out from then on', async () => {
    let starts = 0
    const beforeStart = (id: string) => {
      if (id === 'koa' && ++starts === 3) throw notReady()
    }
    const { record, records } = await run({ ...THREE_ROUNDS, world: { beforeStart } })
    expect(record.stoppedBecause).toBe('rounds')
    expect(records.map(({ slices }) => slices.some(({ deployment }) => deployment === 'koa'))).toEqual([true, false, false])
    expect(starts).toBe(3)
    expect(record.failures).toHaveLength(1)
  })

  it('in the middle of a round is asked nothing more', async () => {
    let broken = 0
    const { record, records, world } = await run({
      ...THREE_ROUNDS,
      world: {
        disturb: (pulse, { deployment, pulses }) => {
          if (deployment !== 'express' || pulses < 150) return pulse
          broken++
          return { ...pulse, requests: 0, lost: 8, broken: true, drained: false, firstProblem: 'connection error: ECONNREFUSED' }
        },
      },
    })
    expect(broken).toBe(1)
    expect(record.failures).toEqual([expect.objectContaining({ app: 'express', endpoint: null, code: 'unreachable' })])
    expect(record.failures[0]!.reason).toMatch(
      /^express cannot be reached any more under load on \w+: connection error: ECONNREFUSED$/,
    )
    expect(records).toHaveLength(3)
    expect(records.at(-1)!.slices.filter(({ deployment }) => deployment === 'koa')).toHaveLength(16)
    expect(world.running).toEqual([])
  })

  it('that answers wrongly until its connections are given up is told by its answers, not by their end', async () => {
    const damage = { requests: 0, wrongAnswers: 9, lost: 9, broken: true, firstProblem: 'the server answered with a riddle' }
    const { record } = await run({
      ...THREE_ROUNDS,
      world: {
        disturb: (pulse, { deployment, pulses }) => (deployment === 'express' && pulses > 150 ? { ...pulse, ...damage } : pulse),
      },
    })
    expect(record.failures).toEqual([expect.objectContaining({ app: 'express', endpoint: null, code: 'wrong-answers' })])
    expect(record.failures[0]!.reason).toMatch(
      /^9 of 18 responses were wrong under load on \w+, until the load generator gave up: the server answered with a riddle$/,
    )
  })

  it('by wrong answers on one endpoint loses that endpoint only', async () => {
    const { record, records } = await run({
      ...THREE_ROUNDS,
      world: {
        disturb: (pulse, { deployment, endpoint, pulses }) =>
          deployment === 'koa' && endpoint === 'lookup' && pulses > 60
            ? {
                ...pulse,
                requests: pulse.requests - 2,
                wrongAnswers: 2,
                firstProblem: 'the server answered with status 500 instead of 200',
              }
            : pulse,
      },
    })
    const [failure] = record.failures
    expect(record.failures).toHaveLength(1)
    expect(failure).toMatchObject({ app: 'koa', endpoint: 'lookup', code: 'wrong-answers' })
    expect(failure!.reason).toMatch(
      /^2 of \d+ responses were wrong in a slice under load: the server answered with status 500 instead of 200$/,
    )
    const last = records.at(-1)!.slices.filter(({ deployment }) => deployment === 'koa')
    expect(new Set(last.map(({ endpoint }) => endpoint))).toEqual(new Set(['hello']))
    expect(last).toHaveLength(8)
  })

  it.each([
    ['lost', { lost: 3 }, 'lost-requests', /3 of \d+ requests were never answered in a slice/],
    [
      'timed out',
      { lost: 3, timeouts: 3, drained: false },
      'lost-requests',
      /3 of \d+ requests were never answered in time in a slice/,
    ],
  ])('by requests that were %s, already in the warm-up', async (_how, damage, code, reason) => {
    const disturb = (pulse: object, { deployment, endpoint }: { deployment: string; endpoint: string }) =>
      deployment === 'koa' && endpoint === 'hello' ? { ...pulse, ...damage } : pulse
    const { record, records } = await run({ ...THREE_ROUNDS, world: { disturb: disturb as never } })
    expect(record.failures).toEqual([
      expect.objectContaining({ app: 'koa', endpoint: 'hello', code, reason: expect.stringMatching(reason) }),
    ])
    expect(records[0]!.slices.some(({ deployment, endpoint }) => deployment === 'koa' && endpoint === 'hello')).toBe(false)
  })

  it('to answer anything in its warm-up is left to the first round to report', async () => {
    const { record, records } = await run({
      ...THREE_ROUNDS,
      plan: { warmUpMilliseconds: null },
      world: {
        disturb: (pulse, { app }) => (app === 'koa' ? { ...pulse, requests: 0, lost: 8, timeouts: 8, drained: false } : pulse),
      },
    })
    expect(record.failures.map(({ app, endpoint, code }) => [app, endpoint, code])).toEqual([
      ['koa', 'hello', 'lost-requests'],
      ['koa', 'lookup', 'lost-requests'],
    ])
    expect(records).toHaveLength(3)
  })

  it('on all its endpoints is not started again', async () => {
    const { world } = await run({
      ...THREE_ROUNDS,
      world: { disturb: (pulse, { app }) => (app === 'koa' ? { ...pulse, wrongAnswers: 1 } : pulse) },
    })
    // Once for the preflight, once for the first round.
    expect(world.journal.filter((line) => line === 'start koa')).toHaveLength(2)
  })

  it('by dying under load is told with its end', async () => {
    let pulses = 0
    const { record } = await run({
      ...THREE_ROUNDS,
      world: { disturb: (pulse, { app }) => (app === 'koa' && ++pulses > 20 ? { ...pulse, lost: 1 } : pulse) },
      rig: ({ host }) => ({
        host: {
          ...host,
          start: async (plan, options) => {
            const deployment = await host.start(plan, options)
            return plan.app === 'koa' ? { ...deployment, ended: () => (pulses > 20 ? 'was ended by SIGSEGV' : null) } : deployment
          },
        },
      }),
    })
    expect(record.failures).toEqual([expect.objectContaining({ app: 'koa', endpoint: null, code: 'died' })])
    expect(record.failures[0]!.reason).toMatch(/^koa was ended by SIGSEGV while \w+ was under load$/)
  })

  it('by breaking the contract is never put under load, and its wrong path counts for all of it', async () => {
    const violation = { what: 'status', expected: '200', actual: '500' } as const
    const { record, world } = await run({
      ...THREE_ROUNDS,
      rig: ({ checkContract }) => ({
        checkContract: async (deployment, endpoints, load) =>
          (await checkContract(deployment, endpoints, load)).map((check) => {
            const broken = { koa: 'hello', express: 'wrong-path' }[deployment.plan.app] === check.endpoint
            return broken ? { ...check, violations: [violation, violation] } : check
          }),
      }),
    })
    expect(record.failures.map(({ app, endpoint, code }) => [app, endpoint, code])).toEqual([
      ['koa', 'hello', 'contract'],
      ['express', null, 'contract'],
    ])
    expect(record.failures[0]!.reason).toMatch(/and 1 more\)$/)
    expect(world.journal).not.toContain('pulse koa hello')
    expect(world.journal).toContain('pulse koa lookup')
    expect(world.journal.filter((line) => line.endsWith(' express'))).toEqual(['start express', 'stop express'])
  })

  it('because its module is no app ends the run before it begins', async () => {
    const beforeStart = (id: string) => {
      if (id === 'koa')
        throw new DeploymentError('no-default-export', 'koa did not start: no default export', { hint: 'export one' })
    }
    const simulated = simulation({ world: { beforeStart } })
    await expect(simulated.run()).rejects.toMatchObject({
      name: 'UserError',
      code: 'no-default-export',
      exitStatus: 2,
      hint: 'export one',
    })
    expect(simulated.world.running).toEqual([])
  })
})

describe('a baseline that fails', () => {
  it('at its first start ends the run: there is nothing to compare with', async () => {
    const beforeStart = (id: string) => {
      if (id === 'node-http') throw new DeploymentError('exited', 'node-http ended with exit code 1 before it listened')
    }
    const { record, records, world } = await run({ world: { beforeStart } })
    expect(record.stoppedBecause).toBe('failed')
    expect(records).toEqual([])
    expect(world.journal.some((line) => line.startsWith('pulse'))).toBe(false)
    expect(world.running).toEqual([])
  })

  it('in the middle ends the run after that round, told once', async () => {
    const { listener, failed } = notes()
    const { record, records, world } = await run({
      world: {
        disturb: (pulse, { app, pulses }) => (app === 'node-http' && pulses > 130 ? { ...pulse, lost: 1, broken: true } : pulse),
      },
      listener,
    })
    expect(record.stoppedBecause).toBe('failed')
    expect(records).toHaveLength(2)
    expect(failed).toHaveLength(1)
    expect(world.running).toEqual([])
  })

  it('in both copies at once is one failure', async () => {
    const { listener, failed } = notes()
    let starts = 0
    const beforeStart = (id: string) => {
      if (id.startsWith('node-http') && ++starts > 3) throw new DeploymentError('exited', 'node-http ended')
    }
    const { record } = await run({ world: { beforeStart }, listener })
    expect(record.stoppedBecause).toBe('failed')
    expect(failed).toEqual(['node-http: node-http ended'])
    expect(record.failures).toHaveLength(1)
  })

  it('on one endpoint ends the comparison there, and the run goes on with the others', async () => {
    const { record, records, result } = await run({
      rule: { rounds: 3, precision: null },
      world: {
        disturb: (pulse, { app, endpoint, pulses }) =>
          app === 'node-http' && endpoint === 'lookup' && pulses > 130 ? { ...pulse, wrongAnswers: 1 } : pulse,
      },
    })
    expect(record.stoppedBecause).toBe('rounds')
    const measured = (round: number) => new Set(records[round]!.slices.map(({ endpoint }) => endpoint))
    expect(measured(0)).toEqual(new Set(['hello', 'lookup']))
    expect(measured(2)).toEqual(new Set(['hello']))
    const lookup = result(record).cells.filter(({ endpoint }) => endpoint === 'lookup')
    expect(lookup.map(({ app, state }) => [app, state])).toEqual([
      ['node-http', 'failed'],
      ['koa', 'skipped'],
      ['express', 'skipped'],
    ])
  })
})

describe('a load generator that fails', () => {
  const gone = () => new RunError('load-generator-gone', 'the load generator was ended by SIGKILL')
  const failingAt = (...pulses: number[]) => {
    let pulse = 0
    return { disturb: <T>(outcome: T): T => (pulses.includes(++pulse) ? fail() : outcome) }
  }
  const fail = () => {
    throw gone()
  }

  it('once: the round is repeated, in the same order', async () => {
    const { listener, remarks } = notes()
    const { record, records, world } = await run({ ...THREE_ROUNDS, world: failingAt(110), listener })
    expect(record.stoppedBecause).toBe('rounds')
    expect(record.failures).toEqual([])
    expect(records.map(({ round }) => round)).toEqual([1, 2, 3])
    expect(records.every(({ slices }) => slices.length === 64)).toBe(true)
    expect(remarks).toEqual(['round 2 is lost and will be repeated: the load generator was ended by SIGKILL'])
    expect(world.running).toEqual([])
  })

  it('in two rounds that are not next to each other: both are repeated', async () => {
    const { record, records } = await run({ ...THREE_ROUNDS, world: failingAt(20, 20 + 200) })
    expect(record.stoppedBecause).toBe('rounds')
    expect(records).toHaveLength(3)
  })

  it('twice in a row: the run fails, with nothing left running and the finished round kept', async () => {
    const simulated = simulation({ ...THREE_ROUNDS, world: failingAt(110, 112) })
    await expect(simulated.run()).rejects.toThrow(RunError)
    expect(simulated.records).toHaveLength(1)
    expect(simulated.world.running).toEqual([])
    expect(simulated.world.journal.filter((line) => line === 'close load')).toHaveLength(3)
  })

  it('while connecting is no fault of the app', async () => {
    let connects = 0
    const { record, records, world } = await run({
      ...THREE_ROUNDS,
      rig: ({ driver }) => ({
        driver: {
          ...driver,
          open: async (options) => {
            const session = await driver.open(options)
            return { ...session, connect: (target) => (++connects === 2 ? Promise.reject(gone()) : session.connect(target)) }
          },
        },
      }),
    })
    expect(record.failures).toEqual([])
    expect(records).toHaveLength(3)
    expect(world.running).toEqual([])
  })

  it('to reach an app that listens: that app is out', async () => {
    const { record, records, world } = await run({
      ...THREE_ROUNDS,
      rig: ({ driver }) => ({
        driver: {
          ...driver,
          open: async (options) => {
            const session = await driver.open(options)
            const refused = new RunError('load-generator', 'the load generator failed: connection error: connect ECONNREFUSED')
            return { ...session, connect: (target) => (target.id === 'koa' ? Promise.reject(refused) : session.connect(target)) }
          },
        },
      }),
    })
    expect(record.failures).toEqual([expect.objectContaining({ app: 'koa', endpoint: null, code: 'cannot-connect' })])
    expect(record.failures[0]!.reason).toContain('koa said it listens on http://127.0.0.1:1, but the load generator failed')
    expect(records).toHaveLength(3)
    expect(world.running).toEqual([])
  })

  it('at its start: the round is repeated, and no app stays behind', async () => {
    let opened = 0
    const { record, world } = await run({
      ...THREE_ROUNDS,
      rig: ({ driver }) => ({
        driver: { ...driver, open: (options) => (++opened === 1 ? Promise.reject(gone()) : driver.open(options)) },
      }),
    })
    expect(record.stoppedBecause).toBe('rounds')
    expect(opened).toBe(4)
    expect(world.running).toEqual([])
  })
})

describe('an error nobody expected', () => {
  it('while one app starts leaves none of the others behind, not even the slow ones', async () => {
    const simulated = simulation({
      rig: ({ host }, world) => ({
        host: {
          ...host,
          start: async (plan, options) => {
            const first = world.journal.filter((line) => line === 'stop express').length === 0
            if (!first && plan.id === 'koa') throw new TypeError('a bug')
            if (!first) await new Promise((resolve) => setTimeout(resolve, 20))
            return host.start(plan, options)
          },
        },
      }),
    })
    await expect(simulated.run()).rejects.toThrow('a bug')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(simulated.world.running).toEqual([])
  })

  it('is not taken for a fault of the load generator', async () => {
    const simulated = simulation({
      world: {
        disturb: () => {
          throw new TypeError('a bug')
        },
      },
    })
    await expect(simulated.run()).rejects.not.toBeInstanceOf(UserError)
    expect(simulated.world.running).toEqual([])
  })
})

describe('allListeners', () => {
  it('passes every moment on to all of them, whatever they listen to', () => {
    const heard: string[] = []
    const all = allListeners([
      { remark: (sentence) => void heard.push(`1 ${sentence}`) },
      {},
      { remark: (sentence) => void heard.push(`3 ${sentence}`) },
    ])
    all.remark('hello')
    all.appFailed('koa', 'why', null)
    expect(heard).toEqual(['1 hello', '3 hello'])
  })
})
