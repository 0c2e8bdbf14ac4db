import type { Environment, Finding, StopReason } from '../../result.ts'
import { finding } from '../registry.ts'
import { COLD_MILLISECONDS, ENOUGH_OF_THE_WARM_UP } from '../thresholds.ts'

/** Characters: NODE_OPTIONS may hold a page. */
const LONGEST_OPTIONS = 80

/** What the run was measured with. */
export interface Conditions {
  readonly cpuAccounting: Environment['cpuAccounting']
  /** Why nothing is pinned; null: pinned. */
  readonly notPinnedBecause: string | null
  readonly driver: { readonly id: string; readonly sleeps: boolean }
  /** What the caller has set for Node; null: nothing. */
  readonly callerNodeOptions: string | null
  readonly warmUpMilliseconds: number
  readonly wantedWarmUpMilliseconds: number
}

/** Were the means what they should be? */
export function checkConditions(conditions: Conditions): Finding[] {
  const { cpuAccounting, notPinnedBecause, driver, warmUpMilliseconds: done, wantedWarmUpMilliseconds: wanted } = conditions
  const { callerNodeOptions: nodeOptions } = conditions
  return [
    ...(done < wanted * ENOUGH_OF_THE_WARM_UP
      ? [
          finding(done < COLD_MILLISECONDS ? 'cold-apps' : 'short-warm-up', {
            seconds: done / 1000,
            wantedSeconds: wanted / 1000,
          }),
        ]
      : []),
    ...(done < COLD_MILLISECONDS && done >= wanted && cpuAccounting !== 'simulated'
      ? [finding('cold-by-option', { seconds: done / 1000 })]
      : []),
    ...(cpuAccounting === 'simulated' ? [finding('simulated', {})] : []),
    ...(cpuAccounting === 'process.cpuUsage' || cpuAccounting === 'ticks' ? [finding('coarse-cpu-accounting', {})] : []),
    ...(notPinnedBecause === null ? [] : [finding('not-pinned', { reason: notPinnedBecause })]),
    ...(nodeOptions === null ? [] : [finding('node-options-not-passed', { nodeOptions: shortened(nodeOptions) })]),
    ...(driver.sleeps ? [finding('sleeping-load-generator', { driver: driver.id })] : []),
  ]
}

function shortened(text: string): string {
  return text.length <= LONGEST_OPTIONS ? text : `${text.slice(0, LONGEST_OPTIONS)}…`
}

/** How the run ended. */
export interface Ending {
  readonly rounds: number
  /** Exact number of rounds asked for; null: none. */
  readonly wantedRounds: number | null
  readonly stoppedBecause: StopReason
}

/** Did the run get to its end? */
export function checkEnding({ rounds, wantedRounds, stoppedBecause }: Ending): Finding[] {
  if (stoppedBecause === 'failed') return [finding('cut-short', { rounds })]
  if (stoppedBecause === 'interrupted') return [finding('interrupted', { rounds })]
  const missing = stoppedBecause === 'time' && wantedRounds !== null && rounds < wantedRounds
  return missing ? [finding('rounds-not-reached', { rounds, wanted: wantedRounds })] : []
}
