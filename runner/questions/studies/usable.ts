import type { DriverId } from '../../load/drivers.ts'
import type { Answer } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import type { Cell, MeasuredCell, Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { named } from './phrases.ts'

const LONGEST_REASON = 300
/** More names make no sentence. */
const MOST_NAMES = 4

/** The cell of an app of the plan, where its numbers may be quoted; null where they may not, or there are none. */
export function usableCell({ cells }: Pick<Result, 'cells'>, app: string, endpoint: string): MeasuredCell | null {
  const cell = cells.find((one) => one.app === app && one.endpoint === endpoint)
  return cell?.state === 'measured' && isUsable(cell) ? cell : null
}

/** Whether the cell has numbers, and they are not invalid. */
export function isUsable(cell: Cell): boolean {
  return cell.state === 'measured' && cell.verdict !== 'invalid'
}

/** A sentence for all cells that may not be quoted for the same reasons: an answer has to say what it leaves out. */
export function notUsable(cells: readonly Cell[]): string[] {
  const byReason = Map.groupBy(
    cells.filter((cell) => !isUsable(cell)),
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

const ABLE: readonly DriverId[] = ['autocannon', 'fake']

/**
 * Some ways of asking only one driver knows.
 * @param what the study needs, as the end of a sentence
 * @throws UserError for another driver
 */
export function needsAutocannon(driver: DriverId, what: string): void {
  if (ABLE.includes(driver)) return
  throw new UserError('driver-cannot', `--driver ${driver} cannot ${what}`, { hint: 'leave --driver out: autocannon can' })
}

/**
 * What may be said of a run: all of it, unless a finding of the whole run makes every number invalid. Then nothing is said and nothing is
 * drawn; the figures stay in the tables, for whoever looks for the fault. Cells that are invalid by themselves are the study's to leave
 * out.
 */
export function withholdInvalid({ findings }: Pick<Result, 'findings'>, answer: Answer): Answer {
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
