import { estimateColumns, LEVEL } from '../analysis/estimates.ts'
import type { Figure } from '../analysis/relative.ts'
import { RunError, UserError } from '../result/errors.ts'
import { readRun } from '../result/json.ts'
import type { Estimate, MeasuredCell, Result } from '../result/model.ts'
import { bounded, differenceOfMeans, exponentiate, type MeanEstimate } from '../statistics/estimate.ts'
import { holm } from '../statistics/ranks.ts'
import { mean } from '../statistics/summary.ts'
import { type EnvironmentDifference, environmentDifferences } from './environment-differences.ts'

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
  /** `more expensive` and `cheaper`: proven after Holm's correction for all cells together. */
  readonly change: 'more expensive' | 'cheaper' | 'unchanged' | 'not comparable'
  /** Lower end of the change with an interval that holds for all cells at once (Bonferroni); null: unknown, or not comparable. */
  readonly provenFactor: number | null
}

export interface Diff {
  readonly environment: readonly EnvironmentDifference[]
  /** False where the runs are of two machines, as `environment` says: no change is proven then. */
  readonly comparable: boolean
  readonly cells: readonly CellChange[]
  /** Cells that only one of the runs has, or whose numbers are invalid in one; broken: valid in the first run, and no more in the second. */
  readonly lost: readonly {
    readonly app: string
    readonly endpoint: string
    readonly because: string
    readonly broken: boolean
  }[]
}

/** Two runs side by side. */
export interface RunDiff extends Diff {
  readonly before: Result
  readonly after: Result
  /** Cells that are proven more expensive by more than was allowed, none of runs of two machines; null: nothing was asked. */
  readonly regressions: readonly { readonly app: string; readonly endpoint: string; readonly percent: number }[] | null
}

/**
 * Reads two runs and compares them.
 * @param failOn percent a cell may become more expensive; null: any
 * @throws UserError for runs that do not exist or cannot be compared; {RunError} `run-invalid` when one of them is invalid
 */
export async function diffRuns(first: string, second: string, failOn: number | null): Promise<RunDiff> {
  const [before, after] = [(await readRun(first)).result, (await readRun(second)).result]
  const refused = environmentDifferences(before, after).find(({ weight }) => weight === 'refuse')
  if (refused !== undefined) {
    throw new UserError(
      'not-comparable',
      `these runs cannot be compared: ${refused.name} is ${refused.before} in the first and ${refused.after} in the second`,
      { hint: 'measure again with the same options; every result says how it was made' },
    )
  }
  for (const [name, { verdict }] of [['first', before] as const, ['second', after] as const]) {
    if (verdict === 'invalid') {
      throw new RunError('run-invalid', `the ${name} run is invalid: its numbers must not be compared`, {
        hint: 'its report.md says why',
      })
    }
  }
  const diff = compareRuns(before, after)
  if (diff.cells.length === 0) {
    throw new UserError('nothing-in-common', 'these runs have no measured cell in common', {
      hint: 'measure the same apps and endpoints in both',
    })
  }
  const regressions = diff.cells.flatMap(({ app, endpoint, provenFactor }) => {
    const percent = provenFactor === null ? Number.NEGATIVE_INFINITY : 100 * (provenFactor - 1)
    return failOn !== null && percent > failOn ? [{ app, endpoint, percent }] : []
  })
  return { ...diff, before, after, regressions: failOn === null ? null : regressions }
}

