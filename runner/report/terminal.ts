import { styleText } from 'node:util'
import { displayWidth, fitTo, wrapWords } from '../result/plain-text.ts'
import { total } from '../statistics/summary.ts'
import type { CellTable, Column, ColumnId, Figure, Row } from './cells.ts'
import type { Block, Document, Fact, Item, TextColumn, TextTable, Tone } from './document.ts'

export interface TerminalOptions {
  readonly colour: boolean
  /** Columns of the terminal; Infinity when the output is no terminal. */
  readonly width: number
}

const GAP = '  '
/** Below this, columns would have to lose digits; a line that is too long says more. */
const LEAST_WIDTH = 48
const LEAST_TEXT_WIDTH = 24
/** What a narrow terminal does without, the least important first. Rank, app, ratio and verdict always stay. */
const dispensable: readonly ColumnId[] = ['loadBusy', 'serverBusy', 'requestsPerSecond', 'overhead', 'rare', 'later', 'cost']
const LEAST_APP_WIDTH = 8
/** Title and version of most frameworks; columns go before names get shorter than this. */
const COMFORTABLE_APP_WIDTH = 18

const colours = { bold: 'bold', valid: 'green', note: 'dim', suspect: 'yellow', invalid: 'red' } as const
type Style = Tone | 'bold'

/** What a document is written on. */
interface Screen {
  readonly columns: number
  /** Of all facts of the document: they stand below each other, whatever is between them. */
  readonly nameWidth: number
  readonly gradeWidth: number
  /** Colours a text, or leaves it alone. */
  paint(style: Style | null | undefined, text: string): string
}

/** The document for a person at a terminal; also fit for a file or a pipe, with `colour` false. Ends with a line break. */
export function toTerminal(document: Document, { colour, width }: TerminalOptions = { colour: false, width: Infinity }): string {
  const facts = document.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'facts' ? block.facts : [])))
  const screen: Screen = {
    columns: Math.max(LEAST_WIDTH, width),
    nameWidth: widest(facts.map(({ name }) => name)),
    gradeWidth: widest(facts.map(({ grade }) => grade?.name ?? '')),
    // Whether to colour was decided by the caller, who knows the stream and NO_COLOR.
    paint: (style, text) => (colour && style != null ? styleText(colours[style], text, { validateStream: false }) : text),
  }
  const sections = document.map(({ title, blocks }) => {
    const lines = blocks.flatMap((block) => blockLines(block, screen))
    return title === undefined || lines.length === 0 ? lines : [...painted('bold', title, screen), ...lines]
  })
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}

function blockLines(block: Block, screen: Screen): string[] {
  switch (block.kind) {
    case 'paragraph': {
      const margin = block.indented ? GAP : ''
      return wrapWords(block.text, screen.columns - margin.length).map((line) => screen.paint(block.tone, margin + line))
    }
    case 'sentences':
      return block.texts.flatMap((text) => hanging(text, screen.columns))
    case 'list':
      return block.items.flatMap((item) => itemLines(item, screen))
    case 'facts':
      return block.facts.flatMap((fact) => factLines(fact, screen))
    case 'table':
      // It may be wider than the terminal, because cutting it would lose digits.
      return [...tableLines(block), ...(block.note === undefined ? [] : painted('note', block.note, screen))]
    case 'cells':
      return cellLines(block.table, screen)
    case 'code':
    case 'raw':
      return [block.text]
    case 'charts':
      return []
  }
}

function itemLines({ mark, tone, code, text, under = [], advice, quoted = [] }: Item, { columns, paint }: Screen): string[] {
  const lines = hanging([mark, code ?? text].filter(Boolean).join(' '), columns).map((line, index) => {
    if (mark === undefined) return paint(tone, line)
    return index === 0 && line.startsWith(mark) ? paint(tone, mark) + line.slice(mark.length) : line
  })
  const below = [...under, ...(advice ? [`→ ${advice}`] : [])]
  return [
    ...lines,
    ...below.flatMap((line) => hanging(line, columns - GAP.length).map((part) => GAP + part)),
    ...quoted.flatMap((line) => wrapWords(line, columns - 4).map((part) => paint('note', `  | ${part}`))),
  ]
}

