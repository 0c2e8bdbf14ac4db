import type { Estimate, Finding, StopReason } from '../result.ts'
import { finding } from './registry.ts'

/** Two copies of one server further apart than this are a fault of the run, whatever else it says. */
const CREDIBLE_DIFFERENCE = 0.01

export interface RunFacts {
  readonly rounds: number
  /** Exact number of rounds asked for; null: none. */
  readonly wantedRounds: number | null
  readonly stoppedBecause: StopReason
  readonly cpuAccounting: 'schedstat' | 'process.cpuUsage' | 'simulated'
  /** Why nothing is pinned; null: pinned. */
  readonly notPinnedBecause: string | null
  readonly driver: { readonly id: string; readonly sleeps: boolean }
}

/** Findings of the whole run. */
export function checkRun(facts: RunFacts): Finding[] {
  const findings: Finding[] = []
  if (facts.cpuAccounting === 'simulated') findings.push(finding('simulated', {}))
  if (facts.cpuAccounting === 'process.cpuUsage') findings.push(finding('coarse-cpu-accounting', {}))
  if (facts.notPinnedBecause !== null) findings.push(finding('not-pinned', { reason: facts.notPinnedBecause }))
  if (facts.driver.sleeps) findings.push(finding('sleeping-load-generator', { driver: facts.driver.id }))
  if (facts.stoppedBecause === 'failed') findings.push(finding('cut-short', { rounds: facts.rounds }))
  if (facts.stoppedBecause === 'time' && facts.wantedRounds !== null && facts.rounds < facts.wantedRounds) {
    findings.push(finding('rounds-not-reached', { rounds: facts.rounds, wanted: facts.wantedRounds }))
  }
  if (facts.stoppedBecause === 'interrupted') findings.push(finding('interrupted', { rounds: facts.rounds }))
  return findings
}

/** The A/A finding of one endpoint, or none: it holds for every cell of that endpoint. */
export function checkIdentical(endpoint: string, ratio: Estimate): Finding[] {
  if (copiesAgree(ratio)) return []
  const facts = { endpoint, ratio: ratio.value, low: ratio.low, high: ratio.high }
  const far = Math.abs(Math.log(ratio.value)) > Math.log1p(CREDIBLE_DIFFERENCE)
  return [finding(far ? 'identical-differ' : 'identical-slightly-differ', facts)]
}

/** True when the interval of an A/A ratio holds 1, or is not known. */
export function copiesAgree({ low, high }: Estimate): boolean {
  return low === null || high === null || (low <= 1 && high >= 1)
}
