import { z } from 'zod'

/** A number with its interval. `low` and `high` are null when there are too few rounds to say. */
export const Estimate = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Two-sided confidence level of the interval, 0.95 for 95 %. */
  level: z.number(),
})
export type Estimate = z.infer<typeof Estimate>

/** What stands in one place of a table: a text, a number without an interval, one with, or nothing. */
export const AnswerFigure = z.union([z.string(), z.number(), Estimate, z.null()])
export type AnswerFigure = z.infer<typeof AnswerFigure>

export const AnswerTable = z.object({
  /** Name of its file: letters, digits and dashes. */
  id: z.string(),
  title: z.string(),
  columns: z.array(z.object({ /** With the unit. */ head: z.string(), kind: z.enum(['text', 'number']) })),
  rows: z.array(z.array(AnswerFigure)),
  /** What has to be known to read it; null: nothing. */
  note: z.string().nullable().default(null),
})
export type AnswerTable = z.infer<typeof AnswerTable>

/** One mark of a chart, with its interval where it has one. */
export const AnswerPoint = z.object({
  /** Charts with several panels have one for each. */
  panel: z.string().nullable().default(null),
  series: z.string(),
  /** A number on a scale, or a name on an axis of names. */
  x: z.union([z.number(), z.string()]),
  y: z.number(),
  low: z.number().nullable().default(null),
  high: z.number().nullable().default(null),
})
export type AnswerPoint = z.infer<typeof AnswerPoint>

export const AnswerChart = z.object({
  /** Name of its files: letters, digits and dashes. */
  id: z.string(),
  title: z.string(),
  /** What it shows, for those who cannot see it. */
  description: z.string(),
  /** Over a number, `curves` joins the points of a series and `marks` does not; `rows` puts names one below the other. */
  form: z.enum(['curves', 'marks', 'rows']),
  x: z.object({ title: z.string(), scale: z.enum(['linear', 'log']).default('linear') }),
  y: z.object({ title: z.string(), scale: z.enum(['linear', 'log']).default('linear') }),
  /** A line at this value of y, to compare with; null or absent: none. */
  reference: z.number().nullable().optional(),
  points: z.array(AnswerPoint),
})
export type AnswerChart = z.infer<typeof AnswerChart>

/** What a study says: plain data, so that every form of report can show it and a program can read it. */
export const Answer = z.object({
  question: z.string(),
  /** The answer in words, the most important first; numbers with their intervals, ties as ties. */
  sentences: z.array(z.string()),
  tables: z.array(AnswerTable),
  charts: z.array(AnswerChart),
  /** What was not measured, or has to be known before quoting. */
  limits: z.array(z.string()).default([]),
})
export type Answer = z.infer<typeof Answer>

/** What is said to a question. */
export const AnswerBody = Answer.omit({ question: true })
export type AnswerBody = z.infer<typeof AnswerBody>

/**
 * What a table shows of a row, by the head of the column with its unit; what is not known stays empty. A column with a text in it is one
 * of texts, any other one of numbers.
 */
export type Columns<Row> = Readonly<Record<string, (row: Row) => AnswerFigure | undefined>>

/** What a table is called. Where words stand in columns of numbers (`3 of 4`), `texts` says how many columns come before these. */
type TableWords = Pick<AnswerTable, 'id' | 'title'> & { readonly note?: string | null; readonly texts?: number }

/** A table as one list of columns. */
export function tableOf<Row>(
  { id, title, note = null, texts }: TableWords,
  rows: readonly Row[],
  columns: Columns<Row>,
): AnswerTable {
  const figures = rows.map((row) => Object.values(columns).map((of) => of(row) ?? null))
  const hasText = (place: number) => figures.some((row) => typeof row[place] === 'string')
  const kindOf = (place: number) => ((texts === undefined ? hasText(place) : place < texts) ? 'text' : 'number')
  return { id, title, columns: Object.keys(columns).map((head, place) => ({ head, kind: kindOf(place) })), rows: figures, note }
}

type Axis = { readonly title: string; readonly scale?: 'linear' | 'log' }

/** How a chart is called, and its scales. Without an `x` it has names one below the other, with one it has curves. */
export interface ChartWords extends Pick<AnswerChart, 'id' | 'title' | 'description' | 'reference'> {
  readonly form?: AnswerChart['form']
  readonly x?: Axis
  readonly y: Axis
}

export function chartOf({ id, title, description, form, x, y, ...reference }: ChartWords, points: AnswerPoint[]): AnswerChart {
  return {
    id,
    title,
    form: form ?? (x === undefined ? 'rows' : 'curves'),
    description,
    x: { title: '', scale: 'linear', ...x },
    y: { scale: 'linear', ...y },
    ...reference,
    points,
  }
}

/** The mark of an estimate in a chart; none where it is not known. */
export function mark(series: string, x: string | number, estimate: Estimate | null, panel: string | null = null): AnswerPoint[] {
  return estimate === null ? [] : [{ panel, series, x, y: estimate.value, low: estimate.low, high: estimate.high }]
}

/** Answers in parts, one after another. A table without a row and a chart without a point show nothing, so they are left out. */
export function joinAnswers(...parts: readonly Partial<AnswerBody>[]): AnswerBody {
  return {
    sentences: parts.flatMap(({ sentences = [] }) => sentences),
    tables: parts.flatMap(({ tables = [] }) => tables).filter(({ rows }) => rows.length > 0),
    charts: parts.flatMap(({ charts = [] }) => charts).filter(({ points }) => points.length > 0),
    limits: parts.flatMap(({ limits = [] }) => limits),
  }
}
