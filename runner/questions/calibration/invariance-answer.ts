import { rescaled } from '../../analysis/estimates.ts'
import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { count, formatEstimate, formatPlusMinusPercent } from '../../result/format.ts'
import type { Estimate } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { bounded as boundedOf, differenceOfMeans, estimateMeans, type MeanEstimate } from '../../statistics/estimate.ts'
import { holm } from '../../statistics/ranks.ts'
import type { InvariancePart } from './data.ts'
import type { Judgement, PartAnswer } from './part.ts'
import { bounded, fromTo, judged, tooFewRounds } from './words.ts'

/** Chance of even one false claim in the whole part (Holm). */
const FALSE_CLAIM = 0.05

/** Known mechanisms by the id of a factor, not findings of a calibration: the page calls them possible. */
const POSSIBLE_REASONS = new Map(
  Object.entries({
    'load-generator':
      'a client that sleeps has to be woken inside the write of the server, and the server pays for it; a slow server leaves the client idle more often and pays more often',
    slice: 'in a short slice a larger share is spent with cold caches, in a long one the apps are measured farther apart in time',
    connections:
      'with many connections the server answers more requests per turn of its event loop, and shares the cost of a turn; with few, buffers and sockets stay in the cache of the CPU',
    cpu: 'CPUs of one machine may have unequal interrupts, neighbours or clock frequencies',
    neighbours: 'the app before leaves its own data in the caches',
    order: 'the app before leaves its own data in the caches, and the machine changes within a block',
  }),
)

type Factor = InvariancePart['factors'][number]
type Cell = Factor['settings'][number]['cells'][number]

export function invarianceAnswer(part: InvariancePart): PartAnswer | null {
  const { factors } = part
  const differences = invarianceFigures(part)
  if (differences.length === 0) return null
  const rows = rowsOf(factors, differences)
  const rounds = factors.flatMap(({ settings }) => settings.map((setting) => setting.rounds))
  const unknown = differences.filter(({ differencePercent }) => differencePercent.low === null).length
  return {
    judgements: [judge(part, differences)],
    sentences: factors.flatMap((factor) => factorSentence(factor, differences)),
    tables: [table(rows)],
    charts: [...Map.groupBy(rows, ({ endpoint }) => endpoint)]
      .map(([endpoint, own], index) => chart(endpoint, own, index, factors.length))
      .filter(({ points }) => points.length > 0),
    limits: tooFewRounds(unknown, 'difference'),
    effort: `${count(factors.length, 'factor')}, ${count(rounds.length, 'setting')} of ${fromTo(rounds, 'round')} each, taken in turns`,
  }
}

export type SettingDifference = ReturnType<typeof invarianceFigures>[number]

/**
 * Every ratio under a setting that is not the default, beside the same ratio under the default of its factor; pure. `differencePercent` is
 * what the setting does to the ratio: 2 means 2 % larger, with the 95 % interval for one at a time. `adjustedP` is adjusted for all of the
 * part (Holm), and `proven` means not equal to the default, at 5 % for the part as a whole.
 */
export function invarianceFigures({ factors }: Pick<InvariancePart, 'factors'>) {
  const pairs = factors.flatMap(pairsOf)
  const found = new Map([
    ...pairedDifferences(pairs.filter(({ paired }) => paired)),
    ...independentDifferences(pairs.filter(({ paired }) => !paired)),
  ])
  const adjusted = holm(pairs.map((pair) => found.get(pair)!.pValue))
  return pairs.map((pair, index) => {
    const { app, endpoint } = pair.cell
    const adjustedP = adjusted[index]!
    // What a difference of logs does to a ratio.
    const differencePercent = rescaled(boundedOf(found.get(pair)!), (log) => Math.expm1(log) * 100)
    return { ...pair, app, endpoint, differencePercent, adjustedP, proven: adjustedP < FALSE_CLAIM }
  })
}

type Pair = ReturnType<typeof pairsOf>[number]

