import { describe, expect, it } from 'vitest'
import { lagOneAutocorrelation } from './autocorrelation.ts'

describe('lagOneAutocorrelation', () => {
  it('meets what is computed by hand: 1 to 5 around 3', () => {
    // Products of neighbours: (-2)(-1) + (-1)(0) + (0)(1) + (1)(2) = 4; squares: 4 + 1 + 0 + 1 + 4 = 10.
    expect(lagOneAutocorrelation([1, 2, 3, 4, 5])).toBeCloseTo(0.4, 12)
  })

  it('is negative when values take turns', () => {
    expect(lagOneAutocorrelation([1, -1, 1, -1])).toBeCloseTo(-0.75, 12)
  })

  it('sees nothing where nothing can be seen', () => {
    expect(lagOneAutocorrelation([7, 7, 7, 7])).toBe(0)
    expect(lagOneAutocorrelation([1, 2])).toBe(0)
    expect(lagOneAutocorrelation([])).toBe(0)
  })
})
