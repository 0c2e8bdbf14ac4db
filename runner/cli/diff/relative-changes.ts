import { bounded, type EstimatedRound, estimateColumns, LEVEL } from '../../analysis/estimates.ts'
import type { StoredSeries } from '../../analysis/relative.ts'
import type { Estimate } from '../../result/model.ts'
import { differenceOfMeans, exponentiate } from '../../statistics/estimate.ts'
import { mean } from '../../statistics/summary.ts'

/** A round value of a cell on the log scale, over those of the other apps. */
type RelativeRound = Pick<EstimatedRound, 'cpuDistanceNs'> & { readonly logOverOthers: number }

/**
 * How much more each cell changed than the other apps on its endpoint did: what they have in common, as the effect of another machine,
 * cancels. A factor, with an interval for this cell alone; null: there is no other app, or no round that has all of them. An app that
 * changes alone moves the figures of the others the other way, by its change divided by their number.
 * @param before series of the cells that both runs have, without the baseline
 * @param after the same cells in the same order
 */
export function relativeChanges(before: readonly StoredSeries[], after: readonly StoredSeries[]): (Estimate | null)[] {
  const [old, young] = [before, after].map((side) =>
    estimateColumns(
      side.map((series) => ({ rounds: overOthers(series, side) })),
      ({ logOverOthers }) => logOverOthers,
    ),
  )
  return before.map((_, index) => {
    const difference = differenceOfMeans(young![index]!, old![index]!, LEVEL)
    return Number.isNaN(difference.value) ? null : bounded(exponentiate(difference))
  })
}

/** Paired round by round: the other apps were measured beside this one, and the baseline in all these ratios is the same. */
function overOthers(own: StoredSeries, side: readonly StoredSeries[]): RelativeRound[] {
  const others = side.filter((series) => series !== own && series.endpoint === own.endpoint)
  if (others.length === 0) return []
  const logs = others.map(({ rounds }) => new Map(rounds.map(({ round, logRatio }) => [round, logRatio])))
  return own.rounds.flatMap(({ round, logRatio, cpuDistanceNs }) => {
    const known = logs.flatMap((log) => log.get(round) ?? [])
    return known.length < others.length ? [] : [{ logOverOthers: logRatio - mean(known), cpuDistanceNs }]
  })
}
