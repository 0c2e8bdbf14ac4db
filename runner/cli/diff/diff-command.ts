import { RunError, UserError } from '../../result/errors.ts'
import type { Result } from '../../result/model.ts'
import { readRun } from '../../result/stored-run.ts'
import { compareRuns, type Diff } from './compare-runs.ts'
import { environmentDifferences } from './environment-differences.ts'

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
  return { ...diff, before, after, regressions: failOn === null ? null : regressionsOf(diff, failOn) }
}

function regressionsOf({ cells }: Diff, percent: number) {
  return cells.flatMap(({ app, endpoint, provenFactor }) => {
    const proven = provenFactor === null ? Number.NEGATIVE_INFINITY : 100 * (provenFactor - 1)
    return proven > percent ? [{ app, endpoint, percent: proven }] : []
  })
}

/** Whether a CI has to stop: something is proven more expensive than was allowed, or cannot be judged because it broke. */
export function failsOn({ regressions, lost }: RunDiff): boolean {
  return regressions !== null && (regressions.length > 0 || lost.some(({ broken }) => broken))
}
