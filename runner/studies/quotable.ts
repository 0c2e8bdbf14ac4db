import { plainText } from '../report/plain-text.ts'
import type { Cell, MeasuredCell, Result } from '../result.ts'

const LONGEST_NAME = 60
const LONGEST_REASON = 300

/** The cell of an app of the plan, where its numbers may be quoted; null where they may not, or there are none. */
export function quotableCell({ cells }: Pick<Result, 'cells'>, app: string, endpoint: string): MeasuredCell | null {
  const cell = cells.find((one) => one.app === app && one.endpoint === endpoint)
  return cell?.state === 'measured' && cell.verdict !== 'invalid' ? cell : null
}

/** A sentence for every cell that may not be quoted, with the reason; one for all of them where the whole run is at fault. */
export function notQuoted({ cells, findings }: Pick<Result, 'cells' | 'findings'>): string[] {
  const invalid = cells.filter((cell) => cell.state !== 'measured' || cell.verdict === 'invalid')
  const ofRun = findings.find(({ severity }) => severity === 'invalid')
  if (ofRun !== undefined && invalid.length === cells.length) return [`No number is quoted: ${said(ofRun.message)}.`]
  return invalid.map(
    (cell) => `${said(cell.app, LONGEST_NAME)} on ${said(cell.endpoint, LONGEST_NAME)} is not quoted: ${said(reasonOf(cell))}.`,
  )
}

function reasonOf(cell: Cell): string {
  if (cell.state !== 'measured') return cell.reason
  return cell.findings.find(({ severity }) => severity === 'invalid')?.message ?? 'it is invalid'
}

function said(text: string, longest = LONGEST_REASON): string {
  return plainText(text, longest)
}
