import { BASELINE, endpointIds } from '../../../apps/app.ts'
import type { RoundAnalysis } from '../../analysis/round-analysis.ts'
import { type AnswerChart, type AnswerTable, chartOf, tableOf } from '../../result/answer.ts'
import { count, formatNumber, formatPlusMinusPercent, formatShare } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { leastSquares } from '../../statistics/regression.ts'
import { mean, total } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import type { CostPart } from './data.ts'
import type { Part } from './part.ts'
import { outcomeOf, unitShare } from './repetitions.ts'
import { notMeasured, repeatRuns, sized } from './unit-run.ts'
import { dot, effortOf, percent, verdictSentences } from './words.ts'

type RequestCost = CostPart['perRequest'][number]

/** Apps besides the baseline, and endpoints. The last but one is that of a default run. */
const SHAPES = [
  { apps: 1, endpoints: 1 },
  { apps: 4, endpoints: 1 },
  { apps: 4, endpoints: endpointIds.length },
  { apps: 8, endpoints: endpointIds.length },
]
const DEFAULT_SHAPE = SHAPES[2]!
/**
 * Blocks are few and short: how the time grows is asked, not a precise ratio. The same for all shapes, and between them about the
 * proportion that a default run has on all endpoints.
 */
const SIZES = { rounds: { full: 3, least: 2 }, blocks: { full: 10, least: 3 }, warmUp: { full: 0.3, least: 0.1 } }
/** What a run of this size takes, on average over the shapes. */
const FULL_MILLISECONDS = 25_000
const MAX_MINUTES = 60
const MEBIBYTE = 2 ** 20

export const cost: Part<CostPart> = {
  id: 'cost',
  title: 'what the suite costs',
  share: 0.03,
  /** What the suite itself costs: its time and memory against apps and endpoints, the load generator's CPU beside the server's. */
  async measure(context) {
    const share = unitShare(context.milliseconds, FULL_MILLISECONDS * SHAPES.length, 1)
    let perRequest: RequestCost[] = []
    const repetitions = await repeatRuns(context, FULL_MILLISECONDS * share, (turn) => {
      const shape = SHAPES[turn % SHAPES.length]!
      const names = Array.from({ length: shape.apps }, (_, index) => context.apps[index % context.apps.length]!)
      return {
        title: `run ${turn + 1} for the suite's own cost, ${shape.apps} apps on ${shape.endpoints} endpoints`,
        apps: resolveApps([BASELINE, ...names], context.cwd),
        options: { endpoints: endpointIds.slice(0, shape.endpoints), ...sized(SIZES, share), maxMinutes: MAX_MINUTES },
        read({ result, ledger }) {
          const { options, environment, cells } = result
          if (cells.every(({ state }) => state !== 'measured')) throw notMeasured(`a run with ${shape.apps} apps`, result)
          if (shape === DEFAULT_SHAPE) perRequest = costPerRequest(result, ledger.rounds)
          const { blocksPerRound, warmUpMilliseconds } = options
          const { runnerResidentBytes, loadResidentBytes } = environment
          return { ...shape, blocksPerRound, warmUpMilliseconds, runnerResidentBytes, loadResidentBytes }
        },
      }
    })
    return outcomeOf(repetitions, (runs) => ({ part: 'cost', runs, perRequest }))
  },
  heading: 'Cost of the suite',
  question: 'What does the suite itself take: time, CPU, memory?',
  goals: [],
  answer({ runs, perRequest }) {
    const shapes = shapeTimes(runs)
    if (shapes.length === 0) return null
    const fit = timeFit(shapes)
    return {
      judgements: [],
      sentences: [dutyWords(shapes.at(-1)!), ...loadWords(perRequest), ...(fit === null ? [] : [fitWords(shapes, fit)])],
      tables: [perRequestTable(perRequest), shapeTable(shapes, fit)].filter(({ rows }) => rows.length > 0),
      charts: [perRequestChart(perRequest), timeChart(shapes, fit)],
      limits: [
        ...(fit === null ? ['Too few sizes of a run were measured to say how its time grows.'] : []),
        ...(perRequest.length === 0 ? ['CPU per request was not measured.'] : []),
        ...verdictSentences(runs),
      ],
      effort: effortOf(runs),
    }
  },
}

