import { z } from 'zod'
import { Estimate } from './estimate.ts'

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
  /** `curves` joins the points of a series over a number; `rows` puts names one below the other. */
  form: z.enum(['curves', 'rows']),
  x: z.object({ title: z.string(), scale: z.enum(['linear', 'log']).default('linear') }),
  y: z.object({ title: z.string(), scale: z.enum(['linear', 'log']).default('linear') }),
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
