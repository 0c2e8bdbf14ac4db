import { STEADY_SHARE } from '../thresholds.ts'

/** True when enough of the elapsed time lies between the first answer of a slice and the closing of the gate to speak of a rate. */
export function isSteady(steadyNs: number, elapsedNs: number): boolean {
  return steadyNs > elapsedNs * STEADY_SHARE
}
