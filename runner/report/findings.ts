import { appId, count } from '../result/format.ts'
import type { Cell, Result, Severity } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'

const LONGEST_CODE = 60
const LONGEST_MESSAGE = 400
/** Of one group; a good run of many cells has notes on many of them, and they shall not hide what matters. */
const mostFacts: Readonly<Record<Severity, number>> = { invalid: 6, suspect: 6, note: 3 }
const MOST_NAMES = 3
const worstFirst: readonly Severity[] = ['invalid', 'suspect', 'note']

/** A finding, safe to print. */
interface Told extends Readonly<Record<'code' | 'advice' | 'message', string>> {
  readonly severity: Severity
  /** `koa lookup`; null: the whole run. */
  readonly where: string | null
  /** The cell was made to bring it about: the verdict of the run does not rest on it. */
  readonly isProvoked: boolean
}

/**
 * Findings of the run and its cells, grouped by severity, code and advice, the worst first. What many cells share is said once; the
 * overall figures have no findings of their own, only those of their cells.
 */
export function groupFindings(result: Result) {
  const groups = Map.groupBy(allFindings(result), ({ severity, code, advice }) => JSON.stringify([severity, code, advice]))
  return [...groups.values()]
    .map((group) => {
      const { severity, code, advice } = group[0]!
      return { severity, code, advice, facts: condense(group, mostFacts[severity]) }
    })
    .sort((a, b) => worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity))
}

/** One fact per message; a message of the whole run needs no list of its cells, and a long list is cut with a count. */
function condense(group: readonly Told[], most: number): Pick<Told, 'where' | 'message'>[] {
  const facts = [...Map.groupBy(group, ({ message }) => message)].map(([message, own]) => {
    const places = own.map(({ where }) => where)
    return { where: places.includes(null) ? null : inShort(places), message }
  })
  if (facts.length <= most) return facts
  const hidden = facts.length - most + 1
  return [...facts.slice(0, most - 1), { where: null, message: `and ${hidden} more of this kind, in result.json` }]
}

/** Codes of the findings of one severity, each once. */
export function codesOf(result: Result, severity: Severity): string[] {
  return uniqueCodes(allFindings(result).filter((finding) => finding.severity === severity))
}

/** What the verdict of the run rests on, in words: the codes of its worst severity. */
export function problemsOf(result: Result): string {
  const codes = uniqueCodes(allFindings(result).filter(({ severity, isProvoked }) => severity === result.verdict && !isProvoked))
  return codes.length === 0 ? 'no finding says why' : codes.join(', ')
}

/** The last line of a report: the verdict, what it rests on, and what it means for the reader. */
export function verdictLine(result: Result): string {
  const apart = exceptions(result)
    .map((sentence) => ` ${sentence}.`)
    .join('')
  if (result.verdict === 'valid') return `Verdict: ${verdictInShort(result)}.${apart} ${nothingAgainst(result)}`
  if (result.verdict === 'suspect')
    return `Verdict: suspect (${problemsOf(result)}). Read the findings before you quote a number.${apart}`
  return `Verdict: invalid (${problemsOf(result)}). Do not quote these numbers; the findings say what to do.${apart}`
}

/** That no check has found anything but what is said of single cells and in notes: for a run whose verdict is valid. */
export function nothingAgainst(result: Result): string {
  const isWhole = exceptions(result).length === 0
  const notes = allFindings(result).filter(({ severity }) => severity === 'note')
  const different = new Set(notes.map(({ code, message }) => JSON.stringify([code, message]))).size
  if (isWhole && different === 0) return 'No check found anything against these numbers.'
  return `Nothing${isWhole ? '' : ' else'} is suspect or invalid${different === 0 ? '' : ` (${count(different, 'note')})`}.`
}

/** `koa hello has no numbers (app-failed)`; null: all cells have some. */
export function withoutNumbers({ cells }: Result): string | null {
  const missing = cells.filter(({ state }) => state !== 'measured')
  if (missing.length === 0) return null
  const codes = uniqueCodes(missing.flatMap(({ findings }) => findings))
  return `${inShort(missing.map(placeOf))} ${missing.length === 1 ? 'has' : 'have'} no numbers (${codes.join(', ')})`
}

/** `valid`, `valid for 7 of 8 cells`: a cell that has failed takes nothing from what was measured of the others. */
export function verdictInShort({ cells, verdict }: Result): string {
  const left = cells.filter((cell) => cell.state === 'measured' && !cell.findings.some(({ code }) => isProvoked(cell, code)))
  return verdict !== 'valid' || left.length === cells.length ? verdict : `${verdict} for ${left.length} of ${cells.length} cells`
}

/** What the verdict does not speak of. A cell that is invalid as it was meant to be says nothing against the others. */
function exceptions(result: Result): string[] {
  const provoked = allFindings(result).filter((finding) => finding.isProvoked)
  const places = `${inShort(provoked.map(({ where }) => where))} (${uniqueCodes(provoked).join(', ')})`
  const onPurpose = provoked.length === 0 ? null : `Invalid as they were meant to be, and not to be quoted: ${places}`
  return [withoutNumbers(result), onPurpose].filter((sentence) => sentence !== null)
}

function allFindings(result: Result): Told[] {
  const told = (cell: Cell | null) => (finding: Result['findings'][number]) => ({
    severity: finding.severity,
    code: plainText(finding.code, LONGEST_CODE),
    advice: plainText(finding.advice, LONGEST_MESSAGE),
    message: plainText(finding.message, LONGEST_MESSAGE),
    where: cell && placeOf(cell),
    isProvoked: cell !== null && isProvoked(cell, finding.code),
  })
  return [...result.findings.map(told(null)), ...result.cells.flatMap((cell) => cell.findings.map(told(cell)))]
}

function isProvoked({ provokes = [] }: Cell, code: string): boolean {
  return provokes.includes(code)
}

function uniqueCodes(findings: readonly { readonly code: string }[]): string[] {
  return [...new Set(findings.map(({ code }) => plainText(code, LONGEST_CODE)))]
}

function placeOf({ app, endpoint }: Cell): string {
  return `${appId(app)} ${appId(endpoint)}`
}

/** `koa lookup, koa table`, `20 cells`. */
function inShort(places: readonly (string | null)[]): string {
  return places.length <= MOST_NAMES ? places.join(', ') : `${places.length} cells`
}
