/** Something with a place, or a range of places. */
export interface Ranked {
  readonly app: string
  readonly rank: { readonly low: number; readonly high: number }
}

/** Whether the ranges of two places overlap: nothing may be said about which of the two is cheaper. */
export function areTied(a: Ranked, b: Ranked): boolean {
  return a.rank.low <= b.rank.high && b.rank.low <= a.rank.high
}

/**
 * The largest groups of apps that cannot be told apart, cheapest first. Ranges that overlap pair by pair have a place in common, so
 * the groups are found by going through the places.
 */
export function tieGroups(entries: readonly Ranked[]): string[][] {
  const places = [...new Set(entries.map(({ rank }) => rank.low))].sort((a, b) => a - b)
  const groups = places
    .map((place) => entries.filter(({ rank }) => rank.low <= place && place <= rank.high).map(({ app }) => app))
    .filter((group) => group.length > 1)
  return groups.filter((group, index) => !groups.some((other, place) => place !== index && isWithin(group, other, place < index)))
}

function isWithin(group: readonly string[], other: readonly string[], otherIsEarlier: boolean): boolean {
  const smaller = group.length < other.length || (group.length === other.length && otherIsEarlier)
  return smaller && group.every((app) => other.includes(app))
}
