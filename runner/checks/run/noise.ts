import type { Environment, Finding } from '../../result.ts'
import { finding } from '../registry.ts'
import { DISTANCE_CHANGE, FOREIGN_SHARE, STEAL_SHARE } from '../thresholds.ts'

/** What the machine did beside the run: shares of the CPU time of the two CPUs in use, 0 to 1, and their distance; null: unknown. */
export interface NoiseShares {
  readonly stealShare: number | null
  readonly foreignShare: number | null
  readonly cpuDistanceNanoseconds: Environment['cpuDistanceNanoseconds']
}

/** Who else used the CPUs, and did they stay where they were? */
export function checkNoise({ stealShare, foreignShare, cpuDistanceNanoseconds: distance }: NoiseShares): Finding[] {
  return [
    ...(stealShare !== null && stealShare > STEAL_SHARE ? [finding('steal', { share: stealShare })] : []),
    ...(foreignShare !== null && foreignShare > FOREIGN_SHARE ? [finding('foreign-cpu', { share: foreignShare })] : []),
    ...(distance !== null && distance.high > distance.low * DISTANCE_CHANGE
      ? [finding('cpu-distance-changed', { ...distance })]
      : []),
  ]
}
