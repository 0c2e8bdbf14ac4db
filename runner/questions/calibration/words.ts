import type { AnswerPoint } from '../../result/answer.ts'
import { count, formatDuration, formatNumber, formatShare } from '../../result/format.ts'
import type { Estimate } from '../../result/model.ts'
import type { Interval } from '../../statistics/estimate.ts'
import { wilsonInterval } from '../../statistics/shares.ts'
import { total } from '../../statistics/summary.ts'
import type { Judgement } from './part.ts'
import type { RunTime } from './unit-run.ts'

/** The estimate, or nothing where there were too few rounds for an interval. */
export function bounded({ value, low, high, level }: Estimate): Interval[] {
  return low === null || high === null ? [] : [{ value, low, high, level }]
}

export function holds({ low, high }: Interval, truth: number): boolean {
  return low <= truth && truth <= high
}

/** `4.4 %`. */
export function percent(share: number): string {
  return `${formatShare(share)} %`
}

/** `2.1 to 8.8 %`: the binomial 95 % interval (Wilson) of a share. */
export function shareInterval(hits: number, of: number): string {
  const { low, high } = wilsonInterval(hits, of)
  return `${formatShare(low)} to ${percent(high)}`
}

/**
 * A share against its goal. Where the goal is missed but lies inside the binomial interval, chance may have done it, and the words
 * say so: of perfect 95 % intervals, half of all calibrations would miss by a little.
 * @param what is counted, after the number: `intervals exclude 1`
 */
export function judgeShare(
  hits: number,
  of: number,
  what: string,
  goal: { atMost: number } | { atLeast: number },
): Judgement | null {
  if (of === 0) return null
  const share = hits / of
  const { low, high } = wilsonInterval(hits, of)
  const wanted = 'atMost' in goal ? goal.atMost : goal.atLeast
  const met = 'atMost' in goal ? share <= wanted : share >= wanted
  const byChance = !met && low <= wanted && wanted <= high ? '; chance alone may have done that' : ''
  const measured = `${percent(share)} of ${formatNumber(of, 0)} ${what} (binomial 95 % interval ${shareInterval(hits, of)}${byChance})`
  return judged(measured, met)
}

/** `20 runs of 6 rounds, 43 s each (64 % of it measuring)`. */
export function effortOf(runs: readonly RunTime[]): string {
  const wall = total(runs, ({ wallSeconds }) => wallSeconds)
  const measured = total(runs, ({ measuredSeconds }) => measuredSeconds)
  const numbers = runs.map(({ rounds }) => rounds)
  const each = runs.length === 1 ? '' : ' each on average'
  const share = wall > 0 ? ` (${formatShare(measured / wall)} % of it measuring)` : ''
  return `${count(runs.length, 'run')} of ${fromTo(numbers, 'round')}, ${formatDuration(wall / runs.length)}${each}${share}`
}

/** `6 rounds`, or `4 to 6 rounds` where numbers differ. */
export function fromTo(numbers: readonly number[], what: string): string {
  const [fewest, most] = [Math.min(...numbers), Math.max(...numbers)]
  return `${fewest === most ? '' : `${fewest} to `}${count(most, what)}`
}

/** `45 s`, `5 min`. */
export function lengthInWords(seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : formatDuration(seconds)
}

/** Runs are counted whatever their verdict: leaving out those that look bad would make the numbers look better than they are. */
export function verdictSentences(runs: readonly RunTime[]): string[] {
  const [suspect, invalid] = ['suspect', 'invalid'].map((wanted) => runs.filter(({ verdict }) => verdict === wanted).length)
  if (suspect === 0 && invalid === 0) return []
  return [
    `Of ${count(runs.length, 'run')} the suite itself called ${suspect} suspect and ${invalid} invalid; all are counted here.`,
  ]
}

/** `3 drifts have too few rounds for an interval.` */
export function tooFewRounds(number: number, what: string): string[] {
  return number === 0 ? [] : [`${count(number, what)} ${number === 1 ? 'has' : 'have'} too few rounds for an interval.`]
}

export function judged(measured: string, isMet: boolean): Judgement {
  return { measured, outcome: isMet ? 'met' : 'not met' }
}

/** A mark without an interval. */
export function dot(series: string, x: string | number, y: number, panel: string | null = null): AnswerPoint {
  return { panel, series, x, y, low: null, high: null }
}