function factLines(
  { name, text, grade, under = [], command }: Fact,
  { columns, nameWidth, gradeWidth, paint }: Screen,
): string[] {
  const graded = grade === undefined ? '' : GAP + paint(grade.tone, grade.name) + spaces(gradeWidth - grade.name.length) + GAP
  const start = graded + paint(grade === undefined ? 'note' : null, name) + spaces(nameWidth - displayWidth(name)) + GAP
  const margin = (grade === undefined ? 0 : 2 * GAP.length + gradeWidth) + nameWidth + GAP.length
  const room = Math.max(LEAST_TEXT_WIDTH, columns - margin)
  const lines = [...[text, ...under].flatMap((one) => wrapWords(one, room)), ...(command === undefined ? [] : [`→ ${command}`])]
  return lines.map((line, index) => (index === 0 ? start : spaces(margin)) + line)
}

/** Texts to the left, numbers to the right, as wide as they have to be. */
function tableLines({ columns, rows }: TextTable): string[] {
  const all = [columns.map(({ head }) => head), ...rows]
  const widths = columns.map((_, index) => widest(all.map((row) => row[index]!)))
  return all.map((row) => joined(columns.map(({ kind }, index) => pad(row[index]!, widths[index]!, kind))))
}

/** How a column is laid out: numbers stand with their points below each other, intervals in a column of their own. */
interface Layout extends Column {
  /** Widest part of the numbers before the point, and from the point on. */
  readonly before: number
  readonly after: number
  readonly interval: number
  readonly width: number
}

/** A table of cells, not wider than the screen if the columns that always stay allow it: less important ones are left out, never wrapped. */
function cellLines(table: CellTable, { columns, paint }: Screen): string[] {
  const layouts = fitColumns(layOut(table), columns)
  const withNumbers = ({ figures, verdict }: Row) =>
    joined(
      layouts.map((layout) => {
        const text = drawFigure(layout, figures[layout.id])
        return layout.id === 'verdict' ? paint(verdict, text.trimEnd()) : text
      }),
    )
  // A row without numbers has its reason where the numbers would be.
  const withNote = ({ figures, verdict }: Row, note: string) => {
    const shown = layouts.slice(0, layouts.findIndex(isApp) + 1)
    const start = shown.map((layout) => drawFigure(layout, figures[layout.id]) + GAP).join('')
    return start + paint(verdict, fitTo(note, Math.max(LEAST_APP_WIDTH, columns - displayWidth(start))))
  }
  return [
    paint('note', joined(layouts.map(({ head, width, kind }) => pad(head, width, kind)))),
    ...table.rows.map((row) => (row.note === null ? withNumbers(row) : withNote(row, row.note))),
  ]
}

function layOut({ columns, rows }: CellTable): Layout[] {
  return columns.map((column) => {
    const figures = rows.flatMap((row) => (row.note === null || isApp(column) ? (row.figures[column.id] ?? []) : []))
    const parts = figures.map(({ main }) => (column.kind === 'number' ? splitAtPoint(main) : [main, '']))
    const [before, after] = [widest(parts.map(([part]) => part!)), widest(parts.map(([, part]) => part!))]
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

function drawFigure(layout: Layout, { main, interval }: Pick<Figure, 'main' | 'interval'> = { main: '', interval: '' }): string {
  if (layout.kind === 'text') return pad(fitTo(main, layout.width), layout.width, 'text')
  const [before, after] = splitAtPoint(main)
  const number = pad(before, layout.before, 'number') + pad(after, layout.after, 'text')
  return pad(layout.interval === 0 ? number : `${number} ${pad(interval, layout.interval, 'text')}`, layout.width, 'number')
}

function splitAtPoint(number: string): [before: string, after: string] {
  const point = number.indexOf('.')
  return point === -1 ? [number, ''] : [number.slice(0, point), number.slice(point)]
}

function totalWidth(layouts: readonly Layout[]): number {
  return total(layouts, ({ width }) => width) + GAP.length * (layouts.length - 1)
}

function joined(places: readonly string[]): string {
  return places.join(GAP).trimEnd()
}

function pad(text: string, width: number, kind: TextColumn['kind']): string {
  const space = spaces(width - displayWidth(text))
  return kind === 'number' ? space + text : text + space
}

function spaces(width: number): string {
  return ' '.repeat(Math.max(0, width))
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth))
}

function painted(style: Style, text: string, { columns, paint }: Screen): string[] {
  return hanging(text, columns).map((line) => paint(style, line))
}

function hanging(text: string, columns: number): string[] {
  return wrapWords(text, columns, GAP)
}
