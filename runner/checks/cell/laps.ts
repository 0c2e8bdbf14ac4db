import type { CellFacts } from '../cell-facts.ts'

/** Steady answers per connection and slice: in a lap every connection is answered once. */
export function lapsPerSlice({ figures, totals }: Pick<CellFacts, 'figures' | 'totals'>): number {
  return totals.steadyRequests / (figures.slices * figures.load.connections)
}