/** CPU of both sides per request, by cell. The load generator spins while it waits; that time is not its work and is taken out. */
export function costPerRequest({ cells }: Pick<Result, 'cells'>, rounds: readonly RoundAnalysis[]): RequestCost[] {
  const measured = cells.filter((cell) => cell.state === 'measured')
  return measured.map(({ app, endpoint, cost, serverBusy, loadBusy }) => {
    const own = rounds.flatMap((round) => round.cells).filter((cell) => cell.app === app && cell.endpoint === endpoint)
    const requests = total(own, (cell) => cell.requests)
    const busyNs = loadBusy === null || requests === 0 ? null : loadBusy * total(own, ({ elapsedNs }) => elapsedNs)
    const loadMicroseconds = busyNs === null ? null : busyNs / requests / 1000
    return { app, endpoint, serverMicroseconds: cost.value, loadMicroseconds, serverBusy, loadBusy }
  })
}

/** All runs of so many apps (besides the baseline) on so many endpoints, from the smallest shape to the largest. */
export function shapeTimes(all: CostPart['runs']) {
  const known = all.filter(({ rounds, wallSeconds }) => rounds > 0 && wallSeconds > 0)
  return [...Map.groupBy(known, ({ apps, endpoints }) => `${apps} ${endpoints}`).values()]
    .map((runs) => ({
      ...runs.at(-1)!,
      runs: runs.length,
      /** Wall time of a round, mean over the runs; what a run needs before and after its rounds is spread over them. */
      seconds: mean(runs.map(({ wallSeconds, rounds }) => wallSeconds / rounds)),
      measuredSeconds: mean(runs.map(({ measuredSeconds, rounds }) => measuredSeconds / rounds)),
    }))
    .sort((a, b) => a.apps * a.endpoints - b.apps * b.endpoints || a.apps - b.apps)
}

type ShapeTime = ReturnType<typeof shapeTimes>[number]
type TimeFit = ReturnType<typeof timeFit>

/**
 * Seconds of a round = fixed + apps × (perApp + perCell × endpoints); null when there are not more shapes than unknowns, or they do not
 * differ enough.
 */
export function timeFit(shapes: readonly Pick<ShapeTime, 'apps' | 'endpoints' | 'seconds'>[]) {
  if (shapes.length < 4) return null
  const terms = shapes.map(({ apps, endpoints }) => [1, apps, apps * endpoints])
  const seconds = shapes.map((shape) => shape.seconds)
  const [fixed, perApp = 0, perCell = 0] = leastSquares(terms, seconds) ?? []
  if (fixed === undefined) return null
  const fitted = ({ apps, endpoints }: Pick<ShapeTime, 'apps' | 'endpoints'>) => fixed + apps * (perApp + perCell * endpoints)
  return { fixed, perApp, perCell, fitted }
}

function dutyWords(shape: ShapeTime): string {
  const { apps, endpoints, seconds, measuredSeconds, blocksPerRound, runnerResidentBytes, loadResidentBytes } = shape
  const load = loadResidentBytes === null ? '' : `, the load generator ${mebibytes(loadResidentBytes)} MiB`
  return (
    `With ${count(apps, 'app')} besides the baseline on ${count(endpoints, 'endpoint')} and ` +
    `${count(blocksPerRound, 'block')} a round, ${percent(measuredSeconds / seconds)} of the time is spent measuring (more blocks raise that share); ` +
    `the runner takes ${mebibytes(runnerResidentBytes)} MiB of memory${load}.`
  )
}

function loadWords(perRequest: readonly RequestCost[]): string[] {
  const [most] = perRequest
    .flatMap(({ loadMicroseconds: load, ...one }) =>
      load === null ? [] : { ...one, load, share: load / one.serverMicroseconds },
    )
    .sort((a, b) => b.share - a.share)
  if (most === undefined) return []
  return [
    `The load generator works ${formatNumber(most.load, 1)} µs per request at most beside ` +
      `${formatNumber(most.serverMicroseconds, 1)} µs of the server (${most.app} on ${most.endpoint}, ${percent(most.share)} of it).`,
  ]
}

