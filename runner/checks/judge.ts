import type { Finding, IdenticalControl } from '../result.ts'
import { checkCell } from './cell-checks.ts'
import type { CellFacts } from './cell-facts.ts'
import { checkFamily } from './family-checks.ts'
import { checkIdentical } from './run/identical.ts'
import { checkEnvironment } from './run/unequal-environment.ts'

/** What cells are judged by beside their own numbers. */
export interface Judgement {
  readonly baseline: string
  readonly identical: readonly Pick<IdenticalControl, 'endpoint' | 'ratio'>[]
  /** By app: what differs from the baseline's environment. */
  readonly unequal: ReadonlyMap<string, readonly string[]>
  /** Of the whole run; they hold for every cell. */
  readonly run: readonly Finding[]
}

/** All findings of every cell: its own, those that compare cells, those of its app, its endpoint and the run; in the order of the cells. */
export function judgeCells(cells: readonly CellFacts[], { baseline, identical, unequal, run }: Judgement): Finding[][] {
  const family = checkFamily(cells, baseline)
  return cells.map((cell, index) => {
    const { app, endpoint } = cell.figures
    return [
      ...checkCell(cell),
      ...family[index]!,
      ...checkEnvironment(unequal.get(app) ?? []),
      ...identical.filter((control) => control.endpoint === endpoint).flatMap(({ ratio }) => checkIdentical(endpoint, ratio)),
      ...run,
    ]
  })
}
