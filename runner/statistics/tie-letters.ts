import type { Ranking } from './ranks.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/**
 * Compact letter display of a ranking, by app: two apps share a letter exactly when neither is proven cheaper by more than the
 * margin. `a` starts with the cheapest. The letters come from inserting one proven difference after another and absorbing
 * groups that lie within others (Piepho 2004, "An algorithm for a letter-based representation of all-pairwise comparisons").
 * @throws RangeError when there are not enough letters, which takes dozens of apps.
 */
export function tieLetters({ ranks, pairs }: Ranking): string[] {
  const apps = ranks.map((_, app) => app)
  const proven = pairs.filter(({ verdict }) => verdict === 'lower' || verdict === 'higher')
  const groups = tieGroupsOf(
    fromCheapest(apps, pairs),
    proven.map(({ i, j }) => [i, j]),
  )
  if (groups.length > LETTERS.length) throw new RangeError(`${groups.length} groups of ties are more than there are letters`)
  return apps.map((app) => groups.map((group, index) => (group.includes(app) ? LETTERS[index]! : '')).join(''))
}

/**
 * The largest groups without a pair that is apart; sorted by their members.
 * @param order all apps, as they shall stand in the groups
 */
export function tieGroupsOf(order: readonly number[], apart: readonly (readonly [number, number])[]): number[][] {
  let groups: number[][] = [[...order]]
  for (const [i, j] of apart) groups = absorb(groups.flatMap((group) => split(group, i, j)))
  return groups.sort((one, other) => compareGroups(one, other, order))
}

/** Apps by their mean difference from all others; pairs without a common round do not count. */
function fromCheapest(apps: readonly number[], pairs: Ranking['pairs']): number[] {
  const dearness = apps.map(() => 0)
  for (const { i, j, meanDifference } of pairs) {
    if (Number.isNaN(meanDifference)) continue
    dearness[i]! += meanDifference
    dearness[j]! -= meanDifference
  }
  return [...apps].sort((one, other) => dearness[one]! - dearness[other]!)
}

function split(group: readonly number[], i: number, j: number): number[][] {
  if (!group.includes(i) || !group.includes(j)) return [[...group]]
  return [group.filter((app) => app !== i), group.filter((app) => app !== j)]
}

/** Drops every group that lies within another; of two equal ones the first stays. */
function absorb(groups: readonly number[][]): number[][] {
  return groups.filter((group, index) => {
    const within = (other: readonly number[]) => group.every((app) => other.includes(app))
    return !groups.some((other, place) => {
      const outlasts = other.length > group.length || (other.length === group.length && place < index)
      return outlasts && within(other)
    })
  })
}

/** The group whose members come first in the order comes first. */
function compareGroups(one: readonly number[], other: readonly number[], order: readonly number[]): number {
  const first = order.find((app) => one.includes(app) !== other.includes(app))
  if (first === undefined) return 0
  return one.includes(first) ? -1 : 1
}
