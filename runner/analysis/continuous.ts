import type { Estimate } from '../result/model.ts'
import { bounded, estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { FAMILY_ALPHA } from './checks/finding.ts'
import type { CellSeries } from './estimates.ts'
import type { Ledger } from './ledger.ts'

/**
 * What a request of each app costs in slices over what it cost at the end of its warm-up, where it was asked without a break, and that over the
 * same of the baseline: slices and the breaks between them cost every server something. The mean over rounds. Intervals hold for all apps at once.
 * Apps of which it is not known, as those that are asked for several endpoints, are left out.
 */
export function overContinuous(
  series: readonly CellSeries[],
  ledger: Pick<Ledger, 'continuousMicroseconds'>,
  baseline: string,
): ReadonlyMap<string, Estimate> {
  const byApp = Map.groupBy(series, ({ app }) => app)
  const logs = new Map([...byApp].map(([app, cells]) => [app, logsOf(app, cells, ledger)]))
  const reference = logs.get(baseline) ?? new Map()
  const compared = [...logs].filter(([app]) => app !== baseline)
  const columns = compared.map(([, own]) =>
    [...own].flatMap(([round, log]) => (reference.has(round) ? [log - reference.get(round)] : [])),
  )
  const known = columns.map((column, index) => ({ app: compared[index]![0], column })).filter(({ column }) => column.length > 1)
  // Many are looked at for one statement (Bonferroni).
  const level = 1 - FAMILY_ALPHA / Math.max(1, known.length)
  const means = estimateMeans(
    known.map(({ column }) => column),
    { level },
  )
  return new Map(known.map(({ app }, index) => [app, bounded(exponentiate(means[index]!))]))
}

/** ln of the ratio of the two costs of an app, by round. */
function logsOf(app: string, [cell]: readonly CellSeries[], ledger: Pick<Ledger, 'continuousMicroseconds'>): Map<number, number> {
  const rounds = cell!.rounds.flatMap(({ round, costMicroseconds }) => {
    const continuous = ledger.continuousMicroseconds(app, round)
    return continuous === null ? [] : [[round, Math.log(costMicroseconds / continuous)] as const]
  })
  return new Map(rounds)
}
