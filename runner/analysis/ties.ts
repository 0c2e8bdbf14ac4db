import { tieGroupsOf } from '../statistics/tie-letters.ts'

/** Something with a place, or a range of places. */
export interface Ranked {
  readonly app: string
  readonly rank: { readonly low: number; readonly high: number }
  /** Apps that are proven different; null: only the ranges are known. */
  readonly apartFrom: readonly string[] | null
}

/**
 * Whether nothing may be said about which of the two is cheaper. Where only ranges of places are known: whether these overlap, which is
 * never too bold, but sometimes too shy.
 */
export function areTied(a: Ranked, b: Ranked): boolean {
  if (a.apartFrom !== null && b.apartFrom !== null) return !a.apartFrom.includes(b.app) && !b.apartFrom.includes(a.app)
  return a.rank.low <= b.rank.high && b.rank.low <= a.rank.high
}

/** The largest groups of apps of which no two can be told apart, in the order given; an app may be in several. */
export function tieGroups(entries: readonly Ranked[]): string[][] {
  const apart = entries.flatMap((one, i) =>
    entries.flatMap((other, j): [number, number][] => (i < j && !areTied(one, other) ? [[i, j]] : [])),
  )
  return tieGroupsOf(
    entries.map((_, index) => index),
    apart,
  )
    .filter((group) => group.length > 1)
    .map((group) => group.map((index) => entries[index]!.app))
}
