import { decimalsOf, formatNumber, formatShare } from '../../report/format.ts'
import { escapeMarkdown } from '../../report/markdown.ts'
import { plainText } from '../../report/plain-text.ts'
import { wilsonInterval } from '../../statistics/wilson.ts'
import type { Judgement } from './section.ts'

const LONGEST_TEXT = 120

/** A text from the data as harmless Markdown, for blocks of the page. */
export function safe(text: string): string {
  return escapeMarkdown(plain(text))
}

/** A text from the data on one line, for what is escaped later: charts, tables, sentences. */
export function plain(text: string): string {
  return plainText(text, LONGEST_TEXT)
}

/** `1 run`, `3 runs`, `2 copies`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${formatNumber(number, 0)} ${number === 1 ? one : many}`
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

/** A number without an interval, with the digits of a half-width: `0.31`, `-0.31`, `4.7`. */
export function short(value: number): string {
  const size = Math.abs(value)
  return formatNumber(value, decimalsOf({ value: size, low: 0, high: 2 * size, level: 0 }))
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
  const byChance = !met && low <= wanted && wanted <= high ? '; within what chance alone does' : ''
  const measured = `${percent(share)} of ${formatNumber(of, 0)} ${what} (binomial 95 % interval ${shareInterval(hits, of)}${byChance})`
  return { measured, outcome: met ? 'met' : 'not met' }
}
