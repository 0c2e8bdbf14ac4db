import { describe, expect, it } from 'vitest'
import type { Scheduling } from '../../../apps/scheduling.ts'
import type { RunFacts } from '../../analysis/facts.ts'
import { asReal, simulation } from '../../fixtures/simulated-run.ts'
import type { Member } from '../../machine/process-tree.ts'
import type { RunRecord } from '../../measure/records.ts'
import { AnswerBody, type AnswerTable } from '../../result/answer.ts'
import { Result } from '../../result/model.ts'
import { variantDeployments, variantOf } from './study.ts'
import { answerWorkers } from './workers-answer.ts'

interface World {
  /** Microseconds per request by variant: of one CPU, so requests/s are a million over it. */
  readonly costs: Readonly<Record<string, number>>
  readonly cpus?: readonly number[]
  /** Shares of CPU time and connections by worker; else even ones. */
  readonly members?: (workers: number, round: number) => Pick<Member, 'cpuNs' | 'connections'>[]
  /** Of the load generator's time, idle. */
  readonly loadIdle?: number
  readonly says?: Partial<RunFacts>
}

const app = { id: 'node-http', modulePath: '/node-http.ts', given: 'node-http', insideProject: true }

async function answerOf({ costs, cpus = [1], members, loadIdle = 0.5, says = {} }: World) {
  const variants = Object.keys(costs).map((id) => {
    const [, workers, scheduling] = /^node-http@(\d+)-(.*)$/.exec(id) ?? []
    const team = workers === undefined ? {} : { team: { workers: Number(workers), scheduling: scheduling as Scheduling } }
    return {
      ...variantOf(app, workers === undefined ? null : `${workers}-${scheduling}`),
      workers: Number(workers ?? 1),
      scheduling: (scheduling as Scheduling | undefined) ?? null,
      deployment: { ...team, ...(cpus.length > 1 ? { cpus } : {}) },
    }
  })
  let started = 0
  const simulated = simulation({
    ...{ apps: ['node-http'], endpoints: ['hello'], rule: { rounds: 6, precision: null } },
    plan: { deployments: variantDeployments(variants, 'node-http'), processRecords: { restMilliseconds: 0 }, blocksPerRound: 20 },
    world: {
      ...{ processNoise: 0.001, sliceNoise: 0.003, cost: (id: string) => costs[id]! },
      beforeStart(id) {
        if (id === 'node-http') started++
      },
      disturb: (pulse) => ({ ...pulse, idleNs: pulse.elapsedNs * loadIdle }),
    },
    rig: ({ host }) => ({
      host: {
        ...host,
        async start(plan, options) {
          const deployment = await host.start(plan, options)
          const round = started
          if (members === undefined || plan.team === undefined) return deployment
          const made = members(plan.team.workers, round)
          let looks = 0
          return {
            ...deployment,
            async members() {
              const share = looks++ === 0 ? 0 : looks
              const memory = { residentBytes: 90 * 2 ** 20, anonymousBytes: 40 * 2 ** 20 }
              const primary: Member = { role: 'primary', cpuNs: 0, connections: null, ...memory }
              return [primary, ...made.map((one): Member => ({ role: 'worker', ...memory, ...one, cpuNs: one.cpuNs * share }))]
            },
          }
        },
      },
    }),
  })
  const record = { ...asReal(await simulated.run()), ...says }
  const result = Result.parse(JSON.parse(JSON.stringify(simulated.result(record as RunRecord))))
  const answer = answerWorkers(result, { variants, connections: simulated.plan.connections, cpus })
  expect(AnswerBody.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer)
  return { answer, result }
}

const table = ({ tables }: AnswerBody, id: string): AnswerTable => tables.find((one) => one.id === id)!
const column = ({ columns, rows }: AnswerTable, head: string) => {
  const place = columns.findIndex((one) => one.head === head)
  return rows.map((row) => row[place])
}

