import type { Estimate, Result } from './model.ts'
import { plainText } from './plain-text.ts'

/** Below this the digits of a number are noise of the arithmetic, not of the measurement. */
const MOST_DECIMALS = 6
/** Digits shown of a number that has no width to go by. */
const DIGITS_WITHOUT_WIDTH = 3

/** The longer arm of the interval, in the unit of the value; null when neither end is known. */
export function halfWidth({ value, low, high }: Estimate): number | null {
  const arms = [low === null ? null : value - low, high === null ? null : high - value].filter((arm) => arm !== null)
  return arms.length === 0 ? null : Math.max(...arms)
}

/**
 * Decimals worth showing of an estimate; negative for a number to be rounded to tens or hundreds. The only place that decides it.
 *
 * The half-width keeps two significant digits up to 35 and one above (the rule of the Particle Data Group, "Review of Particle
 * Physics", introduction 5.3): 0.012 and 0.005, never 0.0123, so the last digit shown always means something.
 */
export function decimalsOf(estimate: Estimate): number {
  const width = halfWidth(estimate)
  if (width === 0 && Number.isInteger(estimate.value)) return 0
  if (width === null || !(width > 0) || !Number.isFinite(width)) return decimalsOfPlain(estimate.value)
  const exponent = Math.floor(Math.log10(width))
  const leading = width / 10 ** exponent
  const ofWidth = leading < 3.55 ? 1 - exponent : -exponent
  return Math.min(MOST_DECIMALS, Math.max(ofWidth, leastDecimals(estimate, width)))
}

/** A cost or a rate, which cannot be zero, keeps one digit however wide its interval is. A difference may well round to zero. */
function leastDecimals({ value, low }: Estimate, width: number): number {
  const cannotBeZero = low !== null && low > 0
  return cannotBeZero && value < width ? -Math.floor(Math.log10(value)) : Number.NEGATIVE_INFINITY
}

/** By decimals. A small negative number is rounded to 0.0: "-0.0" reads as if the sign were known. */
const grouped = Array.from({ length: MOST_DECIMALS + 1 }, (_, digits) => {
  return new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative' })
})

/** `1,234.50`: rounded to the given decimals (negative: tens, hundreds), with commas between thousands; `?` for what is no number. */
export function formatNumber(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return '?'
  const step = 10 ** Math.max(0, -decimals)
  const rounded = decimals > 0 ? value.toFixed(decimals) : (Math.round(value / step) * step).toFixed(0)
  return grouped[Math.max(0, decimals)]!.format(rounded as `${number}`)
}

/** The value alone, with as many digits as its interval allows. */
export function formatValue(estimate: Estimate): string {
  return formatNumber(estimate.value, decimalsOf(estimate))
}

/** `[1.455, 1.479]`; empty for a value that is exact, such as the baseline's ratio to itself. */
export function formatInterval(estimate: Estimate): string {
  if (halfWidth(estimate) === 0) return ''
  const decimals = decimalsOf(estimate)
  return `[${formatNumber(estimate.low, decimals)}, ${formatNumber(estimate.high, decimals)}]`
}

/** `1.467 [1.455, 1.479]`; `1.47 [?, ?]` when there are too few rounds to say. */
export function formatEstimate(estimate: Estimate): string {
  return `${formatValue(estimate)} ${formatInterval(estimate)}`.trimEnd()
}

/** `+1.2 [-0.8, 3.1] %`: by how much a ratio and its interval are above 1. */
export function formatChange({ value, low, high }: Pick<Estimate, 'value' | 'low' | 'high'>): string {
  const percent = (ratio: number | null) => formatNumber(ratio === null ? null : (ratio - 1) * 100, 1)
  return `${value > 1 ? '+' : ''}${percent(value)} [${percent(low)}, ${percent(high)}] %`
}

/** `±0.012`, the longer arm in the unit of the value. */
export function formatHalfWidth(estimate: Estimate): string {
  return `±${formatNumber(halfWidth(estimate), decimalsOf(estimate))}`
}

/** `±0.8 %`, the longer arm as a share of the value. */
export function formatRelativeWidth(estimate: Estimate): string {
  const width = halfWidth(estimate)
  const percent = width === null || estimate.value === 0 ? null : (100 * width) / Math.abs(estimate.value)
  return formatPlusMinusPercent(percent)
}

/** `±0.8 %` for a half-width that is known in percent; `±? %` for null. */
export function formatPlusMinusPercent(percent: number | null): string {
  if (percent === null) return '±? %'
  return `±${formatNumber(percent, decimalsOf({ value: percent, low: 0, high: 2 * percent, level: 0 }))} %`
}

/** A share from 0 to 1 in percent without the sign: `97`, `4.2`; `?` for null. */
export function formatShare(share: number | null): string {
  if (share === null) return '?'
  return formatNumber(100 * share, Math.abs(share) < 0.0995 && share !== 0 ? 1 : 0)
}

/** `12.5 s`, `45 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?'
  if (seconds < 9.95) return `${formatNumber(seconds, 1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const two = (part: number) => String(part).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** `1`, or `2–3` where places cannot be told apart; `–` for what has no place. */
export function formatRank(rank: { readonly low: number; readonly high: number } | null): string {
  if (rank === null) return '–'
  return rank.low === rank.high ? String(rank.low) : `${rank.low}–${rank.high}`
}

/** `95 %`, `99.5 %` for a confidence level from 0 to 1. */
export function formatLevel(level: number): string {
  return `${Number((100 * level).toFixed(2))} %`
}

function decimalsOfPlain(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0
  const exponent = Math.floor(Math.log10(Math.abs(value)))
  return Math.min(MOST_DECIMALS, Math.max(0, DIGITS_WITHOUT_WIDTH - 1 - exponent))
}

/** `1 run`, `3 runs`, `2 copies`, `0.5 minutes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${Number.isInteger(number) ? formatNumber(number, 0) : number} ${number === 1 ? one : many}`
}

const LONGEST_TITLE = 40
const LONGEST_VERSION = 24
const LONGEST_START = 80
const LONGEST_ID = 60

/** An app's id, safe to print. */
export function appId(id: string): string {
  return plainText(id, LONGEST_ID)
}

/** `Fastify 5.12.8`, `My server 1.0.0 (skeleton)`: the id is told when the title does not give it away. */
export function appName(result: Result, id: string): string {
  const facts = result.apps.find((app) => app.id === id)
  if (facts === undefined) return appId(id)
  const title = plainText(facts.title, LONGEST_TITLE)
  const name = facts.version === null ? title : `${title} ${plainText(facts.version, LONGEST_VERSION)}`
  const started = plainText(startedWith(result, facts), LONGEST_START)
  return [obviousId(facts.title) === id ? name : `${name} (${appId(id)})`, ...(started === '' ? [] : [started])].join(', ')
}

/** `--max-semi-space-size=16 A=1`: what an app is started with beside the flags of the run, as it is; empty: nothing. */
export function startedWith({ options }: Result, { nodeFlags, env }: Result['apps'][number]): string {
  const variables = Object.entries(env).map((pair) => pair.join('='))
  return [...nodeFlags.slice(options.nodeFlags.length), ...variables].join(' ')
}

/** The id that somebody would give to an app of this title. */
export function obviousId(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
