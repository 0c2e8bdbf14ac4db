import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatDuration, formatNumber, formatPlusMinusPercent, formatValue } from '../../../result/format.ts'
import { listInWords } from '../../../result/plain-text.ts'
import type { TodayPart } from '../data.ts'
import type { Judgement, PartPage } from './part-page.ts'
import { type BasisFigures, type ProcedureFigures, todayFigures } from './today-figures.ts'
import { count, fromTo } from './words.ts'

const SUITE = 'suite'
/** What the goal compares with: one autocannon run per server, one server after another. */
const SEQUENTIAL = 'autocannon'
const GOAL_TIMES = 10

export const todayPage: PartPage<TodayPart> = {
  part: 'today',
  title: 'Against what people do today',
  question: 'What does the suite add to a benchmark made in the usual way, with the same servers and the same time?',
  goals: [
    { title: 'intervals at least 10 times narrower than those of sequential autocannon in the same time', judge: judgeNarrowing },
  ],
  answer(part) {
    const procedures = readProcedures(part)
    if (procedures.length === 0) return null
    const repetitions = procedures.map(({ figures }) => figures.repetitions)
    return {
      sentences: [faults(part, procedures), ...procedures.map(({ title, figures }) => `${title}: ${figures.what}.`)],
      tables: [table(part, procedures)],
      charts: [chart(part, procedures)],
      limits: limits(part, procedures),
      effort: `${count(procedures.length, 'procedure')}, ${fromTo(repetitions, 'repetition')} each, taken in turns in random order`,
    }
  },
}

/** A procedure by the number its reader takes from it: the suite's cost, the requests per second of all others. */
export interface ReadProcedure {
  readonly id: string
  readonly title: string
  readonly figures: ProcedureFigures
  readonly reading: BasisFigures
}

/** Procedures with a number for every server, in their order; what is not above zero has no ratio and no place in a chart. */
export function readProcedures(part: TodayPart): ReadProcedure[] {
  return todayFigures(part)
    .map((figures) => {
      const reading = figures.id === SUITE ? (figures.byCost ?? figures.byRate) : figures.byRate
      return { id: figures.id, title: figures.title, figures, reading }
    })
    .filter(({ reading }) => reading.repetitions > 0 && reading.spreads.every(({ ratios }) => ratios.every((ratio) => ratio > 0)))
}

/** How much narrower the suite is than another procedure, for one server; null where one of the widths is not known. */
export interface Narrowing {
  readonly server: string
  /** Other half-width over that of the intervals that the suite prints. */
  readonly byPrinted: number | null
  /** Other half-width over what the suite's own repetitions scatter. */
  readonly bySpread: number | null
}

/** For every server but the two identical ones. */
export function narrowings(part: TodayPart, suite: ReadProcedure, other: BasisFigures): Narrowing[] {
  return part.servers.slice(2).flatMap((server) => {
    const width = widthOf(other, server)
    if (width === null) return []
    const times = (own: number | null) => (own === null || own === 0 ? null : width / own)
    const printed = suite.figures.ownHalfWidthPercent?.[server] ?? null
    return [{ server, byPrinted: times(printed), bySpread: times(widthOf(suite.reading, server)) }]
  })
}

function widthOf(figures: BasisFigures, server: string): number | null {
  return figures.spreads.find((spread) => spread.server === server)?.halfWidthPercent ?? null
}

/** By the smallest narrowing of all servers, by intervals and by spread alike. */
function judgeNarrowing(part: TodayPart): Judgement | null {
  const procedures = readProcedures(part)
  const suite = procedures.find(({ id }) => id === SUITE)
  const sequential = procedures.find(({ id }) => id === SEQUENTIAL)
  const all = suite === undefined || sequential === undefined ? [] : narrowings(part, suite, sequential.reading)
  const known = all.flatMap(({ byPrinted, bySpread }) => [byPrinted, bySpread]).filter((times) => times !== null)
  if (known.length === 0) return null
  const servers = all.map((one) => `${one.server} ${inWords(one)}`)
  return {
    measured: `${listInWords(servers)} (by the intervals that the suite prints / by the spread of its repetitions)`,
    outcome: Math.min(...known) >= GOAL_TIMES ? 'met' : 'not met',
  }
}

function faults({ servers }: TodayPart, procedures: readonly ReadProcedure[]): string {
  const told = procedures.filter(({ id }) => id === SUITE || id === SEQUENTIAL)
  const words = (told.length === 0 ? procedures : told).map(
    ({ title, reading: { wrongOrders, identicalDiffer, repetitions } }) =>
      `"${title}" ${wrongOrders} of ${repetitions} and ${identicalDiffer} of ${repetitions}`,
  )
  const order = listInWords(servers.filter((_, index) => index !== 1))
  return `Repetitions with a wrong order of ${order}, and with two identical servers declared different: ${words.join('; ')}.`
}

