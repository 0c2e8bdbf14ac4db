import type { Finding } from '../result.ts'
import { finding } from './registry.ts'

/** The server's CPU is the resource to be exhausted; below this share something else was. Thresholds of methodology.md, "Validity". */
const BUSY_ENOUGH = 0.93
const HARDLY_BUSY = 0.85
const TRUSTED_ROUNDS = 6

/** What the checks of one cell look at. */
export interface CellFacts {
  readonly rounds: number
  /** Half-width of the ratio, percent; null: no interval, or the baseline, whose ratio is 1 by definition. */
  readonly halfWidthPercent: number | null
  readonly precisionPercent: number | null
  readonly serverBusy: number
  readonly loadBusy: number | null
  readonly reconnects: number
  /** The driver cannot keep the server busy and does not try to. */
  readonly driverSleeps: boolean
}

/** Findings of one measured cell. */
export function checkCell(facts: CellFacts): Finding[] {
  const { rounds, halfWidthPercent, precisionPercent, serverBusy, loadBusy, reconnects } = facts
  const findings: Finding[] = []
  if (rounds < 2) findings.push(finding('too-few-rounds', { rounds }))
  else if (rounds < TRUSTED_ROUNDS) findings.push(finding('few-rounds', { rounds }))
  if (precisionPercent !== null && halfWidthPercent !== null && halfWidthPercent > precisionPercent) {
    findings.push(finding('precision-not-reached', { halfWidthPercent, precisionPercent }))
  }
  if (!facts.driverSleeps && serverBusy < HARDLY_BUSY) findings.push(finding('server-idle', { serverBusy, loadBusy }))
  else if (serverBusy < BUSY_ENOUGH) findings.push(finding('load-generator-bound', { serverBusy, loadBusy }))
  if (reconnects > 0) findings.push(finding('reconnects', { reconnects }))
  return findings
}
