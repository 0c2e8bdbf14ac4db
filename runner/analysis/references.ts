import type { Estimate, MeasuredCell, Result } from '../result.ts'
import { bounded, type EstimatedSeries, estimateCells, estimateColumns } from './estimates.ts'
import { type StoredSeries, storedSeries } from './stored-rounds.ts'
import { areTied, type Ranked } from './ties.ts'

/** A cell compared with the reference's cell of the same endpoint. */
export interface AgainstReference {
  readonly app: string
  readonly endpoint: string
  readonly ratio: Estimate
  readonly overheadMicroseconds: Estimate
  /** Neither is proven cheaper by more than the margin: their order is not known, or does not matter. */
  readonly tied: boolean
}

/**
 * Every measured cell against another app than the baseline, from the round values of the result: both apps of a round were measured in
 * the same blocks, and both logs are over the same baseline, which cancels. Against the baseline itself it is what the result says.
 * Endpoints on which the reference has no valid number are left out, and cells without a round in common with it.
 */
export function againstReference(result: Result, reference: string): AgainstReference[] {
  const all = storedSeries(result)
  const valid = all.filter(({ app, cell }) => app === reference && cell.verdict !== 'invalid')
  const references = new Map(valid.map((series) => [series.endpoint, series]))
  const present = all.filter(({ endpoint }) => references.has(endpoint))
  const shifted = present
    .map((series) => ({ ...over(series, references.get(series.endpoint)!), cell: series.cell }))
    .filter(({ rounds }) => rounds.length > 0)
  const estimates = reference === result.baseline ? null : estimateCells(shifted, reference)
  return shifted.map((series) => {
    const { app, endpoint, cell } = series
    const { ratio, overheadMicroseconds } = estimates?.get(series) ?? cell
    return { app, endpoint, ratio, overheadMicroseconds, tied: cannotBeToldApart(cell, references.get(endpoint)!.cell) }
  })
}

/** Two apps to compare on an endpoint. */
export interface AppPair {
  readonly app: string
  readonly reference: string
  readonly endpoint: string
}

/** An app over another one, paired by round. */
export interface ComparedPair extends AppPair {
  readonly ratio: Estimate
  readonly overheadMicroseconds: Estimate
}

/** In the place of a baseline that none of the pairs is compared with; no app is called so. */
const NO_BASELINE = ''

/**
 * Any pairs of apps, each with a reference of its own, estimated together. Left out are pairs of which one has no valid number, and those
 * without a round in common.
 */
export function comparePairs(result: Pick<Result, 'cells'>, pairs: readonly AppPair[]): ComparedPair[] {
  const common = shiftedPairs(result, pairs)
  const estimates = estimateCells(common, NO_BASELINE)
  return common.map((series) => {
    const { ratio, overheadMicroseconds } = estimates.get(series)!
    return { ...series.pair, ratio, overheadMicroseconds }
  })
}

/** What all the pairs come to together: the sum of their differences, microseconds, over the rounds that have all of them; null: none has. */
export function sumPairs(result: Pick<Result, 'cells'>, pairs: readonly AppPair[]): Estimate | null {
  const differences = shiftedPairs(result, pairs)
  const [first, ...others] = differences
  if (first === undefined || differences.length < pairs.length) return null
  const rounds = first.rounds.flatMap((round) => {
    const same = others.map((other) => other.rounds.find((one) => one.round === round.round))
    if (same.includes(undefined)) return []
    return [{ ...round, overheadNs: same.reduce((sum, one) => sum + one!.overheadNs, round.overheadNs) }]
  })
  if (rounds.length === 0) return null
  return bounded(estimateColumns([{ rounds }], ({ overheadNs }) => overheadNs / 1000)[0]!)
}

/** Pairs of valid cells with a round in common, each app's series over that of its reference. */
function shiftedPairs(
  result: Pick<Result, 'cells'>,
  pairs: readonly AppPair[],
): (EstimatedSeries & { readonly pair: AppPair })[] {
  const valid = storedSeries(result).filter(({ cell }) => cell.verdict !== 'invalid')
  const find = (app: string, endpoint: string) => valid.find((one) => one.app === app && one.endpoint === endpoint)
  const shifted = pairs.flatMap((pair) => {
    const [own, reference] = [find(pair.app, pair.endpoint), find(pair.reference, pair.endpoint)]
    return own === undefined || reference === undefined ? [] : [{ ...over(own, reference), pair }]
  })
  return shifted.filter(({ rounds }) => rounds.length > 0)
}

/** The same series with the reference in the baseline's place; rounds that only one of them has are lost. */
function over({ app, endpoint, rounds }: StoredSeries, reference: StoredSeries): EstimatedSeries {
  return {
    ...{ app, endpoint },
    rounds: rounds.flatMap((round) => {
      const other = reference.rounds.find((one) => one.round === round.round)
      if (other === undefined) return []
      const [typical, otherTypical] = [round.typicalLogRatio, other.typicalLogRatio]
      return [
        {
          ...round,
          logRatio: round.logRatio - other.logRatio,
          overheadNs: round.overheadNs - other.overheadNs,
          typicalLogRatio: typical === null || otherTypical === null ? null : typical - otherTypical,
        },
      ]
    }),
  }
}

/** What is invalid, or has no rank, is not tied with anything: nothing is known of it. */
function cannotBeToldApart(cell: MeasuredCell, reference: MeasuredCell): boolean {
  const [one, other] = [placeOf(cell), placeOf(reference)]
  return one !== null && other !== null && one.app !== other.app && areTied(one, other)
}

function placeOf({ app, rank, apartFrom, verdict }: MeasuredCell): Ranked | null {
  return rank === null || verdict === 'invalid' ? null : { app, rank, apartFrom }
}
