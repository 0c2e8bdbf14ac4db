import type { Plan } from '../../measure/plan.ts'
import type { AnswerBody } from '../../result/answer.ts'
import { formatEstimate } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { LifeTable, type LivesOfRound, usableApps } from './lives.ts'
import { changePercent, moreOrLess, named } from './phrases.ts'
import {
  anonymousPerWorker,
  connectionFairness,
  cpuFairness,
  primaryResident,
  residentPerWorker,
  sharing,
} from './workers-figures.ts'
import { type Scaling, scalings, type WorkersRow, type WorkersVariant, workersRows } from './workers-rows.ts'
import { processTable, scalingCharts, scalingTable, schedulingName } from './workers-tables.ts'

/** What the answer needs beside the result. */
export interface WorkersFacts {
  readonly plan: Plan
  readonly rounds: readonly LivesOfRound[]
  readonly variants: readonly WorkersVariant[]
  /** CPUs of the servers; null: not pinned. */
  readonly cpus: readonly number[] | null
}

/** Findings after which requests/s tell of the load generator, or may. */
const LOAD_LIMITS = new Set(['load-generator-bound', 'load-generator-busy'])

/** What the workers study says: throughput and cost by number of workers, then what the processes hold and how they share. */
export function answerWorkers(result: Result, facts: WorkersFacts): AnswerBody {
  const { plan, rounds, variants, cpus } = facts
  const known = plan.endpoints.map((endpoint) => ({ endpoint, rows: workersRows(result, variants, endpoint) }))
  const curves = known.flatMap(({ endpoint, rows }) => scalings(rows, endpoint))
  const lives = new LifeTable(plan, rounds)
  const seen = new Set(rounds.flatMap((round) => [...round.lives.keys()]))
  const sound = new Set(usableApps(result).filter((id) => seen.has(id)))
  const living = variants.filter(({ id }) => sound.has(id))
  const [first] = plan.deployments
  const connections = first?.load?.connections ?? plan.connections
  return {
    sentences: [
      ...curves.map((curve) => scalingSentence(curve, cpus, known.length > 1)),
      ...processSentences(lives, living, connections),
    ],
    tables: [
      ...known
        .filter(({ rows }) => rows.length > 0)
        .map(({ endpoint, rows }) => scalingTable(endpoint, rows, cpus?.length ?? null)),
      ...(living.length === 0 ? [] : [processTable(lives, living, connections)]),
    ],
    charts: known.flatMap(({ endpoint, rows }) => scalingCharts(endpoint, rows)),
    limits: limits(
      result,
      facts,
      known.flatMap(({ rows }) => rows),
    ),
  }
}

function scalingSentence(
  { app, endpoint, scheduling, rows, enough }: Scaling,
  cpus: WorkersFacts['cpus'],
  several: boolean,
): string {
  const where = `${named(app)}${several ? ` on ${named(endpoint)}` : ''}, ${scheduling}, ${cpusInWords(cpus)}`
  if (enough === null) return `${where}: one plain process has no number to compare with.`
  const parts = rows.map(({ workers, cell, rateRatio, costRatio }) => {
    const one = workers === 1
    const gives = `${count(workers)} ${one ? 'gives' : 'give'} ${formatEstimate(cell.requestsPerSecond)} requests/s`
    return `${gives}${besidePlain(rateRatio)}${costBesidePlain(costRatio, one)}`
  })
  return `${where}: ${parts.join('; ')}. ${conclusion(rows, enough)}`
}

function besidePlain(ratio: Estimate | null): string {
  if (ratio === null) return ''
  const change = changePercent(ratio)
  const words = moreOrLess(change, ' %')
  if (words === null) return ` (cannot be told apart from one plain process, ${formatEstimate(change)} %)`
  return ` (${words} than one plain process)`
}

function costBesidePlain(ratio: Estimate | null, one: boolean): string {
  if (ratio === null) return ''
  const change = changePercent(ratio)
  const words = moreOrLess(change, ' %')
  if (words === null) return `, and the cost per request cannot be told apart (${formatEstimate(change)} %)`
  return ` and ${one ? 'costs' : 'cost'} ${words} per request`
}

/** From pairs of numbers of processes, each with its interval; see `scalings`. */
function conclusion(rows: readonly WorkersRow[], enough: number): string {
  const most = rows.at(-1)!.workers
  if (enough === 0) return 'None of them is proven to give more requests/s than one plain process.'
  if (enough === most)
    return `Every smaller number is proven to give less than a larger one; whether more than ${count(most)} give more was not measured.`
  return `More than ${count(enough)} are not proven to give more requests/s.`
}

function processSentences(lives: LifeTable, living: readonly WorkersVariant[], connections: number): string[] {
  const most = Math.max(...living.map(({ workers }) => workers))
  return living.flatMap((variant) => {
    const { app, id, workers, scheduling } = variant
    if (scheduling === null || workers < most) return []
    const of = (figure: Parameters<LifeTable['levels']>[1]) => lives.levels([id], figure)[0] ?? null
    const [resident, anonymous, primary] = [residentPerWorker, anonymousPerWorker, primaryResident].map(of)
    const [cpu, spread] = [cpuFairness, connectionFairness].map((figure) => sharing(lives, [variant], figure)[0] ?? null)
    const held =
      resident && anonymous && primary
        ? [
            `a worker holds ${formatEstimate(resident)} MiB (${formatEstimate(anonymous)} MiB without pages of files), ` +
              `the primary ${formatEstimate(primary)} MiB`,
          ]
        : []
    const shared = [
      ...(cpu ? [`${formatEstimate(cpu)} for CPU time`] : []),
      ...(spread ? [`${formatEstimate(spread)} for the ${connections} connections`] : []),
    ]
    const fair = shared.length === 0 ? [] : [`Jain's index of fairness is ${listInWords(shared)}`]
    const parts = [...held, ...fair]
    return parts.length === 0 ? [] : [`${named(app)}, ${schedulingName(variant)}, ${count(workers)}: ${parts.join('; ')}.`]
  })
}

function limits(result: Result, { variants, cpus, plan }: WorkersFacts, rows: readonly WorkersRow[]): string[] {
  const { loadCpu } = result.environment
  const quoted = new Set(rows.map(({ id, cell }) => `${id} ${cell.endpoint}`))
  const left = plan.endpoints.flatMap((endpoint) =>
    variants.filter(({ id }) => !quoted.has(`${id} ${endpoint}`)).map(({ id }) => named(id)),
  )
  const bound = rows.filter(({ cell }) => cell.findings.some(({ code }) => LOAD_LIMITS.has(code)))
  return [
    ...(cpus === null
      ? ['Nothing is pinned: servers and load generator take CPU time from each other.']
      : [`The servers had ${cpusInWords(cpus)} (${cpus.join(', ')}), the load generator CPU ${loadCpu ?? '?'}.`]),
    ...(cpus?.length === 1
      ? ['More workers than CPUs can only share what there is; on a machine with more CPUs they get all that are left.']
      : []),
    ...(bound.length === 0
      ? []
      : [
          `The load generator was the limit, or near it, of ${listInWords([...new Set(bound.map(({ id }) => named(id)))])}: their requests/s are lower bounds.`,
        ]),
    ...(left.length === 0 ? [] : [`Without a valid number, and not quoted: ${listInWords([...new Set(left)])}.`]),
  ]
}

function cpusInWords(cpus: WorkersFacts['cpus']): string {
  if (cpus === null) return 'on any CPU'
  return cpus.length === 1 ? '1 CPU' : `${cpus.length} CPUs`
}

function count(workers: number): string {
  return workers === 1 ? '1 worker' : `${workers} workers`
}
