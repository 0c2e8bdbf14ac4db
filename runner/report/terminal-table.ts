import type { Verdict } from '../result/model.ts'
import { displayWidth, fitTo } from '../result/plain-text.ts'
import type { Column, ColumnId, Figure, Row, Table } from './table-shape.ts'

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'
/** Colours a text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string

const GAP = '  '
/** What a narrow terminal does without, the least important first. Rank, app, ratio and verdict always stay. */
const dispensable: readonly ColumnId[] = ['loadBusy', 'serverBusy', 'requestsPerSecond', 'overhead', 'rare', 'later', 'cost']
const LEAST_APP_WIDTH = 8
/** Title and version of most frameworks; columns go before names get shorter than this. */
const COMFORTABLE_APP_WIDTH = 18

const verdictStyles: Readonly<Record<Verdict, Style>> = { valid: 'green', suspect: 'yellow', invalid: 'red' }

/** How a column is laid out: numbers stand with their points below each other, intervals in a column of their own. */
interface Layout {
  readonly column: Column
  /** Widest part of the numbers before the point, and from the point on. */
  readonly before: number
  readonly after: number
  readonly interval: number
  readonly width: number
}

/** The lines of a table, not longer than `columns` if the columns that always stay allow it: less important ones are left out, never wrapped. */
export function drawTable(table: Table, columns: number, paint: Paint): string[] {
  const layouts = fitColumns(layOut(table), columns)
  const head = layouts.map(({ column, width }) => pad(column.head, width, column.kind)).join(GAP)
  return [paint('dim', head.trimEnd()), ...table.rows.map((row) => drawRow(row, layouts, columns, paint))]
}

function layOut({ columns, rows }: Table): Layout[] {
  return columns.map((column) => {
    const figures = rows.filter((row) => row.note === null || column.id === 'app').map((row) => row.figures[column.id] ?? nothing)
    const isNumber = column.kind === 'number'
    const before = widest(figures.map(({ main }) => (isNumber ? splitAtPoint(main)[0] : main)))
    const after = isNumber ? widest(figures.map(({ main }) => splitAtPoint(main)[1])) : 0
    const interval = widest(figures.map(({ interval }) => interval))
    const content = before + after + (interval > 0 ? 1 + interval : 0)
    return { column, before, after, interval, width: Math.max(displayWidth(column.head), content) }
  })
}

/** Long names give way first, then columns go, and what is free in the end is the names' again. */
function fitColumns(layouts: readonly Layout[], columns: number): Layout[] {
  if (totalWidth(layouts) <= columns) return [...layouts]
  const fullWidth = layouts.find(isApp)?.width ?? 0
  const left = [...dispensable]
  let kept = withAppWidth(layouts, Math.min(COMFORTABLE_APP_WIDTH, fullWidth))
  while (totalWidth(kept) > columns && left.length > 0) {
    const drop = left.shift()
    kept = kept.filter(({ column }) => column.id !== drop)
  }
  const free = columns - totalWidth(kept)
  const width = (kept.find(isApp)?.width ?? 0) + free
  return withAppWidth(kept, Math.max(Math.min(LEAST_APP_WIDTH, fullWidth), Math.min(width, fullWidth)))
}

function withAppWidth(layouts: readonly Layout[], width: number): Layout[] {
  return layouts.map((layout) => (isApp(layout) ? { ...layout, width } : layout))
}

function isApp({ column }: Layout): boolean {
  return column.id === 'app'
}

function drawRow(row: Row, layouts: readonly Layout[], columns: number, paint: Paint): string {
  if (row.note !== null) return drawNote(row, row.note, layouts, columns, paint)
  const places = layouts.map((layout) => {
    const text = drawFigure(row.figures[layout.column.id] ?? nothing, layout)
    return layout.column.id === 'verdict' ? paintVerdict(row.verdict, text.trimEnd(), paint) : text
  })
  return places.join(GAP).trimEnd()
}

/** A row without numbers has its reason where the numbers would be. */
function drawNote(row: Row, note: string, layouts: readonly Layout[], columns: number, paint: Paint): string {
  const places = layouts.slice(0, layouts.findIndex(isApp) + 1)
  const start = places.map((layout) => drawFigure(row.figures[layout.column.id] ?? nothing, layout)).join(GAP) + GAP
  return start + paintVerdict(row.verdict, fitTo(note, Math.max(LEAST_APP_WIDTH, columns - displayWidth(start))), paint)
}

function drawFigure({ main, interval }: Figure, layout: Layout): string {
  if (layout.column.kind === 'text') return pad(fitTo(main, layout.width), layout.width, 'text')
  const [before, after] = splitAtPoint(main)
  const number = pad(before, layout.before, 'number') + pad(after, layout.after, 'text')
  const content = layout.interval === 0 ? number : `${number} ${pad(interval, layout.interval, 'text')}`
  return pad(content, layout.width, 'number')
}

function paintVerdict(verdict: Row['verdict'], text: string, paint: Paint): string {
  return verdict === null ? text : paint(verdictStyles[verdict], text)
}

function splitAtPoint(number: string): [before: string, after: string] {
  const point = number.indexOf('.')
  return point === -1 ? [number, ''] : [number.slice(0, point), number.slice(point)]
}

function totalWidth(layouts: readonly Layout[]): number {
  return layouts.reduce((sum, { width }) => sum + width, 0) + GAP.length * (layouts.length - 1)
}

function pad(text: string, width: number, kind: Column['kind']): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return kind === 'number' ? space + text : text + space
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth))
}

const nothing: Figure = { main: '', interval: '' }
