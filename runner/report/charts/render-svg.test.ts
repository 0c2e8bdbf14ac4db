import { describe, expect, test, vi } from 'vitest'
import { hostileTitle } from '../../fixtures/fixture-result.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import type { ChartSpec } from './marks.ts'
import { renderSvg, textWidth, tidySvg } from './render-svg.ts'
import { dark, light, themes } from './theme.ts'

function spec(labels: readonly string[] = ['a', 'b'], description = 'made up'): ChartSpec {
  return {
    description,
    width: 300,
    height: 60,
    data: {
      values: labels.map((label, index) => ({
        label,
        low: index / 3,
        value: index + 0.5,
        high: index + 1,
        state: `${index % 2}`,
      })),
    },
    layer: [
      {
        mark: { type: 'rule', style: 'interval', clip: true },
        encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' }, y: { field: 'label', type: 'nominal' } },
      },
      {
        mark: { type: 'point', style: 'estimate', clip: true },
        encoding: {
          ...{ x: { field: 'value', type: 'quantitative' }, y: { field: 'label', type: 'nominal' } },
          ...{ color: { field: 'state', type: 'nominal' }, shape: { field: 'state', type: 'nominal' } },
        },
      },
    ],
  }
}

describe('renderSvg', () => {
  test('draws every datum in the colours and shapes of the theme, on no background', async () => {
    const svg = await renderSvg(spec(), light)
    expect([countMarks(svg, 'symbol'), countMarks(svg, 'rule')]).toEqual([2, 2])
    expect(svg).toContain(`fill="${light.series[0]}"`)
    expect(svg).toContain(`fill="${light.series[1]}"`)
    expect(svg).toContain(`stroke="${light.series[0]}"`)
    expect(svg).not.toMatch(/<svg[^>]*><rect/)
  })

  test('the same spec gives the same bytes, whatever is drawn beside it', async () => {
    const first = await renderSvg(spec(), light)
    const [again, , besides] = await Promise.all([
      renderSvg(spec(), light),
      renderSvg(spec(['c']), dark),
      renderSvg(spec(), light),
    ])
    expect(again).toBe(first)
    expect(besides).toBe(first)
  })

  test('themes differ in colours only', async () => {
    const [one, other] = await Promise.all(themes.map((theme) => renderSvg(spec(), theme)))
    const colourless = (svg: string) => svg.replace(/#[0-9a-f]{6}/g, '#')
    expect(one).not.toBe(other)
    expect(colourless(one!)).toBe(colourless(other!))
  })

  test('is an image with a name for those who do not see it', async () => {
    const svg = await renderSvg(spec(['a'], 'two <b> & "more"'), light)
    expect(svg).toMatch(/^<svg role="img" aria-label="two &lt;b&gt; &amp; &quot;more&quot;" /)
    expect(svg.match(/role="/g)).toHaveLength(1)
  })

  test('texts stay texts', async () => {
    const svg = await renderSvg(spec([hostileTitle, ' opacity="1" <g></g>']), light)
    expect(svg).not.toContain('<script')
    expect(textsOf(svg)).toContain('opacity="1" <g></g>')
    expect(textsOf(svg).some((text) => text.startsWith('<script>alert(1)'))).toBe(true)
  })

  test('loads nothing', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    const warnings: string[] = []
    const svg = await renderSvg(
      { data: { url: 'http://127.0.0.1:9/data.json' }, mark: 'point', encoding: { x: { field: 'a', type: 'quantitative' } } },
      light,
      (message) => warnings.push(message),
    )
    expect(countMarks(svg, 'symbol')).toBe(0)
    expect(fetched).not.toHaveBeenCalled()
    expect(warnings.join()).toContain('a chart loads nothing')
    fetched.mockRestore()
  })

  test('tells what is odd about a spec, and nothing about a good one', async () => {
    const warnings: string[] = []
    await renderSvg(spec(), light, (message) => warnings.push(message))
    expect(warnings).toEqual([])
    await renderSvg(
      {
        data: { values: [{ a: 1 }] },
        mark: 'bar',
        encoding: { x: { field: 'a', type: 'nominal' }, opacity: { field: 'a', type: 'nominal' } },
      },
      light,
      (message) => warnings.push(message),
    )
    expect(warnings.join()).toContain('opacity')
  })
})

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

const tidy = (inner: string) =>
  tidySvg(`<svg xmlns="x">${inner}</svg>`, 'Some Sans', 'name')
    .replace(/^<svg [^>]*>/, '')
    .replace('</svg>', '')

describe('tidySvg', () => {
  test.each([
    [
      '<path transform="translate(1.23456,-0.001)" d="M1.005e-7,2.5L3,4"/>',
      '<path transform="translate(1.23,0)" d="M0,2.5L3,4"/>',
    ],
    ['<text font-family="Some Sans" font-size="12px">1.23456</text>', '<text font-size="12px">1.23456</text>'],
    ['<text font-family="Other">x</text>', '<text font-family="Other">x</text>'],
    ['<path class="background" aria-hidden="true" d="M0,0h0v0h0Z"/><g></g>', ''],
    ['<path class="background" d="M0,0h9v9h0Z" stroke="#ddd"/>', '<path class="background" d="M0,0h9v9h0Z" stroke="#ddd"/>'],
    [
      '<g clip-path="url(#clip7)"/><clipPath id="clip7"/><g clip-path="url(#clip3)"/>',
      '<g clip-path="url(#clip1)"/><clipPath id="clip1"/><g clip-path="url(#clip2)"/>',
    ],
    ['<text>opacity="1" aria-hidden="true" d="1.23456"</text>', '<text>opacity="1" aria-hidden="true" d="1.23456"</text>'],
  ])('%s', (before, after) => expect(tidy(before)).toBe(after))

  test('tells font and name once, at the root', () => {
    const root = /^<svg [^>]*>/.exec(tidySvg('<svg xmlns="x"></svg>', "A, 'B'", 'a "b"'))![0]
    expect(root).toContain('font-family="A, &#39;B&#39;"')
    expect(root).toContain('aria-label="a &quot;b&quot;"')
  })
})
