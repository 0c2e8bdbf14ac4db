import { bareFrameworks, type FrameworkId, type PieceId } from '../../../apps/middleware/pieces.ts'
import { excludes } from '../../analysis/estimates.ts'
import { type AppPair, comparePairs, sumPairs } from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate } from '../../result/format.ts'
import { variantId } from '../../result/ids.ts'
import type { Result } from '../../result/model.ts'
import type { PlannedFramework, Step } from './middleware-plan.ts'
import { endpointsIn, onEndpoint, usableCell } from './phrases.ts'

/** Words for where a piece comes from. */
export type SourceText = (framework: FrameworkId, piece: PieceId) => string

/** Of what has no valid number. */
const MOST_NAMED = 12
const LIMITS = [
  'Requests have no Accept-Encoding, no Cookie, no Origin and no body. Of compression, it is the decision not to compress that is ' +
    'measured (no answer reaches the 1,024 bytes from which express, fastify and koa compress), of a session a new one in every answer, ' +
    'of a parser that there is nothing to parse.',
  'Log lines are written to /dev/null, so that no disk or pipe is waited for: by pino, in express, fastify and koa, from another thread, ' +
    'many at a time when many come, as is its default; by hono at once, with a system call each. Express and koa write one line of JSON ' +
    'per request with all headers, fastify two shorter ones, hono two lines of text.',
  'Sessions are kept in a signed cookie: HMAC with SHA-1 in express and koa, with SHA-256 in fastify and hono.',
]

/** What middleware costs: sets of it, and every piece. */
export function answerMiddleware(result: Result, frameworks: readonly PlannedFramework[], sourceText: SourceText): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const figures = figuresOf(result, frameworks, endpoint, sourceText).filter(({ sets }) => sets.length > 0)
    return {
      sentences: figures.flatMap((one) => sentences(one, `${one.framework}${onEndpoint(result, endpoint)}`)),
      tables: [setsTable(endpoint, figures), piecesTable(endpoint, figures)],
      charts: [setsChart(endpoint, figures), piecesChart(endpoint, figures)],
      limits: leftOut(result, frameworks, endpoint),
    }
  })
  return joinAnswers({ limits: parts.some(({ tables }) => tables[0]!.rows.length > 0) ? LIMITS : [] }, ...parts)
}

type Figures = ReturnType<typeof figuresOf>[number]

/** What is known of every framework on one endpoint; null: not measured, or not valid. */
function figuresOf(result: Result, frameworks: readonly PlannedFramework[], endpoint: string, sourceText: SourceText) {
  const pairOf = ({ id, over }: Step): AppPair => ({ app: id, reference: over, endpoint })
  const pairs = comparePairs(result, frameworks.flatMap(stepsOf).map(pairOf))
  const compared = (id: string | null, over: string) => pairs.find((pair) => pair.app === id && pair.reference === over) ?? null
  const cost = (step: Step | null) => (step && compared(step.id, step.over)?.overheadMicroseconds) ?? null
  const cell = (id: string | null) => (id === null ? null : usableCell(result, id, endpoint))
  const bytes = (id: string) => cell(id)?.headerBytes ?? null
  return frameworks.map(({ framework, bare, defaults, whole, pieces }) => {
    const sets = [
      { framework, set: 'bare', cell: cell(bare), over: compared(bare, defaults) },
      { framework, set: 'defaults', cell: cell(defaults), over: null },
      { framework, set: 'all pieces', cell: whole === defaults ? null : cell(whole), over: compared(whole, defaults) },
    ]
    const alone = pieces.flatMap((piece) => (piece.alone === null ? [] : [pairOf(piece.alone)]))
    return {
      framework,
      sets: sets.flatMap(({ cell, ...set }) => (cell === null ? [] : [{ ...set, cell }])),
      bareOver: compared(bare, defaults),
      wholeOver: compared(whole, defaults),
      count: pieces.filter(({ isAdded }) => isAdded).length,
      pieces: pieces.map(({ piece, alone, added }) => ({
        ...{ framework, piece, source: sourceText(framework, piece), alone: cost(alone), added: cost(added) },
        /** That it adds to a response, alone. */
        headerBytes: alone === null ? null : difference(bytes(alone.id), bytes(alone.over)),
      })),
      /** Of the pieces alone, microseconds. */
      sumAlone: sumPairs(result, alone),
    }
  })
}

/** Every comparison of a framework, each once. */
function stepsOf({ bare, defaults, whole, pieces }: PlannedFramework): Step[] {
  const steps = [
    ...(bare === null ? [] : [{ id: bare, over: defaults }]),
    ...(whole === defaults ? [] : [{ id: whole, over: defaults }]),
    ...pieces.flatMap(({ alone, added }) => [alone, added].filter((step) => step !== null)),
  ]
  return [...new Map(steps.map((step) => [`${step.id} ${step.over}`, step])).values()]
}

function difference(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one - other
}

function sentences(figures: Figures, where: string): string[] {
  const parts = [wholeWords(figures), bareWords(figures), sumWords(figures), ...tieWords(figures)]
  return parts.filter((part) => part !== null).map((part) => `${where}: ${part}.`)
}

