import { listInWords, plainText } from '../report/plain-text.ts'
import type { Cell, MeasuredCell, Result } from '../result.ts'
import { named } from './phrases.ts'

const LONGEST_REASON = 300
/** More names make no sentence. */
const MOST_NAMES = 4

/** The cell of an app of the plan, where its numbers may be quoted; null where they may not, or there are none. */
export function quotableCell({ cells }: Pick<Result, 'cells'>, app: string, endpoint: string): MeasuredCell | null {
  const cell = cells.find((one) => one.app === app && one.endpoint === endpoint)
  return cell?.state === 'measured' && isQuotable(cell) ? cell : null
}

/** Whether the cell has numbers, and they are not invalid. */
export function isQuotable(cell: Cell): boolean {
  return cell.state === 'measured' && cell.verdict !== 'invalid'
}

/** A sentence for all cells that may not be quoted for the same reasons: an answer has to say what it leaves out. */
export function notQuoted(cells: readonly Cell[]): string[] {
  const byReason = Map.groupBy(
    cells.filter((cell) => !isQuotable(cell)),
    reasonOf,
  )
  return [...byReason].map(([reason, group]) => {
    const names = group.map(({ app, endpoint }) => `${named(app)} on ${named(endpoint)}`)
    const who = names.length <= MOST_NAMES ? listInWords(names) : `${names.length} cells`
    return `${who} ${names.length === 1 ? 'is' : 'are'} not quoted: ${reason}.`
  })
}

function reasonOf(cell: Cell): string {
  if (cell.state !== 'measured') return plainText(cell.reason, LONGEST_REASON)
  const codes = invalidCodes(cell)
  return codes.length === 0 ? 'invalid' : `invalid (${codes.join(', ')})`
}

/** Codes of what makes a cell invalid, each once, in alphabetical order. */
export function invalidCodes({ findings }: Pick<MeasuredCell, 'findings'>): string[] {
  const codes = findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => named(code))
  return [...new Set(codes)].sort()
}
