import type { AnswerFigure, AnswerTable } from '../answer.ts'
import type { Result } from '../result.ts'
import { cleaned, csvField } from './csv.ts'
import type { ReportFile } from './files.ts'
import { fileStem } from './run-files.ts'

/** A file for every table of an answer, numbers in full precision; a column with intervals has two more beside it. */
export function renderAnswerCsv({ answer }: Pick<Result, 'answer'>): ReportFile[] {
  return (answer?.tables ?? []).map((table) => ({ name: `${fileStem(table.id)}.csv`, text: renderTable(table) }))
}

function renderTable({ columns, rows }: AnswerTable): string {
  const withInterval = columns.map((_, index) => rows.some((row) => isEstimate(row[index])))
  const heads = columns.flatMap(({ head }, index) => (withInterval[index] ? [head, `${head} low`, `${head} high`] : [head]))
  const lines = rows.map((row) =>
    columns.flatMap((_, index) => {
      const figure = row[index] ?? null
      if (!withInterval[index]) return [isEstimate(figure) ? figure.value : figure]
      return isEstimate(figure) ? [figure.value, figure.low, figure.high] : [figure, null, null]
    }),
  )
  return [heads, ...lines].map((fields) => `${fields.map((field) => csvField(cleaned(field))).join(',')}\r\n`).join('')
}

function isEstimate(figure: AnswerFigure | undefined): figure is Exclude<AnswerFigure, string | number | null> {
  return typeof figure === 'object' && figure !== null
}
