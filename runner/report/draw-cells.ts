import { displayWidth, fitTo } from '../result/plain-text.ts'
import { total } from '../statistics/summary.ts'
import type { CellTable, Column, ColumnId, Figure, Row } from './cells.ts'
import type { Tone } from './document.ts'

export type Style = Tone | 'bold'
/** Colours a text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string

export const GAP = '  '
/** What a narrow terminal does without, the least important first. Rank, app, ratio and verdict always stay. */
const dispensable: readonly ColumnId[] = ['loadBusy', 'serverBusy', 'requestsPerSecond', 'overhead', 'rare', 'later', 'cost']
const LEAST_APP_WIDTH = 8
/** Title and version of most frameworks; columns go before names get shorter than this. */
const COMFORTABLE_APP_WIDTH = 18

/** How a column is laid out: numbers stand with their points below each other, intervals in a column of their own. */
interface Layout extends Column {
  /** Widest part of the numbers before the point, and from the point on. */
  readonly before: number
  readonly after: number
  readonly interval: number
  readonly width: number
}

/** The lines of a table, not longer than `columns` if the columns that always stay allow it: less important ones are left out, never wrapped. */
export function drawCells(table: CellTable, columns: number, paint: Paint): string[] {
  const layouts = fitColumns(layOut(table), columns)
  const head = layouts.map(({ head, width, kind }) => pad(head, width, kind)).join(GAP)
  return [paint('note', head.trimEnd()), ...table.rows.map((row) => drawRow(row, layouts, columns, paint))]
}

function layOut({ columns, rows }: CellTable): Layout[] {
  return columns.map((column) => {
    const figures = rows.flatMap((row) => (row.note === null || isApp(column) ? (row.figures[column.id] ?? []) : []))
    const isNumber = column.kind === 'number'
    const before = widest(figures.map(({ main }) => (isNumber ? splitAtPoint(main)[0] : main)))
    const after = isNumber ? widest(figures.map(({ main }) => splitAtPoint(main)[1])) : 0
    const interval = widest(figures.map((figure) => figure.interval))
    const content = before + after + (interval > 0 ? 1 + interval : 0)
    return { ...column, before, after, interval, width: Math.max(displayWidth(column.head), content) }
  })
}

/** Long names give way first, then columns go, and what is free in the end is the names' again. */
function fitColumns(layouts: readonly Layout[], columns: number): readonly Layout[] {
  if (totalWidth(layouts) <= columns) return layouts
  const fullWidth = layouts.find(isApp)?.width ?? 0
  const withAppWidth = (width: number) => (layout: Layout) =>
    isApp(layout) ? { ...layout, width: Math.min(width, fullWidth) } : layout
  let kept = layouts.map(withAppWidth(COMFORTABLE_APP_WIDTH))
  for (const drop of dispensable) {
    if (totalWidth(kept) > columns) kept = kept.filter(({ id }) => id !== drop)
  }
  const width = (kept.find(isApp)?.width ?? 0) + columns - totalWidth(kept)
  return kept.map(withAppWidth(Math.max(LEAST_APP_WIDTH, width)))
}

function isApp({ id }: Column): boolean {
  return id === 'app'
}

function drawRow(row: Row, layouts: readonly Layout[], columns: number, paint: Paint): string {
  const { figures, note } = row
  if (note !== null) {
    // A row without numbers has its reason where the numbers would be.
    const start = layouts
      .slice(0, layouts.findIndex(isApp) + 1)
      .map((layout) => drawFigure(layout, figures[layout.id]) + GAP)
      .join('')
    return start + paintVerdict(row, fitTo(note, Math.max(LEAST_APP_WIDTH, columns - displayWidth(start))), paint)
  }
  const places = layouts.map((layout) => {
    const text = drawFigure(layout, figures[layout.id])
    return layout.id === 'verdict' ? paintVerdict(row, text.trimEnd(), paint) : text
  })
  return places.join(GAP).trimEnd()
}

function drawFigure(layout: Layout, { main, interval }: Pick<Figure, 'main' | 'interval'> = { main: '', interval: '' }): string {
  if (layout.kind === 'text') return pad(fitTo(main, layout.width), layout.width, 'text')
  const [before, after] = splitAtPoint(main)
  const number = pad(before, layout.before, 'number') + pad(after, layout.after, 'text')
  const content = layout.interval === 0 ? number : `${number} ${pad(interval, layout.interval, 'text')}`
  return pad(content, layout.width, 'number')
}

function paintVerdict({ verdict }: Row, text: string, paint: Paint): string {
  return verdict === null ? text : paint(verdict, text)
}

function splitAtPoint(number: string): [before: string, after: string] {
  const point = number.indexOf('.')
  return point === -1 ? [number, ''] : [number.slice(0, point), number.slice(point)]
}

function totalWidth(layouts: readonly Layout[]): number {
  return total(layouts, ({ width }) => width) + GAP.length * (layouts.length - 1)
}

export function pad(text: string, width: number, kind: Column['kind']): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return kind === 'number' ? space + text : text + space
}

export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth))
}
