import { barOf } from '../../analysis/relative.ts'
import type { AnswerChart, AnswerFigure, AnswerPoint, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import { formatNumber } from '../../result/format.ts'
import type { Estimate } from '../../result/model.ts'
import type { LifeTable } from './lives.ts'
import { anonymousFigure, type MemoryFigure, residentFigures, startFigures } from './memory-figures.ts'

/** What is shown, of whom, and beside whom. */
export interface MemoryRows {
  readonly lives: LifeTable
  readonly apps: readonly string[]
  readonly baseline: string
}

export function memoryTable(shown: MemoryRows, restMilliseconds: number): AnswerTable {
  const rest = formatNumber(restMilliseconds / 1000, 1)
  return {
    id: 'memory',
    title: 'resident memory',
    columns: [...headsOf(residentFigures, shown), ...numberColumns('under load, without pages of files, MiB')],
    rows: rowsOf(shown, [...besideBaseline(residentFigures, shown), shown.lives.levels(shown.apps, anonymousFigure)]),
    note:
      `Resident set size. Idle: connected, ${rest} s after the last process has given its first answer. Under load: the highest reading ` +
      `between warm-ups and between blocks. At rest: ${rest} s after the last block. Pages of the Node binary and its libraries are in ` +
      'memory once for all processes and counted in each of them; in the differences they cancel. All other pages (heap, stacks, compiled ' +
      'code) belong to one process alone.',
  }
}

export function startTable(shown: MemoryRows): AnswerTable {
  return {
    id: 'start-up',
    title: 'start-up',
    columns: headsOf(startFigures, shown),
    rows: rowsOf(shown, besideBaseline(startFigures, shown)),
    note:
      "From the call that starts the process, so with Node's own start and its TypeScript, which the baseline has as well. The " +
      'first answer is to one request for the first endpoint on a new connection, to its last byte.',
  }
}

export function memoryCharts(shown: MemoryRows): AnswerChart[] {
  const onClock = startFigures.filter(({ words }) => !words.includes('CPU'))
  return [
    ...rowsChart(shown, residentFigures, {
      ...{ id: 'memory', title: 'resident memory, MiB' },
      description: 'resident memory of every app: idle, under load, and at rest after it',
    }),
    ...rowsChart(shown, onClock, {
      ...{ id: 'start-up', title: 'ms from the start of the process' },
      description: 'time until every app listens, and until it has answered once',
    }),
  ]
}

/** Every figure of every app, and what it is over the baseline. */
function besideBaseline(figures: readonly MemoryFigure[], { lives, apps, baseline }: MemoryRows) {
  return figures.flatMap(({ of }) => [lives.levels(apps, of), lives.differences(apps, baseline, of)])
}

function headsOf(figures: readonly MemoryFigure[], { baseline }: MemoryRows): AnswerTable['columns'] {
  const heads = figures.flatMap(({ head, unit }) => [`${head}, ${unit}`, `${head}, over ${baseline}`])
  return [...textColumns('app'), ...numberColumns(...heads)]
}

function rowsOf({ apps }: MemoryRows, columns: readonly (readonly (Estimate | null)[])[]): AnswerFigure[][] {
  return apps.map((app, index) => [app, ...columns.map((column) => column[index] ?? null)])
}

function rowsChart(
  { lives, apps }: MemoryRows,
  figures: readonly MemoryFigure[],
  head: Pick<AnswerChart, 'id' | 'title' | 'description'>,
): AnswerChart[] {
  const points = figures.flatMap(({ head: series, of }) =>
    lives.levels(apps, of).flatMap((level, index): AnswerPoint[] => {
      if (level === null) return []
      return [{ panel: null, series, x: apps[index]!, ...barOf(level) }]
    }),
  )
  if (points.length === 0) return []
  return [{ ...head, form: 'rows', x: { title: 'app', scale: 'linear' }, y: { title: head.title, scale: 'linear' }, points }]
}