function fitWords(shapes: readonly ShapeTime[], { fixed, perApp, perCell, fitted }: NonNullable<TimeFit>): string {
  const worst = Math.max(...shapes.map((shape) => Math.abs(fitted(shape) / shape.seconds - 1)))
  return (
    `A round takes about ${formatNumber(fixed, 1)} s + apps × (${formatNumber(perApp, 1)} s + ${formatNumber(perCell, 2)} s × endpoints), ` +
    `fitted by least squares, apps without the baseline; what a run needs before and after its rounds is spread over them. ` +
    `The measured times lie within ${formatPlusMinusPercent(100 * worst)} of it.`
  )
}

function perRequestChart(perRequest: readonly RequestCost[]): AnswerChart {
  return chartOf(
    {
      id: 'cost-per-request',
      title: 'CPU time of both sides per request',
      description: `CPU microseconds per request of server and load generator in ${count(perRequest.length, 'cell')}`,
      y: { title: 'CPU µs per request, less is better' },
      reference: 0,
    },
    perRequest.flatMap(({ app, endpoint, serverMicroseconds, loadMicroseconds }) => [
      dot('server', app, serverMicroseconds, endpoint),
      ...(loadMicroseconds === null ? [] : [dot('load generator', app, loadMicroseconds, endpoint)]),
    ]),
  )
}

function timeChart(shapes: readonly ShapeTime[], fit: TimeFit): AnswerChart {
  return chartOf(
    {
      id: 'cost-time',
      title: 'Time of a round',
      description: `seconds per round by number of apps and endpoints, ${count(shapes.length, 'size')} of a run`,
      y: { title: 'seconds per round, less is better' },
      reference: 0,
    },
    shapes.flatMap((shape) => {
      const x = `${count(shape.apps, 'app')} × ${count(shape.endpoints, 'endpoint')}`
      const fitted = fit === null ? [] : [dot('whole round by the fit', x, fit.fitted(shape))]
      return [dot('whole round', x, shape.seconds), dot('of it measuring', x, shape.measuredSeconds), ...fitted]
    }),
  )
}

function perRequestTable(perRequest: readonly RequestCost[]): AnswerTable {
  const words = {
    id: 'cost-per-request',
    title: 'CPU time of both sides per request',
    note: 'The time in which the load generator only waits for the server is left out of its µs.',
    texts: 2,
  }
  return tableOf(words, perRequest, {
    endpoint: ({ endpoint }) => endpoint,
    app: ({ app }) => app,
    'server, µs/request': ({ serverMicroseconds }) => formatNumber(serverMicroseconds, 1),
    'load generator, µs/request': ({ loadMicroseconds }) => formatNumber(loadMicroseconds, 1),
    'server busy %': ({ serverBusy }) => formatShare(serverBusy),
    'load busy %': ({ loadBusy }) => formatShare(loadBusy),
  })
}

function shapeTable(shapes: readonly ShapeTime[], fit: TimeFit): AnswerTable {
  return tableOf({ id: 'cost-time', title: 'Time and memory by size of a run', texts: 0 }, shapes, {
    apps: ({ apps }) => apps,
    endpoints: ({ endpoints }) => endpoints,
    runs: ({ runs }) => runs,
    'rounds a run': ({ rounds }) => rounds,
    'blocks a round': ({ blocksPerRound }) => blocksPerRound,
    'warm-up, ms': ({ warmUpMilliseconds }) => formatNumber(warmUpMilliseconds, 0),
    's per round': ({ seconds }) => formatNumber(seconds, 1),
    fitted: (shape) => formatNumber(fit === null ? null : fit.fitted(shape), 1),
    'measuring %': ({ measuredSeconds, seconds }) => formatShare(measuredSeconds / seconds),
    'runner, MiB': ({ runnerResidentBytes }) => mebibytes(runnerResidentBytes),
    'load generator, MiB': ({ loadResidentBytes }) => mebibytes(loadResidentBytes),
  })
}

function mebibytes(bytes: number | null): string {
  return formatNumber(bytes === null ? null : bytes / MEBIBYTE, 0)
}
