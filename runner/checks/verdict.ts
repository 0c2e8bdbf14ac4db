import type { Finding, Verdict } from '../result.ts'

/** The verdict that follows from findings: the worst severity; a note changes nothing. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === 'invalid')) return 'invalid'
  return findings.some(({ severity }) => severity === 'suspect') ? 'suspect' : 'valid'
}

/** The worst of several verdicts; valid for none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid'
  return verdicts.includes('suspect') ? 'suspect' : 'valid'
}
