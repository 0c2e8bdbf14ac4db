import type { AnswerChart, AnswerFigure, AnswerTable } from '../answer.ts'
import type { Estimate } from '../result.ts'
import { barOf } from './figures.ts'
import type { FrameworkFigures } from './middleware-answer.ts'

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
      { head: 'framework', kind: 'text' },
      { head: 'set', kind: 'text' },
      { head: 'CPU µs/request', kind: 'number' },
      { head: '÷ skeleton', kind: 'number' },
      { head: 'µs over its defaults', kind: 'number' },
      { head: '÷ its defaults', kind: 'number' },
      { head: 'header bytes', kind: 'number' },
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
      { head: 'framework', kind: 'text' },
      { head: 'piece', kind: 'text' },
      { head: 'from', kind: 'text' },
      { head: 'alone, CPU µs', kind: 'number' },
      { head: 'added to those above, CPU µs', kind: 'number' },
      { head: 'header bytes, alone', kind: 'number' },
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
    y: { title: 'CPU µs/request', scale: 'linear' },
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
    y: { title: 'CPU µs/request', scale: 'linear' },
    points: [
      ...panel('alone, over the defaults', ({ alone }) => alone),
      ...panel('added one after another', ({ added }) => added),
    ],
  }
}
