import type { Answer } from '../answer.ts'
import type { Result } from '../result.ts'

/**
 * What may be said of a run: all of it, unless a finding of the whole run makes every number invalid. Then nothing is said and nothing is
 * drawn; the figures stay in the tables, for whoever looks for the fault. Cells that are invalid by themselves are the study's to leave
 * out.
 */
export function guardedAnswer({ findings }: Pick<Result, 'findings'>, answer: Answer): Answer {
  const codes = [...new Set(findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => code))]
  if (codes.length === 0) return answer
  const notice = `This run is invalid (${codes.join(', ')}): it does not answer the question.`
  return {
    ...answer,
    sentences: [notice],
    charts: [],
    tables: answer.tables.map((table) => ({ ...table, title: `invalid: ${table.title}`, note: notice })),
  }
}