function limits(part: TodayPart, procedures: readonly ReadProcedure[]): string[] {
  return part.procedures.flatMap(({ id, title, what, repetitions }) => {
    if (repetitions.length === 0) return [`Not measured: ${title} (${what}).`]
    if (procedures.every((one) => one.id !== id)) return [`${title} gave no number for one of the servers.`]
    return repetitions.length === 1 ? [`${title} was done only once, which says nothing about its spread.`] : []
  })
}

/** Every repetition a mark, a panel for each server. */
function chart({ servers }: TodayPart, procedures: readonly ReadProcedure[]): AnswerChart {
  return {
    id: 'today',
    title: 'The same servers by several procedures',
    description: `ratios of ${listInWords(servers.slice(1))} to ${servers[0]} by ${count(procedures.length, 'procedure')}, one mark per repetition`,
    form: 'rows',
    x: { title: '', scale: 'linear' },
    y: { title: `times the cost of ${servers[0]}, one mark per repetition; closer together is better`, scale: 'log' },
    reference: null,
    points: servers.slice(1).flatMap((server) =>
      procedures.flatMap(({ title, reading }) => {
        const ratios = reading.spreads.find((spread) => spread.server === server)?.ratios ?? []
        return ratios.map((y) => ({ panel: server, series: 'one repetition', x: title, y, low: null, high: null }))
      }),
    ),
  }
}

function table(part: TodayPart, procedures: readonly ReadProcedure[]): AnswerTable {
  const compared = part.servers.slice(2)
  const suite = procedures.find(({ id }) => id === SUITE)
  const numbers = [
    ...['repetitions', 'wall time each', ...compared.map((server) => `${server}: sd of ln ratio, ± of one result`)],
    ...['order wrong', 'identical declared different', ...compared.map((server) => `${server}: suite narrower by`)],
  ]
  const row = (basis: string, figures: ProcedureFigures, reading: BasisFigures) => {
    const isSuite = figures.id === SUITE
    const narrower = suite === undefined || isSuite ? [] : narrowings(part, suite, reading)
    const widths = compared.map((server) => {
      const spread = reading.spreads.find((one) => one.server === server)
      if (spread === undefined || spread.deviation === null) return '?'
      const printed = isSuite && basis !== 'requests/s' ? figures.ownHalfWidthPercent?.[server] : undefined
      const own = printed === undefined ? '' : `; printed ${formatPlusMinusPercent(printed)}`
      const deviation = formatValue({ value: spread.deviation, low: 0, high: 2 * spread.deviation, level: 0 })
      return `${deviation}, ${formatPlusMinusPercent(spread.halfWidthPercent)}${own}`
    })
    return [
      ...[figures.title, basis, reading.repetitions, formatDuration(figures.wallSeconds ?? Number.NaN), ...widths],
      ...[`${reading.wrongOrders} of ${reading.repetitions}`, `${reading.identicalDiffer} of ${reading.repetitions}`],
      ...compared.map((server) => {
        const found = narrower.find((one) => one.server === server)
        return found === undefined ? '' : inWords(found)
      }),
    ]
  }
  return {
    id: 'today',
    title: 'Procedures by requests per second and by CPU time',
    note:
      '± is the half-width of a 95 % interval of one such result, 1.96 standard deviations of ln ratio over the repetitions. ' +
      '"Suite narrower by" is that half-width over the suite\'s: by the interval it prints, and by the spread of its repetitions. ' +
      `${part.servers[0]} and ${part.servers[1]} are the same server. A procedure that gives one number declares them different when they are more than 1 % ` +
      'apart, the suite when its interval excludes 1. Programs know requests per second only; the CPU time was read beside them.',
    columns: [...textColumns('procedure', 'judged by'), ...numberColumns(...numbers)],
    rows: procedures.flatMap(({ figures }) => [
      row('requests/s', figures, figures.byRate),
      ...(figures.byCost === null ? [] : [row('CPU µs', figures, figures.byCost)]),
    ]),
  }
}

/** `3.4 × / 5.1 ×` */
function inWords({ byPrinted, bySpread }: Narrowing): string {
  const times = (value: number | null) => (value === null ? '?' : `${formatNumber(value, value < 9.95 ? 1 : 0)} ×`)
  return `${times(byPrinted)} / ${times(bySpread)}`
}
