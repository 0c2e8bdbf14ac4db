import type { AnswerFigure, AnswerTable } from '../result/answer.ts'
import { formatEstimate, formatNumber, formatValue } from '../result/format.ts'
import { displayWidth, plainText } from '../result/plain-text.ts'

export interface TextColumn {
  readonly head: string
  readonly kind: 'text' | 'number'
}

const GAP = '  '

/** Lines of a plain table: texts to the left, numbers to the right, as wide as they have to be. Texts must be safe to print already. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const heads = columns.map(({ head }) => head)
  const widths = columns.map((_, index) => Math.max(...[heads, ...rows].map((row) => displayWidth(row[index] ?? ''))))
  return [heads, ...rows].map((row) =>
    columns
      .map(({ kind }, index) => {
        const text = row[index] ?? ''
        const space = ' '.repeat(widths[index]! - displayWidth(text))
        return kind === 'number' ? space + text : text + space
      })
      .join(GAP)
      .trimEnd(),
  )
}

const LONGEST_TEXT = 200

/** A table of an answer as texts, safe to print, not yet escaped for any format. */
export interface TextOfTable {
  readonly title: string
  readonly columns: readonly { readonly head: string; readonly kind: 'text' | 'number' }[]
  readonly rows: readonly (readonly string[])[]
  readonly note: string
}

/** The same texts for a terminal, a page and a Markdown document. */
export function textOfTable({ title, columns, rows, note }: AnswerTable): TextOfTable {
  return {
    title: answerText(title),
    columns: columns.map(({ head, kind }) => ({ head: answerText(head), kind })),
    rows: rows.map((row) => columns.map((_, index) => textOfFigure(row[index] ?? null))),
    note: note === null ? '' : answerText(note),
  }
}

/** A sentence or a name of an answer: apps may have put their own words into it. */
export function answerText(text: string): string {
  return plainText(text, 5 * LONGEST_TEXT)
}

function textOfFigure(figure: AnswerFigure): string {
  if (figure === null) return ''
  if (typeof figure === 'string') return plainText(figure, LONGEST_TEXT)
  if (typeof figure !== 'number') return formatEstimate(figure)
  return Number.isInteger(figure) ? formatNumber(figure, 0) : formatValue({ value: figure, low: null, high: null, level: 0 })
}
