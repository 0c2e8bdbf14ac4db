import type { Finding, Result, Severity } from '../result.ts'
import { appId } from './app-name.ts'
import { plainText } from './plain-text.ts'

const LONGEST_CODE = 60
const LONGEST_MESSAGE = 400
const worstFirst: readonly Severity[] = ['invalid', 'suspect', 'note']

/** All findings of one kind that ask for the same thing to be done. */
export interface FindingGroup {
  readonly severity: Severity
  readonly code: string
  readonly advice: string
  readonly facts: readonly {
    /** `koa lookup`, `koa overall`; null: the whole run. */
    readonly where: string | null
    readonly message: string
  }[]
}

/** Findings of the run, its cells and its overall figures, grouped by severity, code and advice, the worst first. */
export function groupFindings(result: Result): FindingGroup[] {
  const groups = new Map<string, FindingGroup & { facts: { where: string | null; message: string }[] }>()
  for (const { finding, where } of allFindings(result)) {
    const { severity } = finding
    const code = plainText(finding.code, LONGEST_CODE)
    const advice = plainText(finding.advice, LONGEST_MESSAGE)
    const key = JSON.stringify([severity, code, advice])
    const group = groups.get(key) ?? { severity, code, advice, facts: [] }
    group.facts.push({ where, message: plainText(finding.message, LONGEST_MESSAGE) })
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity))
}

/** Codes of the findings of one severity, each once. */
export function codesOf(result: Result, severity: Severity): string[] {
  const codes = groupFindings(result).flatMap((group) => (group.severity === severity ? [group.code] : []))
  return [...new Set(codes)]
}

/** What the verdict of the run rests on, in words: the codes of its worst severity. */
export function problemsOf(result: Result): string {
  const codes = result.verdict === 'valid' ? [] : codesOf(result, result.verdict)
  return codes.length === 0 ? 'no finding says why' : codes.join(', ')
}

/** The last line of a report: the verdict, what it rests on, and what it means for the reader. */
export function verdictLine(result: Result): string {
  const without = result.cells.filter((cell) => cell.state !== 'measured').length
  const missing = without === 0 ? '' : ` Cells without numbers: ${without} of ${result.cells.length}.`
  if (result.verdict === 'valid') return `Verdict: valid. No check found anything against these numbers.${missing}`
  if (result.verdict === 'suspect')
    return `Verdict: suspect (${problemsOf(result)}). Read the findings before you quote a number.${missing}`
  return `Verdict: invalid (${problemsOf(result)}). Do not quote these numbers; the findings say what to do.${missing}`
}

function allFindings(result: Result): { finding: Finding; where: string | null }[] {
  return [
    ...result.findings.map((finding) => ({ finding, where: null })),
    ...result.cells.flatMap(({ app, endpoint, findings }) =>
      findings.map((finding) => ({ finding, where: `${appId(app)} ${appId(endpoint)}` })),
    ),
    ...result.overall.flatMap(({ app, findings }) => findings.map((finding) => ({ finding, where: `${appId(app)} overall` }))),
  ]
}
