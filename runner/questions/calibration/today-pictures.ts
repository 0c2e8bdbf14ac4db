import { type AnswerChart, type AnswerTable, chartOf, tableOf } from '../../result/answer.ts'
import { count, formatDuration, formatNumber, formatPlusMinusPercent, formatValue } from '../../result/format.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { TodayPart } from './data.ts'
import { narrowings, type ReadProcedure, SUITE, spreadOf } from './today-reading.ts'
import { dot, lengthInWords } from './words.ts'

/** Every repetition a mark, a panel for each server. */
export function ratioChart([first, ...others]: readonly string[], procedures: readonly ReadProcedure[]): AnswerChart {
  return chartOf(
    {
      id: 'today',
      title: 'The same servers by several procedures',
      description: `ratios of ${listInWords(others)} to ${first} by ${count(new Set(procedures.map(({ id }) => id)).size, 'procedure')}, one mark per repetition`,
      y: { title: `times the cost of ${first}, one mark per repetition; closer together is better`, scale: 'log' },
      reference: null,
    },
    others.flatMap((server) =>
      procedures.flatMap(({ title, seconds, reading }) =>
        spreadOf(reading, server).ratios.map((ratio) => dot(`repetitions of ${lengthInWords(seconds)}`, title, ratio, server)),
      ),
    ),
  )
}

/** A row per procedure of one length and what it is judged by. */
export function procedureTable(part: TodayPart, procedures: readonly ReadProcedure[], isFirst: boolean): AnswerTable {
  const [first, copy, ...compared] = part.servers
  const suite = procedures.find(({ id }) => id === SUITE)
  const { seconds } = procedures[0]!
  const rows = procedures.flatMap((procedure) => [
    { procedure, basis: 'requests/s', own: procedure.byRate },
    ...(procedure.byCost === null ? [] : [{ procedure, basis: 'CPU µs', own: procedure.byCost }]),
  ])
  type Row = (typeof rows)[number]
  const ofCompared = (head: (server: string) => string, of: (row: Row, server: string) => string) =>
    Object.fromEntries(compared.map((server) => [head(server), (row: Row) => of(row, server)]))
  const note =
    '± is the half-width of a 95 % interval of one such result, 1.96 standard deviations of ln ratio over the repetitions. ' +
    '"Suite narrower by" is that half-width over the suite\'s: by the interval it prints, and by the spread of its repetitions. ' +
    `${first} and ${copy} are the same server. A procedure that gives one number declares them different when they are more than 1 % ` +
    'apart, the suite when its interval excludes 1. Programs know requests per second only; the CPU time was read beside them.'
  const words = {
    id: isFirst ? 'today' : `today-${Math.round(seconds)}-s`,
    title: `Procedures by requests per second and by CPU time, ${lengthInWords(seconds)}`,
    note: isFirst ? note : null,
    texts: 2,
  }
  return tableOf(words, rows, {
    procedure: ({ procedure }) => procedure.title,
    'judged by': ({ basis }) => basis,
    repetitions: ({ own }) => own.repetitions,
    'wall time each': ({ procedure }) => formatDuration(procedure.wallSeconds ?? Number.NaN),
    ...ofCompared(
      (server) => `${server}: sd of ln ratio, ± of one result`,
      ({ own }, server) => {
        const { deviation, halfWidthPercent, printedPercent } = spreadOf(own, server)
        if (deviation === null) return '?'
        const spread = formatValue({ value: deviation, low: 0, high: 2 * deviation, level: 0 })
        const printed = printedPercent === null ? '' : `; printed ${formatPlusMinusPercent(printedPercent)}`
        return `${spread}, ${formatPlusMinusPercent(halfWidthPercent)}${printed}`
      },
    ),
    'order wrong': ({ own }) => `${own.wrongOrders} of ${own.repetitions}`,
    'identical declared different': ({ own }) => `${own.identicalDiffer} of ${own.repetitions}`,
    ...ofCompared(
      (server) => `${server}: suite narrower by`,
      ({ own, procedure }, server) => {
        const all = suite === undefined || procedure === suite ? [] : narrowings(suite.reading, own)
        const found = all.find((one) => one.server === server)
        return found === undefined ? '' : `${timesInWords(found.byPrinted)} / ${timesInWords(found.bySpread?.value ?? null)}`
      },
    ),
  })
}

/** `3.4 ×` */
export function timesInWords(value: number | null): string {
  return `${value === null ? '?' : times(value)} ×`
}

/** `3.4`, `12` */
export function times(value: number): string {
  return formatNumber(value, value < 9.95 ? 1 : 0)
}
