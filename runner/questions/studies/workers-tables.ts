import { USED_UP } from '../../analysis/checks/thresholds.ts'
import { barOf } from '../../analysis/relative.ts'
import {
  type AnswerChart,
  type AnswerFigure,
  type AnswerPoint,
  type AnswerTable,
  numberColumns,
  textColumns,
} from '../../result/answer.ts'
import type { Estimate } from '../../result/model.ts'
import type { LifeTable } from './lives.ts'
import { listens } from './memory-figures.ts'
import {
  anonymousPerWorker,
  connectionFairness,
  cpuFairness,
  largestShare,
  primaryResident,
  residentInAll,
  residentPerWorker,
  sharing,
  smallestShare,
} from './workers-figures.ts'
import type { WorkersRow, WorkersVariant } from './workers-rows.ts'

/** How a variant is called in a table. */
export function schedulingName({ scheduling }: Pick<WorkersVariant, 'scheduling'>): string {
  return scheduling ?? 'one plain process'
}

export function scalingTable(endpoint: string, rows: readonly WorkersRow[], cpus: number | null): AnswerTable {
  return {
    id: `workers-${endpoint}`,
    title: `${endpoint}: by number of workers`,
    columns: [
      ...textColumns('app', 'scheduling'),
      ...numberColumns('workers', 'requests/s', 'requests/s over one process', 'CPU µs/request', 'cost over one process'),
      ...numberColumns('servers busy, % of one CPU', 'load busy %'),
      ...textColumns('limit'),
    ],
    rows: rows.map((row): AnswerFigure[] => {
      const { app, workers, cell, rateRatio, costRatio } = row
      return [
        ...[app, schedulingName(row), workers, cell.requestsPerSecond, rateRatio, cell.cost, costRatio],
        ...[percent(cell.serverBusy), cell.loadBusy === null ? null : percent(cell.loadBusy), limitOf(row, cpus)],
      ]
    }),
    note:
      'One process is the app without node:cluster. Workers of 1 behind a primary show what node:cluster itself takes. The cost is the CPU time ' +
      'of primary and workers together.',
  }
}

/** Memory, start-up and fairness; of processes that answer rightly, whatever is found of their costs. */
export function processTable(lives: LifeTable, variants: readonly WorkersVariant[], connections: number): AnswerTable {
  const ids = variants.map(({ id }) => id)
  const columns = [
    ...[residentPerWorker, anonymousPerWorker, primaryResident, residentInAll, listens.of].map((of) => lives.levels(ids, of)),
    ...[cpuFairness, smallestShare, largestShare, connectionFairness].map((figure) => sharing(lives, variants, figure)),
  ]
  return {
    id: 'processes',
    title: 'processes: memory, start-up and fairness',
    columns: [
      ...textColumns('app', 'scheduling'),
      ...numberColumns('workers', 'resident per worker, MiB', 'of it without pages of files, MiB', 'primary, MiB'),
      ...numberColumns('all processes, MiB', 'all listen after, ms', "CPU time: Jain's index", 'smallest share'),
      ...numberColumns('largest share', "connections: Jain's index"),
    ],
    rows: variants.map((variant, index): AnswerFigure[] => [
      ...[variant.app, schedulingName(variant), variant.workers],
      ...columns.map((column) => column[index] ?? null),
    ]),
    note:
      'Memory at the end of the load; pages of the Node binary are counted in every process, and are in memory once: a worker more ' +
      "takes what is without pages of files. Jain's index is (Σx)² ÷ (n Σx²), 1 when all workers have the same and 1/n when one has all; shares are " +
      'multiples of an even one. All requests of an endpoint are alike, so shares of CPU time are shares of requests. A connection stays with ' +
      `its worker: with as few as ${connections}, chance decides how many each gets, again in every round.`,
  }
}

export function scalingCharts(endpoint: string, rows: readonly WorkersRow[]): AnswerChart[] {
  const several = new Set(rows.map(({ app }) => app)).size > 1
  const chart = (id: string, title: string, of: (row: WorkersRow) => Estimate): AnswerChart => ({
    ...{ id: `workers-${id}-${endpoint}`, title: `${endpoint}: ${title}`, form: 'curves' },
    description: `${title} by number of workers, a curve per scheduling`,
    x: { title: 'workers', scale: 'linear' },
    y: { title, scale: 'linear' },
    points: rows.map((row): AnswerPoint => {
      return { panel: several ? row.app : null, series: schedulingName(row), x: row.workers, ...barOf(of(row)) }
    }),
  })
  if (rows.length === 0) return []
  return [
    chart('throughput', 'requests/s', ({ cell }) => cell.requestsPerSecond),
    chart('cost', 'CPU µs/request', ({ cell }) => cell.cost),
  ]
}

/** What is used up: the CPUs that the workers can use, or the load generator. */
export function limitOf({ cell, workers }: WorkersRow, cpus: number | null): string {
  if (cell.serverBusy >= USED_UP * Math.min(workers, cpus ?? workers)) return 'CPUs of the servers'
  return cell.loadBusy !== null && cell.loadBusy >= USED_UP ? 'load generator' : 'neither'
}

function percent(share: number): number {
  return Number((100 * share).toFixed(1))
}
