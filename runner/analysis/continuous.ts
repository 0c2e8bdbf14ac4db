import type { Estimate } from '../result/model.ts'
import { bounded, estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { total } from '../statistics/summary.ts'
import type { CellSeries } from './estimates.ts'
import type { Ledger } from './ledger.ts'

/**
 * What a request of each app costs in slices over what it cost at the end of its warm-up, where it was asked without a break, and that over the
 * same of the baseline: slices and the breaks between them cost every server something. Of several endpoints, all that it answered then, at what
 * each costs in slices. The mean over rounds. Apps of which it is not known are left out.
 */
export function overContinuous(
  series: readonly CellSeries[],
  ledger: Pick<Ledger, 'latestOfWarmUp'>,
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
  const means = estimateMeans(known.map(({ column }) => column))
  return new Map(known.map(({ app }, index) => [app, bounded(exponentiate(means[index]!))]))
}

/** ln of the ratio of the two costs of an app, by round. */
function logsOf(app: string, cells: readonly CellSeries[], ledger: Pick<Ledger, 'latestOfWarmUp'>): Map<number, number> {
  const rounds = new Set(cells.flatMap((cell) => cell.rounds.map(({ round }) => round)))
  const logs = [...rounds].flatMap((round) => {
    const costs = new Map(cells.map((cell) => [cell.endpoint, cell.rounds.find((one) => one.round === round)?.costMicroseconds]))
    const processes = ledger.latestOfWarmUp(app, round)
    const answered = processes.flatMap((one) => one.answered)
    const inSlices = total(answered, ({ endpoint, requests }) => 1000 * requests * (costs.get(endpoint) ?? Number.NaN))
    const log = Math.log(inSlices / total(processes, ({ cpuNs }) => cpuNs))
    return Number.isFinite(log) ? [[round, log] as const] : []
  })
  return new Map(logs)
}
