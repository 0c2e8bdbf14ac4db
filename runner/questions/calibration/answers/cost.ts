import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatNumber, formatPlusMinusPercent, formatShare } from '../../../result/format.ts'
import type { CostPart } from '../data.ts'
import { dutyCycle, fittedSeconds, type ShapeTime, shapeTimes, type TimeFit, timeFit } from './cost-figures.ts'
import type { PartPage } from './part-page.ts'
import { count, effortOf, percent, verdictSentences } from './words.ts'

const MEBIBYTE = 2 ** 20

export const costPage: PartPage<CostPart> = {
  part: 'cost',
  title: 'Cost of the suite',
  question: 'What does the suite itself take: time, CPU, memory?',
  goals: [],
  answer(part) {
    const shapes = shapeTimes(part)
    if (shapes.length === 0) return null
    const fit = timeFit(shapes)
    return {
      sentences: [dutyWords(shapes), ...loadWords(part), ...fitWords(shapes, fit)],
      tables: [perRequestTable(part), shapeTable(shapes, fit)].filter(({ rows }) => rows.length > 0),
      charts: [perRequestChart(part), timeChart(shapes, fit)],
      limits: [
        ...(fit === null ? ['Too few sizes of a run were measured to say how its time grows.'] : []),
        ...(part.perRequest.length === 0 ? ['CPU per request was not measured.'] : []),
        ...verdictSentences(part.runs),
      ],
      effort: effortOf(part.runs),
    }
  },
}

function dutyWords(shapes: readonly ShapeTime[]): string {
  const largest = shapes.at(-1)!
  const { blocksPerRound, runnerResidentBytes, loadResidentBytes } = largest.runs.at(-1)!
  const load = loadResidentBytes === null ? '' : `, the load generator ${mebibytes(loadResidentBytes)} MiB`
  return (
    `With ${count(largest.apps, 'app')} besides the baseline on ${count(largest.endpoints, 'endpoint')} and ` +
    `${count(blocksPerRound, 'block')} a round, ${percent(dutyCycle(largest))} of the time is spent measuring (more blocks raise that share); ` +
    `the runner takes ${mebibytes(runnerResidentBytes)} MiB of memory${load}.`
  )
}

function loadWords({ perRequest }: CostPart): string[] {
  const known = perRequest.filter((one): one is typeof one & { loadMicroseconds: number } => one.loadMicroseconds !== null)
  if (known.length === 0) return []
  const share = (one: (typeof known)[number]) => one.loadMicroseconds / one.serverMicroseconds
  const most = known.reduce((a, b) => (share(b) > share(a) ? b : a))
  return [
    `The load generator works ${formatNumber(most.loadMicroseconds, 1)} µs per request at most beside ` +
      `${formatNumber(most.serverMicroseconds, 1)} µs of the server (${most.app} on ${most.endpoint}, ${percent(share(most))} of it).`,
  ]
}

function fitWords(shapes: readonly ShapeTime[], fit: TimeFit | null): string[] {
  if (fit === null) return []
  const { fixed, perApp, perCell } = fit
  const worst = Math.max(...shapes.map((shape) => Math.abs(fittedSeconds(fit, shape) / shape.seconds - 1)))
  return [
    `A round takes about ${formatNumber(fixed, 1)} s + apps × (${formatNumber(perApp, 1)} s + ${formatNumber(perCell, 2)} s × endpoints), ` +
      `fitted by least squares, apps without the baseline; what a run needs before and after its rounds is spread over them. ` +
      `The measured times lie within ${formatPlusMinusPercent(100 * worst)} of it.`,
  ]
}

function perRequestChart({ perRequest }: CostPart): AnswerChart {
  return {
    id: 'cost-per-request',
    title: 'CPU time of both sides per request',
    description: `CPU microseconds per request of server and load generator in ${count(perRequest.length, 'cell')}`,
    form: 'rows',
    x: { title: '', scale: 'linear' },
    y: { title: 'CPU µs per request, less is better', scale: 'linear' },
    reference: 0,
    points: perRequest.flatMap(({ app, endpoint, serverMicroseconds, loadMicroseconds }) => [
      point('server', app, serverMicroseconds, endpoint),
      ...(loadMicroseconds === null ? [] : [point('load generator', app, loadMicroseconds, endpoint)]),
    ]),
  }
}

/** A mark without an interval. */
function point(series: string, x: string, y: number, panel: string | null = null) {
  return { panel, series, x, y, low: null, high: null }
}

function timeChart(shapes: readonly ShapeTime[], fit: TimeFit | null): AnswerChart {
  return {
    id: 'cost-time',
    title: 'Time of a round',
    description: `seconds per round by number of apps and endpoints, ${count(shapes.length, 'size')} of a run`,
    form: 'rows',
    x: { title: '', scale: 'linear' },
    y: { title: 'seconds per round, less is better', scale: 'linear' },
    reference: 0,
    points: shapes.flatMap((shape) => {
      const x = `${count(shape.apps, 'app')} × ${count(shape.endpoints, 'endpoint')}`
      return [
        point('whole round', x, shape.seconds),
        point('of it measuring', x, shape.measuredSeconds),
        ...(fit === null ? [] : [point('whole round by the fit', x, fittedSeconds(fit, shape))]),
      ]
    }),
  }
}

function perRequestTable({ perRequest }: CostPart): AnswerTable {
  const numbers = ['server, µs/request', 'load generator, µs/request', 'server busy %', 'load busy %']
  return {
    id: 'cost-per-request',
    title: 'CPU time of both sides per request',
    note: 'The time in which the load generator only waits for the server is left out of its µs.',
    columns: [...textColumns('endpoint', 'app'), ...numberColumns(...numbers)],
    rows: perRequest.map(({ endpoint, app, serverMicroseconds, loadMicroseconds, serverBusy, loadBusy }) => [
      ...[endpoint, app, formatNumber(serverMicroseconds, 1), formatNumber(loadMicroseconds, 1)],
      ...[formatShare(serverBusy), formatShare(loadBusy)],
    ]),
  }
}

function shapeTable(shapes: readonly ShapeTime[], fit: TimeFit | null): AnswerTable {
  const heads = [
    ...['apps', 'endpoints', 'runs', 'rounds a run', 'blocks a round', 'warm-up, ms', 's per round', 'fitted'],
    ...['measuring %', 'runner, MiB', 'load generator, MiB'],
  ]
  return {
    id: 'cost-time',
    title: 'Time and memory by size of a run',
    note: null,
    columns: numberColumns(...heads),
    rows: shapes.map((shape) => {
      const last = shape.runs.at(-1)!
      return [
        ...[shape.apps, shape.endpoints, shape.runs.length, last.rounds, last.blocksPerRound],
        ...[formatNumber(last.warmUpMilliseconds, 0), formatNumber(shape.seconds, 1)],
        ...[formatNumber(fit === null ? null : fittedSeconds(fit, shape), 1), formatShare(dutyCycle(shape))],
        ...[mebibytes(last.runnerResidentBytes), last.loadResidentBytes === null ? '?' : mebibytes(last.loadResidentBytes)],
      ]
    }),
  }
}

function mebibytes(bytes: number): string {
  return formatNumber(bytes / MEBIBYTE, 0)
}
