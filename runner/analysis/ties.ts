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

/**
 * The largest groups of apps of which no two can be told apart, in the order given; an app may be in several. They come from inserting one
 * proven difference after another and absorbing groups that lie within others (Piepho 2004, "An algorithm for a letter-based representation
 * of all-pairwise comparisons").
 */
export function tieGroups(entries: readonly Ranked[]): string[][] {
  const pairs = entries.flatMap((one, index) => entries.slice(index + 1).map((other) => [one, other] as const))
  let groups = [[...entries]]
  for (const [one, other] of pairs.filter(([one, other]) => !areTied(one, other))) {
    groups = absorb(groups.flatMap((group) => split(group, one, other)))
  }
  return groups
    .filter((group) => group.length > 1)
    .sort((one, other) => (startsFirst(one, other, entries) ? -1 : 1))
    .map((group) => group.map(({ app }) => app))
}

function split(group: Ranked[], one: Ranked, other: Ranked): Ranked[][] {
  if (!group.includes(one) || !group.includes(other)) return [group]
  return [one, other].map((left) => group.filter((entry) => entry !== left))
}

/** Drops every group that lies within another; of two equal ones the first stays. */
function absorb(groups: readonly Ranked[][]): Ranked[][] {
  return groups.filter(
    (group, index) =>
      !groups.some((other, place) => {
        const outlasts = other.length > group.length || (other.length === group.length && place < index)
        return outlasts && group.every((entry) => other.includes(entry))
      }),
  )
}

/** Has it the first entry that is not in both? */
function startsFirst(one: readonly Ranked[], other: readonly Ranked[], order: readonly Ranked[]): boolean {
  return one.includes(order.find((entry) => one.includes(entry) !== other.includes(entry))!)
}