function wholeWords({ sets, wholeOver, count }: Figures): string | null {
  const [defaults, whole] = ['defaults', 'all pieces'].map((wanted) => sets.find(({ set }) => set === wanted)?.cell)
  if (defaults === undefined || whole === undefined || wholeOver === null) return null
  const costs = `${formatEstimate(defaults.cost)} µs of CPU a request with its defaults, ${formatEstimate(whole.cost)} µs with ${count === 1 ? 'the piece' : `all ${count} pieces`}`
  const more = `${formatEstimate(wholeOver.overheadMicroseconds)} µs`
  if (!excludes(wholeOver.ratio, 1)) return `${costs}, which cannot be told apart (${more})`
  return `${costs}, ${more} more, ${formatEstimate(wholeOver.ratio)} times its defaults and ${formatEstimate(whole.ratio)} times the skeleton`
}

function bareWords({ framework, bareOver }: Figures): string | null {
  if (bareOver === null) return null
  const how = `stripped to the bone (${bareFrameworks[framework]})`
  const times = `${formatEstimate(bareOver.ratio)} times its defaults`
  if (!excludes(bareOver.ratio, 1)) return `${how} it cannot be told apart from its defaults (${times})`
  return `${how} it costs ${times}`
}

function sumWords({ sumAlone, wholeOver, count }: Figures): string | null {
  if (sumAlone === null || wholeOver === null || count < 2) return null
  return `the costs of its pieces alone add up to ${formatEstimate(sumAlone)} µs, together they cost ${formatEstimate(wholeOver.overheadMicroseconds)} µs`
}

function tieWords({ pieces }: Figures): string[] {
  const words = (how: string, of: 'alone' | 'added') => {
    const tied = pieces.filter(({ [of]: cost }) => cost !== null && !excludes(cost, 0)).map(({ piece }) => piece)
    return tied.length === 0 ? [] : [`${how}, the cost of ${tied.join(', ')} cannot be told apart from zero`]
  }
  return [...words('alone', 'alone'), ...words('added to the others', 'added')]
}

function leftOut(result: Result, frameworks: readonly PlannedFramework[], endpoint: string): string[] {
  const ids = frameworks.flatMap(({ framework, made }) => [null, ...made.keys()].map((key) => variantId(framework, key)))
  const missing = ids.filter((id) => usableCell(result, id, endpoint) === null)
  if (missing.length === 0) return []
  const named = missing.length <= MOST_NAMED ? missing.join(', ') : `${missing.length} of ${ids.length} sets`
  return [`Without a valid number on ${endpoint}: ${named}.`]
}

function setsTable(endpoint: string, figures: readonly Figures[]) {
  const sets = figures.flatMap((one) => one.sets)
  const title = `${endpoint}: bare, with defaults, with all pieces`
  const note =
    'Differences and ratios are paired by round. A framework without a bare set has nothing to switch off that a GET would notice.'
  return tableOf({ id: `middleware-sets-${endpoint}`, title, note }, sets, {
    framework: ({ framework }) => framework,
    set: ({ set }) => set,
    'CPU µs/request': ({ cell }) => cell.cost,
    '÷ skeleton': ({ cell }) => cell.ratio,
    'µs over its defaults': ({ over }) => over?.overheadMicroseconds,
    '÷ its defaults': ({ over }) => over?.ratio,
    'header bytes': ({ cell }) => cell.headerBytes,
  })
}

function piecesTable(endpoint: string, figures: readonly Figures[]) {
  const pieces = figures.flatMap((one) => one.pieces)
  const order = (figures[0]?.pieces ?? []).map(({ piece }) => piece)
  const note =
    `Alone: over the defaults. Added: over the defaults with all pieces above it, in this order: ${order.join(', ')}. Costs include ` +
    'what the framework does for more headers. Empty: not measured here, or there already.'
  return tableOf({ id: `middleware-pieces-${endpoint}`, title: `${endpoint}: every piece`, note }, pieces, {
    framework: ({ framework }) => framework,
    piece: ({ piece }) => piece,
    from: ({ source }) => source,
    'alone, CPU µs': ({ alone }) => alone,
    'added to those above, CPU µs': ({ added }) => added,
    'header bytes, alone': ({ headerBytes }) => headerBytes,
  })
}

const COST_AXIS = { title: 'CPU µs/request, less is better' }

function setsChart(endpoint: string, figures: readonly Figures[]) {
  const description = 'CPU microseconds per request of every framework: bare, with its defaults, with all pieces of middleware'
  const sets = figures.flatMap((one) => one.sets)
  return chartOf(
    { id: `middleware-sets-${endpoint}`, title: `${endpoint}: sets of middleware`, description, y: COST_AXIS },
    sets.flatMap(({ framework, set, cell }) => mark(set, framework, cell.cost)),
  )
}

function piecesChart(endpoint: string, figures: readonly Figures[]) {
  const description = 'CPU microseconds that every piece of middleware adds to a request, alone and added to the others'
  const pieces = figures.flatMap((one) => one.pieces)
  return chartOf({ id: `middleware-pieces-${endpoint}`, title: `${endpoint}: cost of every piece`, description, y: COST_AXIS }, [
    ...pieces.flatMap(({ framework, piece, alone }) => mark(framework, piece, alone, 'alone, over the defaults')),
    ...pieces.flatMap(({ framework, piece, added }) => mark(framework, piece, added, 'added one after another')),
  ])
}
