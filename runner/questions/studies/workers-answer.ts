import { usedUp } from '../../analysis/checks/saturation.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { count, formatEstimate } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { changePercent, endpointsIn, moreOrLess, named, percent, saidOf } from './phrases.ts'
import { appsWithProcesses, type ProcessFigure, processLevels } from './processes.ts'
import {
  anonymousPerWorker,
  connectionFairness,
  cpuFairness,
  largestShare,
  primaryResident,
  residentInAll,
  residentPerWorker,
  type Scaling,
  scalings,
  sharing,
  smallestShare,
  type WorkersRow,
  type WorkersVariant,
  workersRows,
} from './workers-figures.ts'

/** What the answer needs beside the result. */
export interface WorkersFacts {
  readonly variants: readonly WorkersVariant[]
  readonly connections: number
  /** CPUs of the servers; null: not pinned. */
  readonly cpus: readonly number[] | null
}

type Cpus = WorkersFacts['cpus']

/** Findings after which requests/s tell of the load generator, or may. */
const LOAD_LIMITS = new Set(['load-generator-bound', 'load-generator-busy'])

/** What the workers study says: throughput and cost by number of workers, then what the processes hold and how they share. */
export function answerWorkers(result: Result, facts: WorkersFacts): AnswerBody {
  const { variants, cpus, connections } = facts
  const known = endpointsIn(result).map((endpoint) => ({ endpoint, rows: workersRows(result, variants, endpoint) }))
  const parts = known.map(({ endpoint, rows }) => {
    const where = known.length > 1 ? ` on ${named(endpoint)}` : ''
    return {
      sentences: scalings(rows).map((curve) => scalingSentence(curve, `${named(curve.app)}${where}`, cpus)),
      tables: [scalingTable(endpoint, rows, cpus)],
      charts: [
        chart('throughput', endpoint, 'requests/s', rows, ({ cell }) => cell.requestsPerSecond),
        chart('cost', endpoint, 'CPU µs/request', rows, ({ cell }) => cell.cost),
      ],
    }
  })
  const sound = appsWithProcesses(result)
  const living = variants.filter(({ id }) => sound.includes(id))
  const all = known.flatMap(({ rows }) => rows)
  return joinAnswers(...parts, {
    sentences: processSentences(result, living, connections),
    tables: [processTable(result, living, connections)],
    limits: limits(result, facts, all),
  })
}

