/**
 * P-values adjusted for being many, in the order given: declaring all below α significant makes even one false claim in at most
 * a share α of families, however the tests depend on each other (Holm 1979, "A simple sequentially rejective multiple test
 * procedure").
 * @throws RangeError on a p-value outside 0 to 1.
 */
export function holm(pValues: readonly number[]): number[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1))
  if (wrong !== undefined) throw new RangeError(`a p-value must lie from 0 to 1, not ${wrong}`)
  const fromSmallest = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  const adjusted = new Array<number>(pValues.length)
  let largestSoFar = 0
  fromSmallest.forEach(({ p, index }, position) => {
    largestSoFar = Math.max(largestSoFar, Math.min(1, p * (pValues.length - position)))
    adjusted[index] = largestSoFar
  })
  return adjusted
}
