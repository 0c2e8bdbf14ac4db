import type { Severity, Verdict } from '../result/model.ts'
import type { CellTable } from './cells.ts'
import type { ChartSpec } from './charts/marks.ts'

/*
 * What every page is made of. Texts are safe to print (`plainText`) and not escaped: only what makes Markdown, HTML or a text for a
 * terminal of a document knows what has a meaning there.
 */

/** How something is meant: good, quiet, to be noticed, bad. */
export type Tone = Verdict | Severity

/** A heading and what stands below it; left out where none of its blocks has anything to say. */
export interface Section {
  readonly title?: string
  /** 1 for the title of the page; 2 where nothing else is said. */
  readonly level?: 1 | 2 | 3 | 4
  /** In HTML, where links lead to. */
  readonly id?: string
  readonly blocks: readonly Block[]
}

export type Document = readonly Section[]

export interface Item {
  /** Stands out at the start. */
  readonly mark?: string
  readonly tone?: Tone
  /** A name from the code, after the mark. */
  readonly code?: string
  readonly text?: string
  readonly under?: readonly string[]
  /** What it means; told where there is room. */
  readonly meaning?: string
  readonly advice?: string
  /** Lines that a program has printed. */
  readonly quoted?: readonly string[]
}

export interface Fact {
  readonly name: string
  readonly text: string
  readonly grade?: { readonly name: string; readonly tone: Tone }
  readonly under?: readonly string[]
  /** Never broken into lines, so that it can be copied. */
  readonly command?: string
}

export interface TextColumn {
  readonly head: string
  readonly kind: 'text' | 'number'
}

/** Every row has a text for every column. */
export interface TextTable {
  readonly columns: readonly TextColumn[]
  readonly rows: readonly (readonly string[])[]
}

export interface ReportChart {
  /** Heading of the picture; empty: none. */
  readonly title: string
  /** null: there is nothing to draw. */
  readonly spec: ChartSpec | null
  /** Where Markdown finds the two files, without `-light.svg` and `-dark.svg`. */
  readonly path?: string
  /** For those who cannot see it. */
  readonly description?: string
}

interface ParagraphStyle {
  readonly tone?: Tone
  readonly strong?: boolean
  readonly indented?: boolean
}

export type Block =
  | ({ readonly kind: 'paragraph'; readonly text: string } & ParagraphStyle)
  | { readonly kind: 'sentences'; readonly texts: readonly string[]; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | ({ readonly kind: 'table'; readonly note?: string } & TextTable)
  | { readonly kind: 'cells'; readonly table: CellTable }
  | { readonly kind: 'charts'; readonly charts: readonly ReportChart[]; readonly small?: boolean }
  | { readonly kind: 'code'; readonly text: string }
  /** Written in the format of the only page that has it. */
  | { readonly kind: 'raw'; readonly text: string }

export function paragraph(text: string, style: ParagraphStyle = {}): Block {
  return { kind: 'paragraph', text, ...style }
}

/** A heading of the second level; without blocks it is that of the sections that follow. */
export function titled(title: string, ...blocks: readonly Block[]): Section {
  return { title, blocks }
}

/** A column with what it shows of a row. */
export interface ColumnOf<Row> extends TextColumn {
  readonly of: (row: Row) => string
}

/** A table as one list of columns. */
export function textTable<Row>(rows: readonly Row[], columns: readonly ColumnOf<Row>[]): Block {
  return { kind: 'table', columns, rows: rows.map((row) => columns.map(({ of }) => of(row))) }
}

export function texts<Row>(head: string, of: (row: Row) => string): ColumnOf<Row> {
  return { head, kind: 'text', of }
}

export function numbers<Row>(head: string, of: (row: Row) => string): ColumnOf<Row> {
  return { head, kind: 'number', of }
}
