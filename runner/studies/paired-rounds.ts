import { bounded, LEVEL } from '../analysis/estimates.ts'
import type { Estimate, MeasuredCell, RoundValue } from '../result.ts'
import { estimateMeans, exponentiate } from '../statistics/estimate.ts'

type Pair = readonly [cell: Pick<MeasuredCell, 'perRound'>, reference: Pick<MeasuredCell, 'perRound'>]

/** How much more cells have than their references, in the unit of the figure, paired by round; null without a round in common. */
export function differences(pairs: readonly Pair[], of: (round: RoundValue) => number): (Estimate | null)[] {
  const columns = pairs.map((pair) => common(pair).map(([own, other]) => of(own) - of(other)))
  return estimateMeans(columns, { level: LEVEL }).map((estimate) => (Number.isNaN(estimate.value) ? null : bounded(estimate)))
}

/** How many times as much cells have as their references, paired by round; null without a round in common. */
export function ratios(pairs: readonly Pair[], of: (round: RoundValue) => number): (Estimate | null)[] {
  const columns = pairs.map((pair) => common(pair).map(([own, other]) => Math.log(of(own) / of(other))))
  return estimateMeans(columns, { level: LEVEL }).map((estimate) =>
    Number.isNaN(estimate.value) ? null : bounded(exponentiate(estimate)),
  )
}

function common([cell, reference]: Pair): (readonly [RoundValue, RoundValue])[] {
  const others = new Map(reference.perRound.map((round) => [round.round, round]))
  return cell.perRound.flatMap((round) => {
    const other = others.get(round.round)
    return other === undefined ? [] : [[round, other] as const]
  })
}
