import { describe, expect, test, vi } from 'vitest'
import { hostileTitle } from '../../fixtures/fixture-result.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import type { ChartSpec } from './marks.ts'
import { renderSvg } from './render-svg.ts'
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
