import { areTied, type Ranked, tieGroups } from '../analysis/ranking.ts'
import { appId, formatHalfWidth, formatRelativeWidth, formatValue } from '../result/format.ts'
import type { Estimate, MeasuredCell, Overall, Result } from '../result/model.ts'
import { listInWords } from '../result/plain-text.ts'
import { isRanked } from './cells.ts'
import { codesOf, nothingAgainst, problemsOf, withoutNumbers } from './findings.ts'

/** More names than this make no sentence. */
const MOST_NAMES = 5

type Entry = Ranked & Pick<Overall, 'ratio'> & Partial<Pick<MeasuredCell, 'overheadMicroseconds'>>

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
  const clauses = costClauses(entries, result.baseline)
  const said = [
    ...(clauses.length === 0 ? [] : [listInWords(clauses)]),
    ...tieGroups(entries).map((group) => `${names(group)} cannot be told apart`),
  ]
  // What has no numbers anywhere is named for that.
  const measured = new Set(result.cells.filter(({ state }) => state === 'measured').map(({ app }) => app))
  const unranked = result.apps.map(({ id }) => id).filter((id) => measured.has(id) && !entries.some(({ app }) => app === id))
  const [first = 'there is nothing to compare yet', ...others] = said
  const sentences = [
    `${where} ${first}`,
    ...others,
    ...(unranked.length === 0 ? [] : [`${names(unranked)} ${unranked.length === 1 ? 'has' : 'have'} no rank`]),
    ...(missing === null ? [] : [missing]),
    ...(result.verdict === 'suspect' ? [`the run is suspect (${problemsOf(result)})`] : []),
  ]
  return `${sentences.join('; ')}.`
}

/** One endpoint speaks in microseconds, several in their geometric mean; the best place first. */
function subject(result: Result): { where: string; entries: Entry[] } {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const isOverall = endpoints.length > 1 && result.overall.length > 0
  const measured = result.cells.filter((cell) => cell.state === 'measured').filter(({ endpoint }) => endpoint === endpoints[0])
  const entries: readonly (MeasuredCell | Overall)[] = isOverall ? result.overall : measured
  const on = endpoints[0] === undefined ? 'In this run' : `On the ${appId(endpoints[0])} endpoint`
  return {
    where: isOverall ? `Over the endpoints ${listInWords(endpoints.map(appId))}` : on,
    entries: entries.filter(isRanked).sort((a, b) => a.rank.low - b.rank.low || a.ratio.value - b.ratio.value),
  }
}

function costClauses(entries: readonly Entry[], baselineId: string): string[] {
  const baseline = entries.find(({ app }) => app === baselineId)
  if (baseline === undefined) return []
  const different = entries.filter((entry) => entry !== baseline && !areTied(entry, baseline))
  const clauses = different.slice(0, MOST_NAMES).map((entry, index) => clause(entry, appId(baselineId), index === 0))
  const rest = different.length - clauses.length
  return rest === 0 ? clauses : [...clauses, `${rest} more as in the table`]
}

function clause({ app, ratio, overheadMicroseconds: overhead }: Entry, baseline: string, isFirst: boolean): string {
  if (overhead === undefined) {
    const times = `${formatValue(ratio)} times (${formatRelativeWidth(ratio)})`
    return isFirst ? `${appId(app)} costs ${times} the CPU per request of ${baseline}` : `${appId(app)} ${times}`
  }
  const size = overhead.value < 0 ? opposite(overhead) : overhead
  const amount = `${formatValue(size)} µs (${formatHalfWidth(size)}) ${overhead.value < 0 ? 'less' : 'more'}`
  return isFirst ? `${appId(app)} costs ${amount} CPU per request than ${baseline}` : `${appId(app)} ${amount}`
}

function opposite({ value, low, high, level }: Estimate): Estimate {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low, level }
}

function names(apps: readonly string[]): string {
  return listInWords(apps.map(appId))
}
