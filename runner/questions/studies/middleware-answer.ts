import { bareFrameworks, type FrameworkId, type PieceId } from '../../../apps/middleware/pieces.ts'
import { excludes } from '../../analysis/checks/interval.ts'
import { type AppPair, comparePairs, sumPairs } from '../../analysis/relative.ts'
import { variantId } from '../../measure/plan.ts'
import type { AnswerBody } from '../../result/answer.ts'
import { formatEstimate } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import type { PlannedFramework, Step } from './middleware-plan.ts'
import { type FrameworkFigures, middlewareCharts, middlewareTables, type PieceFigures } from './middleware-tables.ts'
import { usableCell } from './usable.ts'

/** Words for where a piece comes from. */
export type SourceText = (framework: FrameworkId, piece: PieceId) => string

/** What middleware costs: sets of it, and every piece. */
export function answerMiddleware(result: Result, frameworks: readonly PlannedFramework[], sourceText: SourceText): AnswerBody {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const known = endpoints.map((endpoint) => ({ endpoint, figures: figuresOf(result, frameworks, endpoint, sourceText) }))
  const measured = known.map(({ endpoint, figures }) => ({ endpoint, figures: figures.filter(isKnown) }))
  const any = measured.some(({ figures }) => figures.length > 0)
  const several = endpoints.length > 1
  return {
    sentences: measured.flatMap(({ figures }) => figures.flatMap((one) => sentences(one, several))),
    tables: measured.flatMap(({ endpoint, figures }) => middlewareTables(endpoint, figures)),
    charts: measured.flatMap(({ endpoint, figures }) => middlewareCharts(endpoint, figures)),
    limits: [...(any ? LIMITS : []), ...endpoints.flatMap((endpoint) => leftOut(result, frameworks, endpoint))],
  }
}

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

function figuresOf(
  result: Result,
  frameworks: readonly PlannedFramework[],
  endpoint: string,
  sourceText: SourceText,
): FrameworkFigures[] {
  const pairOf = ({ id, over }: Step): AppPair => ({ app: id, reference: over, endpoint })
  const pairs = comparePairs(result, frameworks.flatMap(stepsOf).map(pairOf))
  const compared = (step: Step | null) => pairs.find(({ app, reference }) => app === step?.id && reference === step.over) ?? null
  const cost = (step: Step | null) => compared(step)?.overheadMicroseconds ?? null
  return frameworks.map(({ framework, bare, defaults, whole, pieces }) => {
    const cell = (id: string | null) => (id === null ? null : usableCell(result, id, endpoint))
    const bytes = (id: string) => cell(id)?.headerBytes ?? null
    return {
      ...{ endpoint, framework, bare: cell(bare), defaults: cell(defaults), whole: whole === defaults ? null : cell(whole) },
      bareOver: bare === null ? null : compared({ id: bare, over: defaults }),
      wholeOver: compared({ id: whole, over: defaults }),
      pieces: pieces.map(({ piece, isAdded, alone, added }) => ({
        ...{ piece, isAdded, source: sourceText(framework, piece), alone: cost(alone), added: cost(added) },
        headerBytes: alone === null ? null : difference(bytes(alone.id), bytes(alone.over)),
      })),
      sumAlone: sumPairs(
        result,
        pieces.flatMap(({ alone }) => (alone === null ? [] : [pairOf(alone)])),
      ),
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

function isKnown({ bare, defaults, whole }: FrameworkFigures): boolean {
  return bare !== null || defaults !== null || whole !== null
}

function sentences(figures: FrameworkFigures, several: boolean): string[] {
  const where = `${figures.framework}${several ? ` on ${figures.endpoint}` : ''}`
  const parts = [wholeWords(figures), bareWords(figures), sumWords(figures), ...tieWords(figures)]
  return parts.filter((part) => part !== null).map((part) => `${where}: ${part}.`)
}

function wholeWords({ defaults, whole, wholeOver, pieces }: FrameworkFigures): string | null {
  if (defaults === null || whole === null || wholeOver === null) return null
  const count = pieces.filter(({ isAdded }) => isAdded).length
  const costs = `${formatEstimate(defaults.cost)} µs of CPU a request with its defaults, ${formatEstimate(whole.cost)} µs with ${count === 1 ? 'the piece' : `all ${count} pieces`}`
  const more = `${formatEstimate(wholeOver.overheadMicroseconds)} µs`
  if (!excludes(wholeOver.ratio, 1)) return `${costs}, which cannot be told apart (${more})`
  return `${costs}, ${more} more, ${formatEstimate(wholeOver.ratio)} times its defaults and ${formatEstimate(whole.ratio)} times the skeleton`
}

function bareWords({ framework, bareOver }: FrameworkFigures): string | null {
  if (bareOver === null) return null
  const how = `stripped to the bone (${bareFrameworks[framework]})`
  const times = `${formatEstimate(bareOver.ratio)} times its defaults`
  if (!excludes(bareOver.ratio, 1)) return `${how} it cannot be told apart from its defaults (${times})`
  return `${how} it costs ${times}`
}

function sumWords({ sumAlone, wholeOver, pieces }: FrameworkFigures): string | null {
  if (sumAlone === null || wholeOver === null || pieces.filter(({ isAdded }) => isAdded).length < 2) return null
  return `the costs of its pieces alone add up to ${formatEstimate(sumAlone)} µs, together they cost ${formatEstimate(wholeOver.overheadMicroseconds)} µs`
}

function tieWords({ pieces }: FrameworkFigures): string[] {
  const tied = (of: (piece: PieceFigures) => Estimate | null) =>
    pieces.filter((piece) => ((cost) => cost !== null && !excludes(cost, 0))(of(piece))).map(({ piece }) => piece)
  const words = (how: string, names: readonly PieceId[]) =>
    names.length === 0 ? [] : [`${how}, the cost of ${names.join(', ')} cannot be told apart from nothing`]
  return [
    ...words(
      'alone',
      tied(({ alone }) => alone),
    ),
    ...words(
      'added to the others',
      tied(({ added }) => added),
    ),
  ]
}

function leftOut(result: Result, frameworks: readonly PlannedFramework[], endpoint: string): string[] {
  const ids = frameworks.flatMap(({ framework, made }) => [
    framework,
    ...[...made.keys()].map((key) => variantId({ app: { id: framework }, key })),
  ])
  const missing = ids.filter((id) => usableCell(result, id, endpoint) === null)
  if (missing.length === 0) return []
  const named = missing.length <= MOST_NAMED ? missing.join(', ') : `${missing.length} of ${ids.length} sets`
  return [`Without a valid number on ${endpoint}: ${named}.`]
}
