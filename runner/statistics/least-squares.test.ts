import { describe, expect, it } from 'vitest'
import { leastSquares } from './least-squares.ts'

describe('leastSquares', () => {
  it('finds the line of a worked example', () => {
    // Points (1, 1), (2, 2), (3, 2): slope 1/2, constant 2/3.
    const [constant, slope] = leastSquares(
      [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
      [1, 2, 2],
    )!
    expect(constant).toBeCloseTo(2 / 3, 12)
    expect(slope).toBeCloseTo(1 / 2, 12)
  })

  it('finds planted coefficients again, residuals orthogonal to every column', () => {
    const rows = [
      [1, 1, 1],
      [1, 4, 4],
      [1, 4, 16],
      [1, 8, 32],
      [1, 2, 6],
    ]
    const exact = rows.map(([a, b, c]) => 0.9 * a! + 1.3 * b! + 0.8 * c!)
    expect(leastSquares(rows, exact)!.map((value) => Number(value.toFixed(9)))).toEqual([0.9, 1.3, 0.8])
    const y = exact.map((value, index) => value + [0.2, -0.1, 0.3, 0.1, -0.4][index]!)
    const found = leastSquares(rows, y)!
    const residuals = rows.map((row, index) => y[index]! - row.reduce((sum, value, place) => sum + value * found[place]!, 0))
    for (const column of [0, 1, 2]) {
      expect(residuals.reduce((sum, residual, index) => sum + residual * rows[index]![column]!, 0)).toBeCloseTo(0, 9)
    }
  })

  it('says so when the data cannot tell', () => {
    expect(leastSquares([], [])).toBeNull()
    expect(leastSquares([[1, 2]], [3])).toBeNull()
    expect(
      leastSquares(
        [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        [3, 4, 5],
      ),
    ).toBeNull()
    expect(
      leastSquares(
        [
          [1, 1, 2],
          [1, 2, 4],
          [1, 3, 6],
          [1, 4, 8],
        ],
        [1, 2, 3, 5],
      ),
    ).toBeNull()
  })

  it('refuses sides of unequal length', () => {
    expect(() => leastSquares([[1]], [1, 2])).toThrow(RangeError)
  })
})
