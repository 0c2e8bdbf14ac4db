import { describe, expect, test } from 'vitest'
import { chartConfig, dark, light, type Theme, themes } from './theme.ts'

const BACKGROUNDS = { light: '#ffffff', dark: '#0d1117' }

describe.each(themes)('the theme $name', (theme) => {
  const against = (colour: string) => contrast(colour, BACKGROUNDS[theme.name])

  test('texts have a contrast of 4.5 to 1, series and symbols of 3 to 1', () => {
    for (const text of [theme.text, theme.muted]) expect(against(text), text).toBeGreaterThanOrEqual(4.5)
    for (const series of theme.series) expect(against(series), series).toBeGreaterThanOrEqual(3)
    expect(against(theme.line)).toBeGreaterThanOrEqual(3)
  })

  test('the grid stays behind', () => expect(against(theme.grid)).toBeLessThan(1.5))

  test('no colour of the config is foreign to the theme, no text is smaller than 11 pixels', () => {
    const config = JSON.stringify(chartConfig(theme))
    const { name, series, ...others } = theme
    const known = [...series, ...Object.values(others)]
    for (const [colour] of config.matchAll(/#[0-9a-f]{3,8}/gi)) expect(known).toContain(colour)
    for (const [, size] of config.matchAll(/[fF]ontSize":(\d+)/g)) expect(Number(size)).toBeGreaterThanOrEqual(11)
  })
})

test('both themes give the same shapes to the same series', () => {
  expect(light.series).toHaveLength(dark.series.length)
  const shapesOf = (theme: Theme) => chartConfig(theme).range?.symbol
  expect(shapesOf(light)).toEqual(shapesOf(dark))
  expect(shapesOf(light)).toHaveLength(light.series.length)
})

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((from) => Number.parseInt(colour.slice(from, from + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
