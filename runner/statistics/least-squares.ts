/** Pivots below this share of their column say that the columns depend on each other. */
const SINGULAR = 1e-9

/**
 * Coefficients b of the linear model y = X b with the least sum of squared residuals (Legendre 1805), by the normal equations: for a
 * handful of coefficients of like size.
 * @param rows rows[i] is what the coefficients are multiplied with in observation i; a column of ones makes a constant
 * @returns null when there are fewer rows than coefficients, or the columns depend on each other
 * @throws RangeError when the sides differ in length
 */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[]): number[] | null {
  if (rows.length !== y.length) throw new RangeError(`observations need sides of one length, not ${rows.length} and ${y.length}`)
  const size = rows[0]?.length ?? 0
  if (size === 0 || rows.length < size) return null
  const sum = (of: (row: readonly number[], index: number) => number) =>
    rows.reduce((total, row, index) => total + of(row, index), 0)
  const equations = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => sum((row) => row[i]! * row[j]!)),
    sum((row, index) => row[i]! * y[index]!),
  ])
  return solve(equations)
}

/** Gauss-Jordan elimination with the largest pivot; every equation is its coefficients and its right side. */
function solve(equations: number[][]): number[] | null {
  const size = equations.length
  const scales = equations.map((equation, index) => Math.abs(equation[index]!))
  for (let column = 0; column < size; column++) {
    const rest = equations.slice(column)
    const pivot =
      column + rest.indexOf(rest.reduce((best, one) => (Math.abs(one[column]!) > Math.abs(best[column]!) ? one : best)))
    ;[equations[column], equations[pivot]] = [equations[pivot]!, equations[column]!]
    const divisor = equations[column]![column]!
    if (!(Math.abs(divisor) > SINGULAR * scales[column]!)) return null
    equations[column] = equations[column]!.map((value) => value / divisor)
    for (let other = 0; other < size; other++) {
      if (other === column) continue
      const factor = equations[other]![column]!
      equations[other] = equations[other]!.map((value, index) => value - factor * equations[column]![index]!)
    }
  }
  return equations.map((equation) => equation[size]!)
}
