import { formatDuration, formatShare } from '../../report/format.ts'
import type { Verdict } from '../../result.ts'
import { count } from './phrases.ts'

interface Run {
  readonly rounds: number
  readonly wallSeconds: number
  readonly measuredSeconds: number
  readonly verdict: Verdict
}

/** `20 runs of 6 rounds, 43 s each (64 % of it measuring)`. */
export function effortOf(runs: readonly Run[]): string {
  const rounds = runs.map((run) => run.rounds)
  const [fewest, most] = [Math.min(...rounds), Math.max(...rounds)]
  const wall = runs.reduce((sum, run) => sum + run.wallSeconds, 0)
  const measured = runs.reduce((sum, run) => sum + run.measuredSeconds, 0)
  const range = fewest === most ? count(most, 'round') : `${fewest} to ${count(most, 'round')}`
  const each = runs.length === 1 ? '' : ' each on average'
  const share = wall > 0 ? ` (${formatShare(measured / wall)} % of it measuring)` : ''
  return `${count(runs.length, 'run')} of ${range}, ${formatDuration(wall / runs.length)}${each}${share}`
}

/** Runs are counted whatever their verdict: leaving out those that look bad would make the numbers look better than they are. */
export function verdictSentences(runs: readonly Run[]): string[] {
  const [suspect, invalid] = (['suspect', 'invalid'] as const).map(
    (verdict) => runs.filter((run) => run.verdict === verdict).length,
  )
  if (suspect === 0 && invalid === 0) return []
  return [
    `Of ${count(runs.length, 'run')} the suite itself called ${suspect} suspect and ${invalid} invalid; all are counted here.`,
  ]
}
