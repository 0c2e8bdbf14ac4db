import { appId } from '../result/format.ts'
import type { Finding, Result, Severity } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'

const LONGEST_CODE = 60
const LONGEST_MESSAGE = 400
/** Of one group; a good run of many cells has notes on many of them, and they shall not hide what matters. */
const mostFacts: Readonly<Record<Severity, number>> = { invalid: 6, suspect: 6, note: 3 }
const MOST_NAMES = 3
const worstFirst: readonly Severity[] = ['invalid', 'suspect', 'note']

/** All findings of one kind that ask for the same thing to be done. */
export interface FindingGroup {
  readonly severity: Severity
  readonly code: string
  readonly advice: string
  readonly facts: readonly {
    /** `koa lookup`, `koa lookup, koa table`, `20 cells`; null: the whole run. */
    readonly where: string | null
    readonly message: string
  }[]
}

/**
 * Findings of the run and its cells, grouped by severity, code and advice, the worst first. What many cells share is said once; the
 * overall figures have no findings of their own, only those of their cells.
 */
export function groupFindings(result: Result): FindingGroup[] {
  const groups = new Map<string, { group: Omit<FindingGroup, 'facts'>; places: Map<string, (string | null)[]> }>()
  for (const { finding, where } of allFindings(result)) {
    const { severity } = finding
    const code = plainText(finding.code, LONGEST_CODE)
    const advice = plainText(finding.advice, LONGEST_MESSAGE)
    const message = plainText(finding.message, LONGEST_MESSAGE)
    const key = JSON.stringify([severity, code, advice])
    const known = groups.get(key) ?? { group: { severity, code, advice }, places: new Map() }
    known.places.set(message, [...(known.places.get(message) ?? []), where])
    groups.set(key, known)
  }
  return [...groups.values()]
    .map(({ group, places }) => ({ ...group, facts: condense(places, mostFacts[group.severity]) }))
    .sort((a, b) => worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity))
}

/** One fact per message; a message of the whole run needs no list of its cells, and a long list is cut with a count. */
function condense(places: ReadonlyMap<string, readonly (string | null)[]>, most: number): FindingGroup['facts'] {
  const facts = [...places].map(([message, where]) => ({ where: where.includes(null) ? null : inShort(where), message }))
  if (facts.length <= most) return facts
  const hidden = facts.length - most + 1
  return [...facts.slice(0, most - 1), { where: null, message: `and ${hidden} more of this kind, in result.json` }]
}

/** `koa lookup, koa table`, `20 cells`. */
export function inShort(places: readonly (string | null)[]): string {
  return places.length <= MOST_NAMES ? places.join(', ') : `${places.length} cells`
}

/** Codes of the findings of one severity, each once. */
export function codesOf(result: Result, severity: Severity): string[] {
  const codes = groupFindings(result).flatMap((group) => (group.severity === severity ? [group.code] : []))
  return [...new Set(codes)]
}

/** Findings of the run, and those of its cells with their place. */
export function allFindings(result: Result): { finding: Finding; where: string | null }[] {
  return [
    ...result.findings.map((finding) => ({ finding, where: null })),
    ...result.cells.flatMap(({ app, endpoint, findings }) =>
      findings.map((finding) => ({ finding, where: `${appId(app)} ${appId(endpoint)}` })),
    ),
  ]
}