/** Paired are cells of the same rounds, to be compared round by round; others are from rounds of their own. */
function pairsOf({ id, settings }: Factor) {
  const standard = settings.find(({ isDefault }) => isDefault)?.cells ?? []
  const cells = settings.filter(({ isDefault }) => !isDefault).flatMap((one) => one.cells.map((cell) => ({ ...one, cell })))
  return cells.flatMap(({ label, cell }) => {
    const byDefault = standard.find(({ app, endpoint }) => app === cell.app && endpoint === cell.endpoint)
    if (byDefault === undefined) return []
    const rounds = new Set(byDefault.perRound.map(({ round }) => round))
    return { factor: id, setting: label, cell, byDefault, paired: cell.perRound.some(({ round }) => rounds.has(round)) }
  })
}

type Difference = [Pair, Omit<MeanEstimate, 'rounds'>]

/** Within rounds, so that what chance gave to the processes of a round cancels. */
function pairedDifferences(pairs: readonly Pair[]): Difference[] {
  const columns = pairs.map(({ cell, byDefault }) => {
    const standard = new Map(byDefault.perRound.map(({ round, ratio }) => [round, ratio]))
    return cell.perRound.map(({ round, ratio }) => Math.log(ratio / (standard.get(round) ?? Number.NaN)))
  })
  return estimateMeans(columns).map((difference, index) => [pairs[index]!, difference])
}

/** Between rounds; the variances of all cells together say what a usual one is. */
function independentDifferences(pairs: readonly Pair[]): Difference[] {
  // What a cell is made of, as a key: the default setting is in every factor, and must not be taken for several.
  const keyOf = ({ app, endpoint, perRound }: Cell) => JSON.stringify([app, endpoint, perRound])
  const cells = new Map(pairs.flatMap(({ cell, byDefault }) => [byDefault, cell]).map((cell) => [keyOf(cell), cell]))
  const means = estimateMeans([...cells.values()].map(({ perRound }) => perRound.map(({ ratio }) => Math.log(ratio))))
  const meanOf = new Map([...cells.keys()].map((key, index) => [key, means[index]!]))
  return pairs.map((pair) => [pair, differenceOfMeans(meanOf.get(keyOf(pair.cell))!, meanOf.get(keyOf(pair.byDefault))!)])
}

function judge(part: InvariancePart, differences: readonly SettingDifference[]): Judgement {
  const proven = differences.filter((one) => one.proven)
  const size = ({ differencePercent }: SettingDifference) => Math.abs(differencePercent.value)
  const largest = proven.toSorted((a, b) => size(b) - size(a))[0]
  const title = part.factors.find(({ id }) => id === largest?.factor)?.title
  const example = largest === undefined ? '' : `, the largest is ${inWords(largest)} with ${title} ${largest.setting}`
  const are = proven.length === 1 ? 'is' : 'are'
  return judged(
    `${proven.length} of ${count(differences.length, 'difference')} to the default ${are} proven${example}`,
    proven.length === 0,
  )
}

/** Within what the ratio is the same, or by how much it is not, and what may be behind it. */
function factorSentence({ id, title }: Factor, all: readonly SettingDifference[]): string[] {
  const differences = all.filter(({ factor }) => factor === id)
  if (differences.length === 0) return []
  const settings = Map.groupBy(
    differences.filter(({ proven }) => proven),
    ({ setting }) => setting,
  )
  if (settings.size > 0) {
    const effects = [...settings].map(([setting, own]) => `with ${setting} ${listInWords(own.map(inWords))}`).join('; ')
    const reason = POSSIBLE_REASONS.get(id)
    return [`${title}: not invariant: ${effects}.${reason === undefined ? '' : ` Possible reason: ${reason}.`}`]
  }
  const bound = largestPossible(differences)
  if (bound === null) return [`${title}: too few rounds to say.`]
  return [
    `${title}: invariant within ${formatPlusMinusPercent(bound)}: no difference is proven, and no interval reaches farther.`,
  ]
}

