import { formatNumber, formatPlusMinusPercent, formatShare } from '../../report/format.ts'
import { markdownTable } from '../../report/markdown.ts'
import type { CostPart } from '../data.ts'
import { perRequestChart, roundTimeChart } from './cost-chart.ts'
import { dutyCycle, fittedSeconds, type ShapeTime, shapeTimes, type TimeFit, timeFit } from './cost-figures.ts'
import { effortOf, verdictSentences } from './effort.ts'
import { count, percent, plain } from './phrases.ts'
import { type Chart, sectionOf } from './section.ts'

const MEBIBYTE = 2 ** 20

export const costSection = sectionOf('cost', {
  title: 'Cost of the suite',
  question: 'What does the suite itself take: time, CPU, memory?',
  goals: [],
  body(part) {
    const shapes = shapeTimes(part)
    if (shapes.length === 0) return null
    const fit = timeFit(shapes)
    return {
      answer: `${dutyWords(shapes)} ${loadWords(part)}`.trim(),
      blocks: [...perRequest(part), timeChart(shapes, fit), ...fitWords(shapes, fit), shapeTable(shapes, fit)],
      effort: effortOf(part.runs),
      notReached: [
        ...(fit === null ? ['Too few sizes of a run were measured to say how its time grows.'] : []),
        ...(part.perRequest.length === 0 ? ['CPU per request was not measured.'] : []),
        ...verdictSentences(part.runs),
      ],
    }
  },
})

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

function loadWords({ perRequest }: CostPart): string {
  const known = perRequest.filter((one): one is typeof one & { loadMicroseconds: number } => one.loadMicroseconds !== null)
  if (known.length === 0) return ''
  const dearest = known.reduce((a, b) =>
    b.loadMicroseconds / b.serverMicroseconds > a.loadMicroseconds / a.serverMicroseconds ? b : a,
  )
  return (
    `The load generator works ${formatNumber(dearest.loadMicroseconds, 1)} µs per request at most beside ` +
    `${formatNumber(dearest.serverMicroseconds, 1)} µs of the server (${plain(dearest.app)} on ${plain(dearest.endpoint)}, ` +
    `${percent(dearest.loadMicroseconds / dearest.serverMicroseconds)} of it).`
  )
}

function perRequest(part: CostPart): (Chart | string)[] {
  if (part.perRequest.length === 0) return []
  const rows = part.perRequest.map(({ app, endpoint, serverMicroseconds, loadMicroseconds, serverBusy, loadBusy }) => [
    ...[plain(endpoint), plain(app), formatNumber(serverMicroseconds, 1)],
    loadMicroseconds === null ? '?' : formatNumber(loadMicroseconds, 1),
    ...[formatShare(serverBusy), formatShare(loadBusy)],
  ])
  // On a log axis only what is above zero has a place.
  const drawn = part.perRequest.filter((one) => one.serverMicroseconds > 0 && one.loadMicroseconds !== 0)
  const chart = {
    name: 'cost-per-request',
    alt: `CPU microseconds per request of server and load generator in ${count(drawn.length, 'cell')}`,
    spec: perRequestChart(drawn),
  }
  return [
    ...(drawn.length === 0 ? [] : [chart]),
    markdownTable(
      [
        { head: 'endpoint', kind: 'text' },
        { head: 'app', kind: 'text' },
        { head: 'server, µs/request', kind: 'number' },
        { head: 'load generator, µs/request', kind: 'number' },
        { head: 'server busy %', kind: 'number' },
        { head: 'load busy %', kind: 'number' },
      ],
      rows,
    ),
  ]
}

function timeChart(shapes: readonly ShapeTime[], fit: TimeFit | null): Chart {
  return {
    name: 'cost-time',
    alt: `seconds per round by number of apps and endpoints, ${count(shapes.length, 'size')} of a run`,
    spec: roundTimeChart(shapes, fit),
  }
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

function shapeTable(shapes: readonly ShapeTime[], fit: TimeFit | null): string {
  return markdownTable(
    [
      { head: 'apps', kind: 'number' },
      { head: 'endpoints', kind: 'number' },
      { head: 'runs', kind: 'number' },
      { head: 'rounds a run', kind: 'number' },
      { head: 'blocks a round', kind: 'number' },
      { head: 'warm-up', kind: 'number' },
      { head: 's per round', kind: 'number' },
      { head: 'fitted', kind: 'number' },
      { head: 'measuring %', kind: 'number' },
      { head: 'runner, MiB', kind: 'number' },
      { head: 'load generator, MiB', kind: 'number' },
    ],
    shapes.map((shape) => {
      const last = shape.runs.at(-1)!
      return [
        ...[shape.apps, shape.endpoints, shape.runs.length, last.rounds, last.blocksPerRound].map(String),
        ...[`${formatNumber(last.warmUpMilliseconds, 0)} ms`, formatNumber(shape.seconds, 1)],
        ...[formatNumber(fit === null ? null : fittedSeconds(fit, shape), 1), formatShare(dutyCycle(shape))],
        ...[mebibytes(last.runnerResidentBytes), last.loadResidentBytes === null ? '?' : mebibytes(last.loadResidentBytes)],
      ]
    }),
  )
}

function mebibytes(bytes: number): string {
  return formatNumber(bytes / MEBIBYTE, 0)
}