/** Whether a CI has to stop: something is proven more expensive than was allowed, or cannot be judged because it broke. */
export function failsOn({ regressions, lost }: RunDiff): boolean {
  return regressions !== null && (regressions.length > 0 || lost.some(({ broken }) => broken))
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
  const [old, young] = [usableCells(before), usableCells(after)]
  const keys = [...new Set([...namesOf(before), ...namesOf(after)])]
  const both = keys.filter((key) => old.has(key) && young.has(key))
  const [oldCells, youngCells] = [both.map((key) => old.get(key)!), both.map((key) => young.get(key)!)]
  const [oldMeans, youngMeans] = [oldCells, youngCells].map((side) =>
    estimateColumns(
      side.map(({ perRound }) => perRound),
      ({ ratio }) => Math.log(ratio),
    ),
  )
  const relative = relativeChanges(oldCells, youngCells)
  const differences = both.map((_, index) => differenceOfMeans(youngMeans![index]!, oldMeans![index]!, LEVEL))
  const adjusted = holm(differences.map(({ pValue }) => pValue))
  const cells = oldCells.map(({ app, endpoint, ratio }, index): CellChange => {
    const difference = differences[index]!
    const proven = adjusted[index]! < 1 - LEVEL
    const direction = difference.value > 0 ? 'more expensive' : 'cheaper'
    return {
      app,
      endpoint,
      before: ratio,
      after: youngCells[index]!.ratio,
      ratioOfRatios: bounded(exponentiate(difference)),
      relativeToOthers: relative[index]!,
      adjustedP: comparable ? adjusted[index]! : null,
      change: !comparable ? 'not comparable' : proven ? direction : 'unchanged',
      provenFactor: comparable ? provenFactor(youngMeans![index]!, oldMeans![index]!, both.length) : null,
    }
  })
  const lost = keys
    .filter((key) => !both.includes(key))
    .map((key) => {
      const [app, endpoint] = JSON.parse(key) as [string, string]
      const where = old.has(key) ? 'the second run' : young.has(key) ? 'the first run' : 'either run'
      return { app, endpoint, because: `has no valid number in ${where}`, broken: old.has(key) }
    })
  return { environment, comparable, cells, lost }
}

/** Two-sided, as Holm's p-values are: what is proven more expensive here is proven there. */
function provenFactor(after: MeanEstimate, before: MeanEstimate, cells: number): number | null {
  const { low } = differenceOfMeans(after, before, 1 - (1 - LEVEL) / cells)
  return Number.isFinite(low) ? Math.exp(low) : null
}

/** By name, cells that can be quoted. */
function usableCells({ baseline, cells }: Result): Map<string, MeasuredCell> {
  const measured = cells.filter((cell) => cell.state === 'measured')
  const usable = measured.filter(({ app, verdict }) => app !== baseline && verdict !== 'invalid')
  return new Map(usable.map((cell) => [nameOf(cell), cell]))
}

function namesOf(result: Result): string[] {
  return result.cells.filter(({ app }) => app !== result.baseline).map(nameOf)
}

function nameOf({ app, endpoint }: { readonly app: string; readonly endpoint: string }): string {
  return JSON.stringify([app, endpoint])
}

/**
 * How much more each cell changed than the other apps on its endpoint did: what they have in common, as the effect of another machine,
 * cancels. A factor, with an interval for this cell alone; null: there is no other app, or no round that has all of them. An app that
 * changes alone moves the figures of the others the other way, by its change divided by their number.
 * @param before the cells that both runs have, without the baseline
 * @param after the same cells in the same order
 */
export function relativeChanges(before: readonly MeasuredCell[], after: readonly MeasuredCell[]): (Estimate | null)[] {
  const [old, young] = [before, after].map((side) =>
    estimateColumns(
      side.map((cell) => overOthers(cell, side)),
      ({ value }) => value,
    ),
  )
  return before.map((_, index) => {
    const difference = differenceOfMeans(young![index]!, old![index]!, LEVEL)
    return Number.isNaN(difference.value) ? null : bounded(exponentiate(difference))
  })
}

/** Logs, paired round by round: the other apps were measured beside this one, and the baseline in all these ratios is the same. */
function overOthers(own: MeasuredCell, side: readonly MeasuredCell[]): Figure[] {
  const others = side.filter((cell) => cell !== own && cell.endpoint === own.endpoint)
  if (others.length === 0) return []
  const logs = others.map(({ perRound }) => new Map(perRound.map(({ round, ratio }) => [round, Math.log(ratio)])))
  return own.perRound.flatMap(({ round, ratio, cpuDistanceNanoseconds }) => {
    const known = logs.flatMap((log) => log.get(round) ?? [])
    return known.length < others.length ? [] : [{ round, value: Math.log(ratio) - mean(known), cpuDistanceNanoseconds }]
  })
}
