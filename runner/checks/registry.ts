import type { Finding } from '../result.ts'
import type { Facts, FindingKind } from './findings/finding-kind.ts'
import { loadFindings } from './findings/load-findings.ts'
import { roundFindings } from './findings/round-findings.ts'
import { runFindings } from './findings/run-findings.ts'

/** Every kind of finding there is. Verdicts follow from these severities alone. */
export const findingKinds = { ...loadFindings, ...roundFindings, ...runFindings } as const satisfies Record<string, FindingKind>

export type FindingCode = keyof typeof findingKinds

/** A finding of a registered kind. */
export function finding(code: FindingCode, facts: Facts): Finding {
  const kind: FindingKind = findingKinds[code]
  return { code, severity: kind.severity, message: kind.message(facts), advice: kind.advice, facts }
}
