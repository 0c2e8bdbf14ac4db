import { appId, count } from '../result/format.ts'
import type { Cell, Result } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'
import { allFindings, codesOf, inShort } from './findings.ts'

const LONGEST_CODE = 60

/** What the verdict of the run rests on, in words: the codes of its worst severity. */
export function problemsOf(result: Result): string {
  const codes = result.verdict === 'valid' ? [] : codesOf(withoutProvoked(result), result.verdict)
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
  const notes = new Set(
    allFindings(result).flatMap(({ finding: { severity, code, message } }) =>
      severity === 'note' ? [JSON.stringify([code, message])] : [],
    ),
  ).size
  if (isWhole && notes === 0) return 'No check found anything against these numbers.'
  return `Nothing${isWhole ? '' : ' else'} is suspect or invalid${notes === 0 ? '' : ` (${count(notes, 'note')})`}.`
}

/** `koa hello has no numbers (app-failed)`; null: all cells have some. */
export function withoutNumbers({ cells }: Result): string | null {
  const missing = cells.filter(({ state }) => state !== 'measured')
  if (missing.length === 0) return null
  const codes = new Set(missing.flatMap(({ findings }) => findings.map(({ code }) => plainText(code, LONGEST_CODE))))
  return `${placesOf(missing)} ${missing.length === 1 ? 'has' : 'have'} no numbers (${[...codes].join(', ')})`
}

/** What the verdict does not speak of. */
function exceptions(result: Result): string[] {
  return [withoutNumbers(result), onPurpose(result)].filter((sentence) => sentence !== null)
}

/** `valid`, `valid for 7 of 8 cells`: a cell that has failed takes nothing from what was measured of the others. */
export function verdictInShort(result: Result): string {
  const { cells, verdict } = result
  const provoked = provokedIn(result)
  const left = cells.filter(
    ({ state, app, endpoint }) => state === 'measured' && !provoked.some((one) => one.app === app && one.endpoint === endpoint),
  )
  return verdict !== 'valid' || left.length === cells.length ? verdict : `${verdict} for ${left.length} of ${cells.length} cells`
}

function placesOf(cells: readonly Pick<Cell, 'app' | 'endpoint'>[]): string {
  return inShort(cells.map(({ app, endpoint }) => `${appId(app)} ${appId(endpoint)}`))
}

/** What cells were made to bring about, and did. */
function provokedIn({ cells }: Result): { app: string; endpoint: string; code: string }[] {
  return cells.flatMap(({ app, endpoint, findings, provokes = [] }) =>
    findings.flatMap(({ code }) => (provokes.includes(code) ? [{ app, endpoint, code }] : [])),
  )
}

/** The verdict of the run does not rest on what was brought about on purpose. */
function withoutProvoked(result: Result): Result {
  const unprovoked = ({ findings, provokes = [] }: Result['cells'][number]) =>
    findings.filter(({ code }) => !provokes.includes(code))
  return { ...result, cells: result.cells.map((cell) => ({ ...cell, findings: unprovoked(cell) })) }
}

/** A cell that is invalid as it was meant to be says nothing against the others, but its numbers must not be quoted either. */
function onPurpose(result: Result): string | null {
  const provoked = provokedIn(result)
  if (provoked.length === 0) return null
  const codes = [...new Set(provoked.map(({ code }) => plainText(code, LONGEST_CODE)))]
  return `Invalid as they were meant to be, and not to be quoted: ${placesOf(provoked)} (${codes.join(', ')})`
}
