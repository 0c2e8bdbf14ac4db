import type { FrameworkId, PieceId } from '../../../apps/middleware/pieces.ts'
import type { ComparedPair } from '../../analysis/relative.ts'
import { barOf } from '../../analysis/relative.ts'
import type { AnswerChart, AnswerFigure, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import type { Estimate, MeasuredCell } from '../../result/model.ts'

/** What is known of one framework on one endpoint; null: not measured, or not valid. */
export interface FrameworkFigures {
  readonly endpoint: string
  readonly framework: FrameworkId
  readonly bare: MeasuredCell | null
  readonly defaults: MeasuredCell | null
  readonly whole: MeasuredCell | null
  /** Over the defaults. */
  readonly bareOver: ComparedPair | null
  readonly wholeOver: ComparedPair | null
  readonly pieces: readonly PieceFigures[]
  /** Of the pieces alone, microseconds. */
  readonly sumAlone: Estimate | null
}

export interface PieceFigures {
  readonly piece: PieceId
  readonly isAdded: boolean
  readonly source: string
  readonly alone: Estimate | null
  readonly added: Estimate | null
  /** Bytes of headers that it adds to a response, alone. */
  readonly headerBytes: number | null
}

const SETS = { bare: 'bare', defaults: 'defaults', whole: 'all pieces' } as const

/** Costs of whole sets, and of every piece. */
export function middlewareTables(endpoint: string, figures: readonly FrameworkFigures[]): AnswerTable[] {
  return figures.length === 0 ? [] : [setsTable(endpoint, figures), piecesTable(endpoint, figures)]
}

export function middlewareCharts(endpoint: string, figures: readonly FrameworkFigures[]): AnswerChart[] {
  return [setsChart(endpoint, figures), piecesChart(endpoint, figures)].filter(({ points }) => points.length > 0)
}

function setsTable(endpoint: string, figures: readonly FrameworkFigures[]): AnswerTable {
  return {
    id: `middleware-sets-${endpoint}`,
    title: `${endpoint}: bare, with defaults, with all pieces`,
    columns: [
      ...textColumns('framework', 'set'),
      ...numberColumns('CPU µs/request', '÷ skeleton', 'µs over its defaults', '÷ its defaults', 'header bytes'),
    ],
    rows: figures.flatMap((one) => {
      const sets = [
        { name: SETS.bare, cell: one.bare, over: one.bareOver },
        { name: SETS.defaults, cell: one.defaults, over: null },
        { name: SETS.whole, cell: one.whole, over: one.wholeOver },
      ]
      return sets.flatMap(({ name, cell, over }): AnswerFigure[][] =>
        cell === null
          ? []
          : [
              [
                ...[one.framework, name, cell.cost, cell.ratio],
                ...[over?.overheadMicroseconds ?? null, over?.ratio ?? null, cell.headerBytes],
              ],
            ],
      )
    }),
    note: 'Differences and ratios are paired by round. A framework without a bare set has nothing to switch off that a GET would notice.',
  }
}

function piecesTable(endpoint: string, figures: readonly FrameworkFigures[]): AnswerTable {
  const order = (figures[0]?.pieces ?? []).map(({ piece }) => piece)
  return {
    id: `middleware-pieces-${endpoint}`,
    title: `${endpoint}: every piece`,
    columns: [
      ...textColumns('framework', 'piece', 'from'),
      ...numberColumns('alone, CPU µs', 'added to those above, CPU µs', 'header bytes, alone'),
    ],
    rows: figures.flatMap(({ framework, pieces }) =>
      pieces.map(({ piece, source, alone, added, headerBytes }): AnswerFigure[] => [
        ...[framework, piece, source, alone, added, headerBytes],
      ]),
    ),
    note:
      `Alone: over the defaults. Added: over the defaults with all pieces above it, in this order: ${order.join(', ')}. Costs include ` +
      'what the framework does for more headers. Empty: not measured here, or there already.',
  }
}

function setsChart(endpoint: string, figures: readonly FrameworkFigures[]): AnswerChart {
  return {
    ...{ id: `middleware-sets-${endpoint}`, title: `${endpoint}: sets of middleware`, form: 'rows' },
    description: 'CPU microseconds per request of every framework: bare, with its defaults, with all pieces of middleware',
    x: { title: 'framework', scale: 'linear' },
    y: { title: 'CPU µs/request, less is better', scale: 'linear' },
    points: figures.flatMap(({ framework, bare, defaults, whole }) =>
      Object.entries({ bare, defaults, whole }).flatMap(([set, cell]) =>
        cell === null ? [] : [{ panel: null, series: SETS[set as keyof typeof SETS], x: framework, ...barOf(cell.cost) }],
      ),
    ),
  }
}

function piecesChart(endpoint: string, figures: readonly FrameworkFigures[]): AnswerChart {
  const panel = (name: string, of: (piece: FrameworkFigures['pieces'][number]) => Estimate | null) =>
    figures.flatMap(({ framework, pieces }) =>
      pieces.flatMap((piece) => {
        const cost = of(piece)
        return cost === null ? [] : [{ panel: name, series: framework, x: piece.piece, ...barOf(cost) }]
      }),
    )
  return {
    ...{ id: `middleware-pieces-${endpoint}`, title: `${endpoint}: cost of every piece`, form: 'rows' },
    description: 'CPU microseconds that every piece of middleware adds to a request, alone and added to the others',
    x: { title: 'piece', scale: 'linear' },
    y: { title: 'CPU µs/request, less is better', scale: 'linear' },
    points: [
      ...panel('alone, over the defaults', ({ alone }) => alone),
      ...panel('added one after another', ({ added }) => added),
    ],
  }
}
