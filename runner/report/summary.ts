import { areTied, type Ranked, tieGroups } from '../analysis/ranking.ts'
import { appId, formatHalfWidth, formatRelativeWidth, formatValue } from '../result/format.ts'
import type { Estimate, MeasuredCell, Overall, Result } from '../result/model.ts'
import { listInWords } from '../result/plain-text.ts'
import { isRanked } from './cell-columns.ts'
import { codesOf } from './findings.ts'
import { nothingAgainst, problemsOf, withoutNumbers } from './verdict-line.ts'

/** More names than this make no sentence. */
const MOST_NAMES = 5

type Entry = Ranked & Pick<Overall, 'ratio'> & { readonly overhead: Estimate | null }

/**
 * The run in one sentence: what every app costs over the baseline, and which apps cannot be told apart. Nothing is said about the
 * order of apps whose ranks overlap, and nothing is compared at all when the run is invalid. Of a study it is the verdict alone.
 */
export function summarise(result: Result): string {
  if (result.verdict === 'invalid') {
    const codes = codesOf(result, 'invalid')
    return `This run is invalid${codes.length === 0 ? '' : ` (${codes.join(', ')})`}: its numbers must not be compared or quoted.`
  }
  const missing = withoutNumbers(result)
  // A study has an answer of its own, and dozens of cells: who is tied with whom is no sentence any more.
  if (result.answer !== null) {
    const verdict = result.verdict === 'suspect' ? `The run is suspect (${problemsOf(result)}).` : nothingAgainst(result)
    return missing === null ? verdict : `${missing}. ${verdict}`
  }
  const { where, entries } = subject(result)
  const baseline = entries.find(({ app }) => app === result.baseline)
  const clauses = baseline === undefined ? [] : costClauses(entries, baseline)
  const ties = tieGroups(entries).map((group) => `${names(group)} cannot be told apart`)
  const said = [
    ...(clauses.length === 0 ? [] : [`${where} ${listInWords(clauses)}`]),
    ...(clauses.length === 0 ? ties.map((tie) => `${where} ${tie}`) : ties),
  ]
  // What has no numbers anywhere is named for that.
  const measured = new Set(result.cells.filter(({ state }) => state === 'measured').map(({ app }) => app))
  const unranked = result.apps.map(({ id }) => id).filter((id) => measured.has(id) && !entries.some(({ app }) => app === id))
  const sentences = [
    ...(said.length === 0 ? [`${where} there is nothing to compare yet`] : said),
    ...(unranked.length === 0 ? [] : [`${names(unranked)} ${unranked.length === 1 ? 'has' : 'have'} no rank`]),
    ...(missing === null ? [] : [missing]),
    ...(result.verdict === 'suspect' ? [`the run is suspect (${problemsOf(result)})`] : []),
  ]
  return `${sentences.join('; ')}.`
}

/** One endpoint speaks in microseconds, several in their geometric mean. */
function subject(result: Result): { where: string; entries: Entry[] } {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  if (endpoints.length > 1 && result.overall.length > 0) {
    const entries = result.overall.flatMap((entry) => ranked(entry, null))
    return { where: `Over the endpoints ${listInWords(endpoints.map(appId))}`, entries: byPlace(entries) }
  }
  const cells = result.cells.filter((cell): cell is MeasuredCell => cell.state === 'measured' && cell.endpoint === endpoints[0])
  const entries = cells.flatMap((cell) => ranked(cell, cell.overheadMicroseconds))
  return {
    where: endpoints[0] === undefined ? 'In this run' : `On the ${appId(endpoints[0])} endpoint`,
    entries: byPlace(entries),
  }
}

function ranked(
  entry: Pick<MeasuredCell, 'app' | 'ratio' | 'rank' | 'apartFrom' | 'verdict'>,
  overhead: Estimate | null,
): Entry[] {
  const { app, rank, ratio, apartFrom } = entry
  return rank !== null && isRanked(entry) ? [{ app, rank, ratio, apartFrom, overhead }] : []
}

function byPlace(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.rank.low - b.rank.low || a.ratio.value - b.ratio.value)
}

function costClauses(entries: readonly Entry[], baseline: Entry): string[] {
  const different = entries.filter((entry) => entry !== baseline && !areTied(entry, baseline))
  const clauses = different.slice(0, MOST_NAMES).map((entry, index) => clause(entry, appId(baseline.app), index === 0))
  const rest = different.length - clauses.length
  return rest === 0 ? clauses : [...clauses, `${rest} more as in the table`]
}

function clause({ app, ratio, overhead }: Entry, baseline: string, isFirst: boolean): string {
  if (overhead === null) {
    const times = `${formatValue(ratio)} times (${formatRelativeWidth(ratio)})`
    return isFirst ? `${appId(app)} costs ${times} the CPU per request of ${baseline}` : `${appId(app)} ${times}`
  }
  const direction = overhead.value < 0 ? 'less' : 'more'
  const size = { ...overhead, value: Math.abs(overhead.value), ...mirrored(overhead) }
  const amount = `${formatValue(size)} µs (${formatHalfWidth(size)}) ${direction}`
  return isFirst ? `${appId(app)} costs ${amount} CPU per request than ${baseline}` : `${appId(app)} ${amount}`
}

/** The interval of the size of a negative number. */
function mirrored({ value, low, high }: Estimate): { low: number | null; high: number | null } {
  if (value >= 0) return { low, high }
  return { low: high === null ? null : -high, high: low === null ? null : -low }
}

function names(apps: readonly string[]): string {
  return listInWords(apps.map(appId))
}