describe('the workers study', () => {
  it('says of workers on one CPU that they share it, and what they cost', async () => {
    const { answer, result } = await answerOf({
      costs: { 'node-http': 10, 'node-http@1-round-robin': 10, 'node-http@2-round-robin': 10.6 },
    })
    expect(answer.sentences[0]).toMatch(
      /^node-http, round-robin, 1 CPU: 1 worker gives [\d,.]+ \[.*\] requests\/s \(cannot be told apart from one plain process, .* %\), and the cost per request cannot be told apart \(.* %\); 2 workers give [\d,.]+ \[.*\] requests\/s \(5\.\d+ \[.*\] % less than one plain process\) and cost [56]\.\d+ \[.*\] % more per request\. None of them is proven to give more requests\/s than one plain process\.$/,
    )
    expect(answer.limits).toContain('The servers had 1 CPU (1), the load generator CPU 0.')
    expect(answer.limits.join()).toContain('More workers than CPUs can only share what there is')
    expect(result.cells.map(({ app, deployment: { workers } }) => [app, workers])).toEqual([
      ['node-http', 1],
      ['node-http@1-round-robin', 1],
      ['node-http@2-round-robin', 2],
    ])
    const scaling = table(answer, 'workers-hello')
    expect(column(scaling, 'scheduling')).toEqual(['one plain process', 'round-robin', 'round-robin'])
    expect(column(scaling, 'limit')).toEqual(Array(3).fill('CPUs of the servers'))
    expect(column(scaling, 'cost over one process')[0]).toBeNull()
    expect(answer.charts.map(({ id }) => id)).toEqual(['workers-throughput-hello', 'workers-cost-hello'])
  })

  it('finds the number of workers beyond which more are of no use', async () => {
    const costs = { 'node-http': 10, 'node-http@1-shared': 10.1, 'node-http@2-shared': 6, 'node-http@4-shared': 6 }
    const { answer } = await answerOf({ costs })
    expect(answer.sentences[0]).toMatch(/More than 2 workers are not proven to give more requests\/s\.$/)
  })

  it('does not say that more workers were of no use when they were not measured', async () => {
    const { answer } = await answerOf({ costs: { 'node-http': 10, 'node-http@1-reuse-port': 10, 'node-http@2-reuse-port': 6 } })
    expect(answer.sentences[0]).toMatch(
      /Every smaller number is proven to give less than a larger one; whether more than 2 workers give more was not measured\.$/,
    )
  })

  it('says which cells have no valid number: workers on two CPUs that use one', async () => {
    const { answer, result } = await answerOf({ costs: { 'node-http': 10, 'node-http@2-shared': 10 }, cpus: [1, 2] })
    const cell = result.cells.find(({ app }) => app === 'node-http@2-shared')!
    expect(cell.findings.map(({ code }) => code)).toContain('server-idle')
    expect(answer.limits).toContain('Without a valid number, and not quoted: node-http@2-shared.')
    expect(result.environment).toMatchObject({ serverCpu: 1, serverCpus: [1, 2] })
    expect(answer.limits).toContain('The servers had 2 CPUs (1, 2), the load generator CPU 0.')
    expect(column(table(answer, 'workers-hello'), 'workers')).toEqual([1])
    // What its processes hold is known all the same.
    expect(column(table(answer, 'processes'), 'workers')).toEqual([1, 2])
  })

  it('says where the load generator may have been the limit', async () => {
    const { answer } = await answerOf({ costs: { 'node-http': 10, 'node-http@2-shared': 9 }, loadIdle: 0.03 })
    expect(answer.limits.join()).toMatch(
      /The load generator was the limit, or near it, of node-http and node-http@2-shared: their requests\/s are lower bounds\./,
    )
  })

  it('tells memory and fairness of workers, within the range that they can have', async () => {
    const { answer } = await answerOf({
      costs: { 'node-http': 10, 'node-http@1-shared': 10, 'node-http@4-shared': 10 },
      members: (workers, round) =>
        Array.from({ length: workers }, (_, worker) => ({
          cpuNs: worker === 0 ? 1e9 : 1e9 + round * 1e7,
          connections: worker === 0 ? 16 : 0,
        })),
    })
    const processes = table(answer, 'processes')
    const [, one, four] = column(processes, "connections: Jain's index")
    expect(one).toBeNull()
    expect(four).toMatchObject({ value: 0.25, low: 0.25 })
    const cpu = column(processes, "CPU time: Jain's index")[2] as { value: number; high: number }
    expect(cpu.value).toBeGreaterThan(0.99)
    expect(cpu.high).toBeLessThanOrEqual(1)
    expect(column(processes, 'primary, MiB')).toEqual([
      null,
      expect.objectContaining({ value: expect.closeTo(90) }),
      expect.anything(),
    ])
    expect(column(processes, 'all processes, MiB')[2]).toMatchObject({ value: expect.closeTo(450) })
    expect(answer.sentences.at(-1)).toMatch(
      /^node-http, shared, 4 workers: a worker holds 90 MiB \(40 MiB without pages of files\), the primary 90 MiB; Jain's index of fairness is 0\.99\d* .*for CPU time and 0\.25\d* for the 16 connections\.$/,
    )
  })

  it('quotes nothing of a simulation', async () => {
    const { answer } = await answerOf({
      costs: { 'node-http': 10, 'node-http@2-shared': 9 },
      says: { cpuAccounting: 'simulated' },
    })
    expect(answer).toMatchObject({ sentences: [], tables: [], charts: [] })
  })
})
