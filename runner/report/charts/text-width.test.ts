import { describe, expect, test } from 'vitest'
import { textWidth } from './render-svg.ts'

describe('textWidth', () => {
  test('grows with every letter and with the font', () => {
    expect(textWidth('', 12)).toBe(0)
    expect(textWidth('koa', 24)).toBeCloseTo(2 * textWidth('koa', 12), 9)
    expect(textWidth('autocannon, one after another', 12)).toBeGreaterThan(textWidth('autocannon', 12))
  })

  // Measured in Chromium at 12 px.
  test.each([
    ['autocannon, one after another', 184.02],
    ['neighbours in the block', 141.21],
    ['0123456789', 76.35],
    ['MWkoa [1.455, 1.479] ±', 146.82],
  ])('%s: not less than in DejaVu Sans, a wide font, and not much more', (text, pixels) => {
    expect(textWidth(text, 12)).toBeGreaterThanOrEqual(pixels)
    expect(textWidth(text, 12)).toBeLessThan(1.06 * pixels)
  })

  test('knows wide letters and marks without width', () => {
    expect(textWidth('漢字', 10)).toBe(20)
    expect(textWidth('e\u0301', 10)).toBe(textWidth('e', 10))
  })
})