function scalingSentence({ scheduling, rows, enough }: Scaling, who: string, cpus: Cpus): string {
  const where = `${who}, ${scheduling}, ${cpusInWords(cpus)}`
  if (enough === null) return `${where}: one plain process has no number to compare with.`
  const parts = rows.map(({ workers, cell, rateRatio, costRatio }) => {
    const one = workers === 1
    const gives = `${count(workers, 'worker')} ${one ? 'gives' : 'give'} ${formatEstimate(cell.requestsPerSecond)} requests/s`
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
    return `Every smaller number is proven to give less than a larger one; whether more than ${count(most, 'worker')} give more was not measured.`
  return `More than ${count(enough, 'worker')} are not proven to give more requests/s.`
}

function processSentences(result: Result, living: readonly WorkersVariant[], connections: number): string[] {
  const most = Math.max(...living.map(({ workers }) => workers))
  return living.flatMap((variant) => {
    const { app, id, workers, scheduling } = variant
    if (scheduling === null || workers < most) return []
    const of = (figure: ProcessFigure) => processLevels(result, [id], figure)[0] ?? null
    const [resident, anonymous, primary] = [residentPerWorker, anonymousPerWorker, primaryResident].map(of)
    const [cpu, spread] = [cpuFairness, connectionFairness].map((figure) => sharing(result, [variant], figure)[0] ?? null)
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
    const parts = [...held, ...saidOf(shared, (indexes) => `Jain's index of fairness is ${indexes}`)]
    return parts.length === 0 ? [] : [`${named(app)}, ${scheduling}, ${count(workers, 'worker')}: ${parts.join('; ')}.`]
  })
}

function limits(result: Result, { variants, cpus }: WorkersFacts, rows: readonly WorkersRow[]): string[] {
  const { loadCpu } = result.environment
  const left = endpointsIn(result).flatMap((endpoint) =>
    variants.filter(({ id }) => !rows.some((row) => row.id === id && row.cell.endpoint === endpoint)),
  )
  const bound = rows.filter(({ cell }) => cell.findings.some(({ code }) => LOAD_LIMITS.has(code)))
  return [
    cpus === null
      ? 'Nothing is pinned: servers and load generator take CPU time from each other.'
      : `The servers had ${cpusInWords(cpus)} (${cpus.join(', ')}), the load generator CPU ${loadCpu ?? '?'}.`,
    ...(cpus?.length === 1
      ? ['More workers than CPUs can only share what there is; on a machine with more CPUs they get all that are left.']
      : []),
    ...saidOf(
      bound.map(({ id }) => named(id)),
      (names) => `The load generator was the limit, or near it, of ${names}: their requests/s are lower bounds.`,
    ),
    ...saidOf(
      left.map(({ id }) => named(id)),
      (names) => `Without a valid number, and not quoted: ${names}.`,
    ),
  ]
}

function cpusInWords(cpus: Cpus): string {
  if (cpus === null) return 'on any CPU'
  return cpus.length === 1 ? '1 CPU' : `${cpus.length} CPUs`
}

/** How a variant is called in a table. */
function schedulingName({ scheduling }: WorkersVariant): string {
  return scheduling ?? 'one plain process'
}

function scalingTable(endpoint: string, rows: readonly WorkersRow[], cpus: Cpus) {
  return tableOf(
    {
      id: `workers-${endpoint}`,
      title: `${endpoint}: by number of workers`,
      note:
        'One process is the app without node:cluster. Workers of 1 behind a primary show what node:cluster itself takes. The cost is the CPU time ' +
        'of primary and workers together.',
    },
    rows,
    {
      app: ({ app }) => app,
      scheduling: schedulingName,
      workers: ({ workers }) => workers,
      'requests/s': ({ cell }) => cell.requestsPerSecond,
      'requests/s over one process': ({ rateRatio }) => rateRatio,
      'CPU µs/request': ({ cell }) => cell.cost,
      'cost over one process': ({ costRatio }) => costRatio,
      'servers busy, % of one CPU': ({ cell }) => percent(cell.serverBusy),
      'load busy %': ({ cell }) => (cell.loadBusy === null ? null : percent(cell.loadBusy)),
      limit: (row) => limitOf(row, cpus),
    },
  )
}

/** What is used up: the CPUs that the workers can use, or the load generator. */
function limitOf({ cell, workers }: WorkersRow, cpus: Cpus): string {
  const limit = usedUp(cell, Math.min(workers, cpus?.length ?? workers))
  return { server: 'CPUs of the servers', load: 'load generator', neither: 'neither' }[limit]
}

/** Memory, start-up and fairness; of processes that answer rightly, whatever is found of their costs. */
function processTable(result: Result, variants: readonly WorkersVariant[], connections: number) {
  const ids = variants.map(({ id }) => id)
  const columnOf = (estimates: readonly (Estimate | null)[]) => (row: WorkersVariant) => estimates[variants.indexOf(row)]
  const level = (figure: ProcessFigure) => columnOf(processLevels(result, ids, figure))
  const share = (figure: Parameters<typeof sharing>[2]) => columnOf(sharing(result, variants, figure))
  return tableOf(
    {
      id: 'processes',
      title: 'processes: memory, start-up and fairness',
      note:
        'Memory at the end of the load; pages of the Node binary are counted in every process, and are in memory once: a worker more ' +
        "takes what is without pages of files. Jain's index is (Σx)² ÷ (n Σx²), 1 when all workers have the same and 1/n when one has all; shares are " +
        'multiples of an even one. All requests of an endpoint are alike, so shares of CPU time are shares of requests. A connection stays with ' +
        `its worker: with as few as ${connections}, chance decides how many each gets, again in every round.`,
    },
    variants,
    {
      app: ({ app }) => app,
      scheduling: schedulingName,
      workers: ({ workers }) => workers,
      'resident per worker, MiB': level(residentPerWorker),
      'of it without pages of files, MiB': level(anonymousPerWorker),
      'primary, MiB': level(primaryResident),
      'all processes, MiB': level(residentInAll),
      'all listen after, ms': level(({ startMilliseconds }) => startMilliseconds),
      "CPU time: Jain's index": share(cpuFairness),
      'smallest share': share(smallestShare),
      'largest share': share(largestShare),
      "connections: Jain's index": share(connectionFairness),
    },
  )
}

function chart(id: string, endpoint: string, title: string, rows: readonly WorkersRow[], of: (row: WorkersRow) => Estimate) {
  const several = new Set(rows.map(({ app }) => app)).size > 1
  return chartOf(
    {
      id: `workers-${id}-${endpoint}`,
      title: `${endpoint}: ${title}`,
      description: `${title} by number of workers, a curve per scheduling`,
      x: { title: 'workers' },
      y: { title },
    },
    rows.flatMap((row) => mark(schedulingName(row), row.workers, of(row), several ? row.app : null)),
  )
}
