import { usedUp } from '../../analysis/checks/saturation.ts'
import { LEVEL } from '../../analysis/estimates.ts'
import { againstReference, rateRatios } from '../../analysis/relative.ts'
import { type AnswerBody, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { count, formatEstimate } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import {
  changePercent,
  endpointsIn,
  moreOrLess,
  named,
  onEndpoint,
  percent,
  rateAndCostCharts,
  saidOf,
  withCells,
} from './phrases.ts'
import { answerProcesses, schedulingName, type WorkersVariant } from './workers-processes.ts'

/** What the answer needs beside the result. */
interface WorkersFacts {
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
  const known = endpointsIn(result).map((endpoint) => ({ endpoint, rows: rowsOf(result, variants, endpoint) }))
  const parts = known.map(({ endpoint, rows }) => {
    const several = new Set(rows.map(({ app }) => app)).size > 1
    const words = { study: 'workers', endpoint, by: 'number of workers, a curve per scheduling', x: { title: 'workers' } }
    return {
      sentences: scalingSentences(rows, onEndpoint(result, endpoint), cpus),
      tables: [scalingTable(endpoint, rows, cpus)],
      charts: rateAndCostCharts(words, rows, (row, figure) =>
        mark(schedulingName(row), row.workers, figure, several ? row.app : null),
      ),
    }
  })
  const all = known.flatMap(({ rows }) => rows)
  return joinAnswers(...parts, answerProcesses(result, variants, connections), { limits: limits(result, facts, all) })
}

type Row = ReturnType<typeof rowsOf>[number]

/**
 * Valid and suspect cells of an endpoint, in the order of the variants, of every app the plain process first; and what they are beside
 * that process of the same app. null: it is that process itself, or there is nothing to compare with.
 */
function rowsOf(result: Result, variants: readonly WorkersVariant[], endpoint: string) {
  const known = withCells(result, variants, endpoint)
  return [...Map.groupBy(known, ({ app }) => app)].flatMap(([app, own]) => {
    const [plain] = own.filter(({ scheduling }) => scheduling === null)
    const teams = own.filter((one) => one !== plain)
    const costs = plain === undefined ? [] : againstReference(result, app)
    const rates = plain === undefined ? [] : rateRatios(cellsOf(teams), plain.cell)
    const compared = teams.map((one, index) => ({
      ...one,
      rateRatio: rates[index] ?? null,
      costRatio: costs.find((cost) => cost.app === one.id && cost.endpoint === endpoint)?.ratio ?? null,
    }))
    return plain === undefined ? compared : [{ ...plain, rateRatio: null, costRatio: null }, ...compared]
  })
}

function cellsOf(rows: readonly { readonly cell: MeasuredCell }[]): MeasuredCell[] {
  return rows.map(({ cell }) => cell)
}

/** How every app and scheduling of an endpoint goes on with more workers. */
function scalingSentences(rows: readonly Row[], where: string, cpus: Cpus): string[] {
  const teams = rows.filter(({ scheduling }) => scheduling !== null)
  const curves = Map.groupBy(teams, ({ app, scheduling }) => `${named(app)}${where}, ${scheduling}, ${cpusInWords(cpus)}`)
  return [...curves].map(([who, group]) => {
    const plain = rows.find((one) => one.app === group[0]!.app && one.scheduling === null)
    if (plain === undefined) return `${who}: one plain process has no number to compare with.`
    const own = group.toSorted((a, b) => a.workers - b.workers)
    return `${who}: ${own.map(besidePlain).join('; ')}. ${conclusion([plain, ...own])}`
  })
}

function besidePlain({ workers, cell, rateRatio, costRatio }: Row): string {
  const one = workers === 1
  const gives = `${count(workers, 'worker')} ${one ? 'gives' : 'give'} ${formatEstimate(cell.requestsPerSecond)} requests/s`
  const rate = inWords(rateRatio, {
    apart: (words) => ` (${words} than one plain process)`,
    tied: (change) => ` (cannot be told apart from one plain process, ${change})`,
  })
  const cost = inWords(costRatio, {
    apart: (words) => ` and ${one ? 'costs' : 'cost'} ${words} per request`,
    tied: (change) => `, and the cost per request cannot be told apart (${change})`,
  })
  return `${gives}${rate}${cost}`
}

type Wording = (text: string) => string

function inWords(ratio: Estimate | null, { apart, tied }: Readonly<Record<'apart' | 'tied', Wording>>): string {
  if (ratio === null) return ''
  const change = changePercent(ratio)
  const words = moreOrLess(change, ' %')
  return words === null ? tied(`${formatEstimate(change)} %`) : apart(words)
}

/**
 * The fewest processes that no larger number measured is proven to beat. Every pair is looked at, so each is at a level corrected for their
 * number (Bonferroni).
 * @param levels the plain process, then the fewest workers first
 */
function conclusion(levels: readonly Row[]): string {
  const pairs = (levels.length * (levels.length - 1)) / 2
  const level = 1 - (1 - LEVEL) / pairs
  const place = levels.findIndex((one, index) => {
    const above = rateRatios(cellsOf(levels.slice(index + 1)), one.cell, level)
    return !above.some((ratio) => ratio !== null && ratio.low !== null && ratio.low > 1)
  })
  const workers = count(levels[place]!.workers, 'worker')
  if (place === 0) return 'None of them is proven to give more requests/s than one plain process.'
  if (place < levels.length - 1) return `More than ${workers} are not proven to give more requests/s.`
  return `Every smaller number is proven to give less than a larger one; whether more than ${workers} give more was not measured.`
}

function limits(result: Result, { variants, cpus }: WorkersFacts, rows: readonly Row[]): string[] {
  const left = endpointsIn(result).flatMap((endpoint) =>
    variants.filter(({ id }) => !rows.some((row) => row.id === id && row.cell.endpoint === endpoint)),
  )
  const namesOf = (those: readonly WorkersVariant[]) => those.map(({ id }) => named(id))
  const bound = rows.filter(({ cell }) => cell.findings.some(({ code }) => LOAD_LIMITS.has(code)))
  return [
    cpus === null
      ? 'Nothing is pinned: servers and load generator take CPU time from each other.'
      : `The servers had ${cpusInWords(cpus)} (${cpus.join(', ')}), the load generator CPU ${result.environment.loadCpu ?? '?'}.`,
    ...(cpus?.length === 1
      ? ['More workers than CPUs can only share what there is; on a machine with more CPUs they get all that are left.']
      : []),
    ...saidOf(
      namesOf(bound),
      (ids) => `The load generator was the limit, or near it, of ${ids}: their requests/s are lower bounds.`,
    ),
    ...saidOf(namesOf(left), (ids) => `Without a valid number, and not quoted: ${ids}.`),
  ]
}

function cpusInWords(cpus: Cpus): string {
  if (cpus === null) return 'on any CPU'
  return cpus.length === 1 ? '1 CPU' : `${cpus.length} CPUs`
}

function scalingTable(endpoint: string, rows: readonly Row[], cpus: Cpus) {
  const note =
    'One process is the app without node:cluster. Workers of 1 behind a primary show what node:cluster itself takes. The cost is the CPU time ' +
    'of primary and workers together.'
  // What is used up: the CPUs that the workers can use, or the load generator.
  const limits = { server: 'CPUs of the servers', load: 'load generator', neither: 'neither' }
  return tableOf({ id: `workers-${endpoint}`, title: `${endpoint}: by number of workers`, note }, rows, {
    app: ({ app }) => app,
    scheduling: schedulingName,
    workers: ({ workers }) => workers,
    'requests/s': ({ cell }) => cell.requestsPerSecond,
    'requests/s over one process': ({ rateRatio }) => rateRatio,
    'CPU µs/request': ({ cell }) => cell.cost,
    'cost over one process': ({ costRatio }) => costRatio,
    'servers busy, % of one CPU': ({ cell }) => percent(cell.serverBusy),
    'load busy %': ({ cell }) => percent(cell.loadBusy),
    limit: ({ cell, workers }) => limits[usedUp(cell, Math.min(workers, cpus?.length ?? workers))],
  })
}
