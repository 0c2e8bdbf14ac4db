import { bounded, estimateColumns, LEVEL } from '../../analysis/estimates.ts'
import { type StoredSeries, storedSeries } from '../../analysis/relative.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { differenceOfMeans, exponentiate, type MeanEstimate } from '../../statistics/estimate.ts'
import { holm } from '../../statistics/holm.ts'
import { type EnvironmentDifference, environmentDifferences } from './environment-differences.ts'
import { relativeChanges } from './relative-changes.ts'

/** `more expensive` and `cheaper`: proven after Holm's correction for all cells together. */
export type Change = 'more expensive' | 'cheaper' | 'unchanged' | 'not comparable'

/** One cell that both runs have measured. */
export interface CellChange {
  readonly app: string
  readonly endpoint: string
  readonly before: Estimate
  readonly after: Estimate
  /** The ratio to the baseline afterwards, over the ratio before; 1.02 is 2 % more expensive. Its interval is for this cell alone. */
  readonly ratioOfRatios: Estimate
  /** The change over the mean change of the other apps on the endpoint; never a proof. null: there are no others. */
  readonly relativeToOthers: Estimate | null
  /** Against no change, adjusted over all cells by Holm's method; null: not comparable. */
  readonly adjustedP: number | null
  readonly change: Change
  /** Lower end of the change with an interval that holds for all cells at once (Bonferroni); null: unknown, or not comparable. */
  readonly provenFactor: number | null
}

/** A cell that only one of the runs has, or whose numbers are invalid in one. */
export interface LostCell {
  readonly app: string
  readonly endpoint: string
  readonly because: string
  /** Valid in the first run, and no more in the second. */
  readonly broken: boolean
}

export interface Diff {
  readonly environment: readonly EnvironmentDifference[]
  /** False where the runs are of two machines, as `environment` says: no change is proven then. */
  readonly comparable: boolean
  readonly cells: readonly CellChange[]
  readonly lost: readonly LostCell[]
}

/**
 * What changed from one run to another, cell by cell: the difference of the mean log ratios with the spread of both runs' rounds
 * (Welch). Runs have no rounds in common, so nothing is paired here beyond the baseline in every ratio. The baseline has no ratio of
 * its own and is left out. Runs of two machines are compared, too, but nothing of them is proven: another processor or kernel moves
 * ratios by more than most changes of an app.
 */
export function compareRuns(before: Result, after: Result): Diff {
  const environment = environmentDifferences(before, after)
  const comparable = environment.every(({ weight }) => weight !== 'machine')
  const [old, young] = [usableSeries(before), usableSeries(after)]
  const keys = [...new Set([...namesOf(before), ...namesOf(after)])]
  const both = keys.filter((key) => old.has(key) && young.has(key))
  const series = [old, young].map((side) => both.map((key) => side.get(key)!))
  const means = series.map((side) => estimateColumns(side, ({ logRatio }) => logRatio))
  const relative = relativeChanges(series[0]!, series[1]!)
  const differences = both.map((_, index) => differenceOfMeans(means[1]![index]!, means[0]![index]!, LEVEL))
  const adjusted = holm(differences.map(({ pValue }) => pValue))
  const cells = both.map((_, index): CellChange => {
    const difference = differences[index]!
    const { app, endpoint, cell } = series[0]![index]!
    const known = {
      ...{ app, endpoint, before: cell.ratio, after: series[1]![index]!.cell.ratio },
      ...{ ratioOfRatios: bounded(exponentiate(difference)), relativeToOthers: relative[index]! },
    }
    if (!comparable) return { ...known, adjustedP: null, change: 'not comparable', provenFactor: null }
    return {
      ...known,
      adjustedP: adjusted[index]!,
      change: adjusted[index]! >= 1 - LEVEL ? 'unchanged' : difference.value > 0 ? 'more expensive' : 'cheaper',
      provenFactor: provenFactor(means[1]![index]!, means[0]![index]!, both.length),
    }
  })
  const lost = keys
    .filter((key) => !both.includes(key))
    .map((key) => {
      const [app, endpoint] = JSON.parse(key) as [string, string]
      return { app, endpoint, because: lostBecause(old.has(key), young.has(key)), broken: old.has(key) }
    })
  return { environment, comparable, cells, lost }
}

/** Two-sided, as Holm's p-values are: what is proven more expensive here is proven there. */
function provenFactor(after: MeanEstimate, before: MeanEstimate, cells: number): number | null {
  const { low } = differenceOfMeans(after, before, 1 - (1 - LEVEL) / cells)
  return Number.isFinite(low) ? Math.exp(low) : null
}

/** Series by name, of cells that can be quoted. */
function usableSeries(result: Result): Map<string, StoredSeries> {
  const usable = storedSeries(result).filter(({ app, cell }) => app !== result.baseline && cell.verdict !== 'invalid')
  return new Map(usable.map((series) => [nameOf(series), series]))
}

function namesOf(result: Result): string[] {
  return result.cells.filter(({ app }) => app !== result.baseline).map(nameOf)
}

function nameOf({ app, endpoint }: { readonly app: string; readonly endpoint: string }): string {
  return JSON.stringify([app, endpoint])
}

function lostBecause(inOld: boolean, inYoung: boolean): string {
  if (inOld) return 'has no valid number in the second run'
  return inYoung ? 'has no valid number in the first run' : 'has no valid number in either run'
}
