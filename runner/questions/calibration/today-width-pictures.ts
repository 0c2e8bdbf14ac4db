import { type AnswerChart, type AnswerTable, chartOf, tableOf } from '../../result/answer.ts'
import { formatPlusMinusPercent } from '../../result/format.ts'
import { SUITE } from './today-reading.ts'
import type { ProcessLimit, Width } from './today-widths.ts'
import { dot, lengthInWords } from './words.ts'

const SPREAD = 'spread'
const OWN = 'own interval'
const ONE_PROCESS = { title: 'one process of each server', kind: 'limit' }

/** One width in a table or chart. */
interface Point {
  readonly server: string
  readonly title: string
  readonly kind: string
  readonly seconds: number
  readonly percent: number
}

/** All that is known of widths, the limits that processes set included. */
function pointsOf(widths: readonly Width[], limits: readonly ProcessLimit[]): Point[] {
  const moments = [...new Set(widths.map(({ seconds }) => seconds))]
  const suite = widths.find(({ id }) => id === SUITE)?.title ?? SUITE
  return [
    ...widths.flatMap(({ server, title, seconds, spreadPercent, ownPercent }) => [
      ...(spreadPercent === null ? [] : [{ server, title, kind: SPREAD, seconds, percent: spreadPercent }]),
      ...(ownPercent === null ? [] : [{ server, title, kind: OWN, seconds, percent: ownPercent }]),
    ]),
    ...limits.flatMap(({ server, onePercent, after }) =>
      moments.flatMap((seconds) => {
        const percent = after(seconds)?.percent
        return [
          ...(percent === undefined ? [] : [{ server, title: suite, kind: 'limit', seconds, percent }]),
          { server, ...ONE_PROCESS, seconds, percent: onePercent },
        ]
      }),
    ),
  ]
}

/** A chart for each server; none where widths are known at one moment only. */
export function widthCharts(widths: readonly Width[], limits: readonly ProcessLimit[]): AnswerChart[] {
  const byServer = [...Map.groupBy(pointsOf(widths, limits), ({ server }) => server)]
  return byServer.flatMap(([server, points], index) => {
    const isCurve = ([one, another]: readonly Point[]) => one!.title !== ONE_PROCESS.title && another !== undefined
    const curves = [...Map.groupBy(points, seriesOf)].filter(([, own]) => isCurve(own))
    const reference = limits.find((limit) => limit.server === server)?.onePercent ?? null
    const dashed = (what: string) => (reference === null ? '' : `; dashed: ${what}`)
    const limit = dashed(`what one process of each server cannot go below, ${formatPlusMinusPercent(reference)}`)
    const words = {
      id: `today-width-${index + 1}`,
      title: `Width against time, ${server}`,
      description: `half-width of a 95 % interval of the ratio of ${server} against the time of a repetition, by procedure${limit}`,
      x: { title: 'minutes', scale: 'log' as const },
      y: { title: `± percent${dashed('limit of one process')}`, scale: 'log' as const },
      reference,
    }
    const marks = curves.flatMap(([series, own]) => own.map(({ seconds, percent }) => dot(series, seconds / 60, percent)))
    return marks.length === 0 ? [] : [chartOf(words, marks)]
  })
}

function seriesOf({ title, kind }: Point): string {
  return `${title}: ${kind}`
}

/** A row per server, procedure, and kind of width; a column per time. */
export function widthTable(widths: readonly Width[], limits: readonly ProcessLimit[]): AnswerTable {
  const points = pointsOf(widths, limits)
  const moments = [...new Set(points.map(({ seconds }) => seconds))].sort((one, other) => one - other)
  const rows = [...Map.groupBy(points, (point) => `${point.server} ${seriesOf(point)}`).values()]
  rows.sort(([one], [other]) => order(widths, one!) - order(widths, other!))
  const words = {
    id: 'today-widths',
    title: 'Half-width of a 95 % interval of one result against time',
    note:
      'Spread: 1.96 standard deviations of ln ratio over the repetitions, of the suite by cost and of all others by requests per ' +
      'second; times within a repetition are those of its rounds or passes that had ended. Own interval: the printed one, and of interleaved runs that of ' +
      'the passes of one repetition (Student t); the median over repetitions. Limits: 1.96 standard deviations between single ' +
      'processes, and between rounds of the suite over the square root of their number, both from its repetitions.',
    texts: 3,
  }
  return tableOf(words, rows, {
    server: ([one]) => one!.server,
    procedure: ([one]) => one!.title,
    width: ([one]) => one!.kind,
    ...Object.fromEntries(
      moments.map((moment) => [
        lengthInWords(moment),
        (row: Point[]) => {
          const found = row.find(({ seconds }) => seconds === moment)
          return found && formatPlusMinusPercent(found.percent)
        },
      ]),
    ),
  })
}

/** Rows of one server stand together; within it the order is that of the points. */
function order(widths: readonly Width[], { server }: Point): number {
  return widths.findIndex((width) => width.server === server)
}
