import type { Estimate } from '../../../result/model.ts'
import { differenceOfMeans, estimateMeans, type MeanEstimate } from '../../../statistics/estimate.ts'
import { holm } from '../../../statistics/holm.ts'
import type { InvariancePart } from '../data.ts'

/** Chance of even one false claim in the whole part (Holm). */
const FALSE_CLAIM = 0.05

type Factor = InvariancePart['factors'][number]
type Setting = Factor['settings'][number]
type Cell = Setting['cells'][number]

/** One ratio under one setting beside the same ratio under the default setting. */
export interface SettingDifference {
  readonly factor: string
  readonly setting: string
  readonly app: string
  readonly endpoint: string
  /** What the setting does to the ratio, percent: 2 means that the ratio is 2 % larger than under the default. 95 %, for one at a time. */
  readonly differencePercent: Estimate
  /** Adjusted for all differences of the part (Holm). */
  readonly adjustedP: number
  /** Not equal to the default, at 5 % for the part as a whole. */
  readonly proven: boolean
  /** Both are from the same rounds, and were compared round by round; otherwise from rounds of their own. */
  readonly paired: boolean
}

interface Pair {
  readonly factor: string
  readonly setting: string
  readonly cell: Cell
  readonly byDefault: Cell
}

/** Every setting that is not the default against the default of its factor, cell by cell; pure. */
export function invarianceFigures({ factors }: Pick<InvariancePart, 'factors'>): SettingDifference[] {
  const pairs = factors.flatMap(pairsOf)
  const differences = [
    ...pairedDifferences(pairs.filter(sharesRounds)),
    ...independentDifferences(pairs.filter((pair) => !sharesRounds(pair))),
  ]
  const found = pairs.map((pair) => differences.find((one) => one.pair === pair)!.difference)
  const adjusted = holm(found.map(({ pValue }) => pValue))
  return pairs.map((pair, index) => ({
    factor: pair.factor,
    setting: pair.setting,
    app: pair.cell.app,
    endpoint: pair.cell.endpoint,
    differencePercent: asPercent(found[index]!),
    adjustedP: adjusted[index]!,
    proven: adjusted[index]! < FALSE_CLAIM,
    paired: sharesRounds(pair),
  }))
}

function pairsOf({ id, settings }: Factor): Pair[] {
  const standard = settings.find(({ isDefault }) => isDefault)?.cells ?? []
  return settings
    .filter(({ isDefault }) => !isDefault)
    .flatMap(({ label, cells }) =>
      cells.flatMap((cell) => {
        const byDefault = standard.find(({ app, endpoint }) => app === cell.app && endpoint === cell.endpoint)
        return byDefault === undefined ? [] : [{ factor: id, setting: label, cell, byDefault }]
      }),
    )
}

interface Difference {
  readonly pair: Pair
  readonly difference: Omit<MeanEstimate, 'rounds'>
}

/** Within rounds, so that what chance gave to the processes of a round cancels. */
function pairedDifferences(pairs: readonly Pair[]): Difference[] {
  const columns = pairs.map(({ cell, byDefault }) => {
    const standard = new Map(byDefault.perRound.map(({ round, ratio }) => [round, ratio]))
    return cell.perRound.map(({ round, ratio }) => Math.log(ratio / (standard.get(round) ?? Number.NaN)))
  })
  return estimateMeans(columns).map((difference, index) => ({ pair: pairs[index]!, difference }))
}

/** Between rounds; the variances of all cells together say what a usual one is. */
function independentDifferences(pairs: readonly Pair[]): Difference[] {
  // The default setting is in every factor, and must not be taken for several.
  const cells = [
    ...new Map(pairs.flatMap(({ cell, byDefault }) => [byDefault, cell]).map((cell) => [roundsOf(cell), cell])).values(),
  ]
  const means = estimateMeans(cells.map(({ perRound }) => perRound.map(({ ratio }) => Math.log(ratio))))
  const meanOf = new Map(cells.map((cell, index) => [roundsOf(cell), means[index]!]))
  return pairs.map((pair) => ({
    pair,
    difference: differenceOfMeans(meanOf.get(roundsOf(pair.cell))!, meanOf.get(roundsOf(pair.byDefault))!),
  }))
}

/** What a cell is made of, as a key. */
function roundsOf({ app, endpoint, perRound }: Cell): string {
  return JSON.stringify([app, endpoint, perRound])
}

function sharesRounds({ cell, byDefault }: Pair): boolean {
  const rounds = new Set(byDefault.perRound.map(({ round }) => round))
  return cell.perRound.some(({ round }) => rounds.has(round))
}

/** e^difference - 1: what a difference of logs does to a ratio. */
function asPercent({ value, low, high, level }: Omit<MeanEstimate, 'rounds'>): Estimate {
  const percent = (log: number) => Math.expm1(log) * 100
  const known = Number.isFinite(high)
  return { value: percent(value), low: known ? percent(low) : null, high: known ? percent(high) : null, level }
}
