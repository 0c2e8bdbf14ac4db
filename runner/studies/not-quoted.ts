import { listInWords, plainText } from '../report/plain-text.ts'
import type { MeasuredCell } from '../result.ts'

const LONGEST_NAME = 60
/** More names make no sentence. */
const MOST_NAMES = 4

/** A sentence for all cells that are invalid for the same reasons: an answer has to say what it leaves out. */
export function notQuoted(cells: readonly Pick<MeasuredCell, 'app' | 'endpoint' | 'findings'>[]): string[] {
  const byReason = Map.groupBy(cells, ({ findings }) => {
    const codes = findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => plainText(code, LONGEST_NAME))
    return [...new Set(codes)].sort().join(', ')
  })
  return [...byReason].map(([codes, group]) => {
    const names = group.map(({ app, endpoint }) => `${plainText(app, LONGEST_NAME)} on ${plainText(endpoint, LONGEST_NAME)}`)
    const who = names.length <= MOST_NAMES ? listInWords(names) : `${names.length} cells`
    return `${who} ${names.length === 1 ? 'is' : 'are'} invalid and not quoted: ${codes}.`
  })
}