/** The largest difference that the intervals of these settings leave possible, percent; null where one interval is not known. */
export function largestPossible(differences: readonly Pick<SettingDifference, 'differencePercent'>[]): number | null {
  const ends = differences.flatMap(({ differencePercent: { low, high } }) => [low, high])
  const known = ends.filter((end) => end !== null)
  return known.length === 0 || known.length < ends.length ? null : Math.max(...known.map(Math.abs))
}

/** `koa on hello +8.4 [7.4, 9.5] %` */
function inWords({ app, endpoint, differencePercent }: SettingDifference): string {
  return `${app} on ${endpoint} ${signed(differencePercent)} %`
}

function signed(estimate: Estimate): string {
  return `${estimate.value > 0 ? '+' : ''}${formatEstimate(estimate)}`
}

type Row = ReturnType<typeof rowsOf>[number]

/** The cells of one setting on one endpoint, each with its difference to the default, where it has one. */
function rowsOf(factors: readonly Factor[], differences: readonly SettingDifference[]) {
  const differenceOf = new Map(differences.map((difference) => [difference.cell, difference]))
  const settings = factors.flatMap(({ title, settings }) => settings.map((setting) => ({ ...setting, title })))
  return settings.flatMap(({ title, label, isDefault, cells }) => {
    const compared = cells.map((cell) => ({ ...cell, difference: differenceOf.get(cell) }))
    const setting = isDefault ? `${label} (default)` : label
    const byEndpoint = Map.groupBy(compared, ({ endpoint }) => endpoint)
    return [...byEndpoint].map(([endpoint, own]) => ({ title, setting, isDefault, endpoint, cells: own }))
  })
}

/** Per app a panel, per setting a row. */
function chart(endpoint: string, rows: readonly Row[], index: number, factors: number): AnswerChart {
  const points = rows.flatMap(({ title, setting, isDefault, cells }) =>
    cells.flatMap(({ app, ratio, difference }) => {
      const moved = difference?.proven === true ? 'proven different' : 'not told apart from the default'
      const series = isDefault ? 'default' : moved
      return bounded(ratio).flatMap((known) => mark(series, `${title}: ${setting}`, known, app))
    }),
  )
  const settings = new Set(points.map(({ x }) => x)).size
  return chartOf(
    {
      // Part of a file's name.
      id: `invariance-${/^[a-z0-9-]+$/.test(endpoint) ? endpoint : `endpoint-${index + 1}`}`,
      title: `The same comparison under other settings, ${endpoint}`,
      description: `ratios on ${endpoint} under ${count(settings, 'setting')} of ${count(factors, 'factor')}`,
      y: { title: 'times the CPU time of the baseline, the same in every row is best' },
      reference: null,
    },
    points,
  )
}

/** A row per setting and endpoint, two columns per app. */
function table(rows: readonly Row[]): AnswerTable {
  const apps = new Set(rows.flatMap(({ cells }) => cells.map(({ app }) => app)))
  const words = {
    id: 'invariance',
    title: 'Ratios by setting',
    note: 'Differences are of ln ratio, with 95 % intervals for one at a time. Proven: not zero at 5 % for all of this table together (Holm).',
    texts: 3,
  }
  const columnsOf = (app: string) => {
    const cellOf = ({ cells }: Row) => cells.find((cell) => cell.app === app)
    return {
      [`${app}: ratio`]: (row: Row) => cellOf(row)?.ratio,
      [`${app}: difference to the default, %`](row: Row) {
        const difference = cellOf(row)?.difference
        return difference === undefined ? '' : `${signed(difference.differencePercent)}${difference.proven ? ', proven' : ''}`
      },
    }
  }
  return tableOf<Row>(words, rows, {
    factor: ({ title }) => title,
    setting: ({ setting }) => setting,
    endpoint: ({ endpoint }) => endpoint,
    ...Object.assign({}, ...[...apps].map(columnsOf)),
  })
}
