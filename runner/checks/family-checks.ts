import type { Finding } from '../result.ts'
import type { CellFacts } from './cell-facts.ts'
import { checkMachineSpeed } from './family/machine-speed.ts'
import { checkFloor } from './family/skeleton-floor.ts'
import { checkTrends } from './family/trend.ts'
import { checkTwoKinds } from './family/two-kinds.ts'

/** Findings that need all cells, because they correct for their number or compare them; in the order of the cells. */
export function checkFamily(cells: readonly CellFacts[], baseline: string): Finding[][] {
  const found = new Map<CellFacts, Finding[]>(cells.map((cell) => [cell, []]))
  const add = (group: readonly CellFacts[], findings: readonly Finding[][]) =>
    group.forEach((cell, index) => void found.get(cell)!.push(...findings[index]!))
  const others = cells.filter(({ isBaseline }) => !isBaseline)
  add(others, checkTrends(others))
  const plain = others.filter(({ isPlain }) => isPlain)
  for (const group of Map.groupBy(plain, ({ figures }) => figures.endpoint).values()) add(group, checkFloor(group, baseline))
  add(cells, checkMachineSpeed(cells))
  add(cells, checkTwoKinds(cells))
  return [...found.values()]
}
