/**
 * Jain's fairness index of shares that are never negative: (Σx)² / (n · Σx²), from 1/n, when one has all, to 1, when all have the same
 * (Jain, Chiu and Hawe, "A quantitative measure of fairness and discrimination for resource allocation in shared computer systems",
 * DEC-TR-301, 1984). It does not depend on the unit; k of n who share evenly, while the others get nothing, come to k/n.
 * @returns NaN when nobody has anything
 * @throws RangeError without values, or for a negative one
 */
export function jainsIndex(values: readonly number[]): number {
  const sum = sumOf(values)
  return sum ** 2 / (values.length * values.reduce((total, value) => total + value ** 2, 0))
}

/** Smallest and largest share, as multiples of an even one: 1 and 1 when all have the same. NaN when nobody has anything. */
export function extremeShares(values: readonly number[]): { readonly smallest: number; readonly largest: number } {
  const even = sumOf(values) / values.length
  return { smallest: Math.min(...values) / even, largest: Math.max(...values) / even }
}

function sumOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('fairness needs someone to share')
  const negative = values.find((value) => value < 0)
  if (negative !== undefined) throw new RangeError(`a share must not be negative, like ${negative}`)
  return values.reduce((total, value) => total + value, 0)
}
