import { styleText } from 'node:util'
import { displayWidth, wrapWords } from '../result/plain-text.ts'
import type { Block, Document, Fact, Item, TextTable } from './document.ts'
import { drawCells, GAP, type Paint, pad, type Style, widest } from './draw-cells.ts'

export interface TerminalOptions {
  readonly colour: boolean
  /** Columns of the terminal; Infinity when the output is no terminal. */
  readonly width: number
}

/** Below this, columns would have to lose digits; a line that is too long says more. */
const LEAST_WIDTH = 48
const LEAST_TEXT_WIDTH = 24

const colours = { bold: 'bold', valid: 'green', note: 'dim', suspect: 'yellow', invalid: 'red' } as const satisfies Record<
  Style,
  string
>

/** The document for a person at a terminal; also fit for a file or a pipe, with `colour` false. Ends with a line break. */
export function toTerminal(document: Document, { colour, width }: TerminalOptions = { colour: false, width: Infinity }): string {
  // Whether to colour was decided by the caller, who knows the stream and NO_COLOR.
  const paint: Paint = (style, text) => (colour ? styleText(colours[style], text, { validateStream: false }) : text)
  const columns = Math.max(LEAST_WIDTH, width)
  const facts = document.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'facts' ? block.facts : [])))
  const show = shower(columns, paint, facts)
  const sections = document.map(({ title, blocks }) => {
    const lines = blocks.flatMap(show)
    return title === undefined || lines.length === 0
      ? lines
      : [...hanging(title, columns).map((line) => paint('bold', line)), ...lines]
  })
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** @param facts all of the document: they stand below each other, whatever is between them */
function shower(columns: number, paint: Paint, facts: readonly Fact[]): (block: Block) => string[] {
  const nameWidth = widest(facts.map(({ name }) => name))
  const gradeWidth = widest(facts.map(({ grade }) => grade?.name ?? ''))
  return (block) => {
    switch (block.kind) {
      case 'paragraph': {
        const margin = block.indented ? GAP : ''
        const lines = wrapWords(block.text, columns - margin.length).map((line) => margin + line)
        return block.tone === undefined ? lines : lines.map((line) => paint(block.tone!, line))
      }
      case 'sentences':
        return block.texts.flatMap((text) => hanging(text, columns))
      case 'list':
        return block.items.flatMap((item) => itemLines(item, columns, paint))
      case 'facts':
        return block.facts.flatMap((fact) => factLines(fact, { nameWidth, gradeWidth, columns, paint }))
      case 'table':
        // It may be wider than the terminal, because cutting it would lose digits.
        return [
          ...tableLines(block),
          ...(block.note === undefined ? [] : hanging(block.note, columns).map((line) => paint('note', line))),
        ]
      case 'cells':
        return drawCells(block.table, columns, paint)
      case 'code':
      case 'raw':
        return [block.text]
      case 'charts':
        return []
    }
  }
}

function itemLines({ mark, tone, code, text, under = [], advice, quoted = [] }: Item, columns: number, paint: Paint): string[] {
  const lines = hanging([mark, code ?? text].filter(Boolean).join(' '), columns)
  const painted = lines.map((line) => {
    if (tone === undefined) return line
    if (mark === undefined) return paint(tone, line)
    return line === lines[0] && line.startsWith(mark) ? paint(tone, mark) + line.slice(mark.length) : line
  })
  const below = [...under, ...(advice ? [`→ ${advice}`] : [])]
  return [
    ...painted,
    ...below.flatMap((line) => hanging(line, columns - GAP.length).map((part) => GAP + part)),
    ...quoted.flatMap((line) => wrapWords(line, columns - 4).map((part) => paint('note', `  | ${part}`))),
  ]
}

interface FactLayout {
  readonly nameWidth: number
  readonly gradeWidth: number
  readonly columns: number
  readonly paint: Paint
}

function factLines(
  { name, text, grade, under = [], command }: Fact,
  { nameWidth, gradeWidth, columns, paint }: FactLayout,
): string[] {
  const places = [
    ...(grade === undefined ? [] : ['', paint(grade.tone, grade.name) + ' '.repeat(gradeWidth - grade.name.length)]),
    (grade === undefined ? paint('note', name) : name) + ' '.repeat(nameWidth - displayWidth(name)),
  ]
  const margin = (grade === undefined ? 0 : 2 * GAP.length + gradeWidth) + nameWidth + GAP.length
  const room = Math.max(LEAST_TEXT_WIDTH, columns - margin)
  const lines = [...[text, ...under].flatMap((one) => wrapWords(one, room)), ...(command === undefined ? [] : [`→ ${command}`])]
  return lines.map((line, index) => (index === 0 ? places.join(GAP) + GAP : ' '.repeat(margin)) + line)
}

/** Texts to the left, numbers to the right, as wide as they have to be. */
function tableLines({ columns, rows }: TextTable): string[] {
  const all = [columns.map(({ head }) => head), ...rows]
  const widths = columns.map((_, index) => widest(all.map((row) => row[index]!)))
  return all.map((row) =>
    columns
      .map(({ kind }, index) => pad(row[index]!, widths[index]!, kind))
      .join(GAP)
      .trimEnd(),
  )
}

function hanging(text: string, columns: number): string[] {
  return wrapWords(text, columns, GAP)
}
