import { describe, expect, it } from 'vitest'
import { calmResult, fixtureResult } from '../../fixtures/fixture-result.ts'
import { crowdedResult, withNoisyRounds } from '../../fixtures/fixture-rounds.ts'
import type { Result } from '../../result/model.ts'
import { renderReportPage } from './report-page.ts'
import { inlineSvg } from './to-html.ts'

const tags = (page: string, name: string) => page.match(new RegExp(`<${name}[ >]`, 'g'))?.length ?? 0

describe('the page of a run', async () => {
  const page = await renderReportPage(withNoisyRounds(fixtureResult()), [
    { app: 'fastify', endpoint: 'hello', slices: 9, costMicroseconds: [1, 2, 3, 4, 5] },
  ])

  it('loads nothing from anywhere', () => {
    // Names of XML namespaces are no addresses that are requested.
    const addresses = [...page.matchAll(/(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi)].map(([address]) => address)
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org']))
    expect(page).not.toMatch(/<(link|img|iframe|object)\b(?![^>]*href="data:)/)
    expect(page).toContain("default-src 'none'")
  })

  it('shows what apps say as text', () => {
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('\u001b')
    expect(tags(page, 'script')).toBe(2)
  })

  it('has the summary, the verdict, a row for every cell, and every part', () => {
    expect(page).toContain('<span class="verdict invalid">invalid</span>')
    expect(tags(page, 'tr')).toBe(1 + 10)
    for (const title of [
      'CPU µs per request over node-http',
      'All figures',
      'Does the framework matter here?',
      'What failed',
      'Findings',
      'Two copies of one server (A/A)',
      'How slices spread',
      'Cost over rounds',
      'Environment',
      'Measure it again',
    ]) {
      expect(page).toContain(`>${title}</h2>`)
    }
  })

  it('does not rank what is invalid, and says why', () => {
    const row = /<tr data-endpoint="lookup" data-name="koa 3\.3\.0"[\s\S]*?<\/tr>/.exec(page)![0]
    expect(row).toContain('class="unranked"')
    expect(row).toContain('not ranked: load-generator-bound')
    expect(row).toMatch(/data-column="rank"[^>]*><span class="figure">–</)
  })

  it('has a reason in place of numbers where an app failed', () => {
    const row = /<tr data-endpoint="lookup" data-name="&lt;script[\s\S]*?<\/tr>/.exec(page)![0]
    expect(row).toContain('failed: ')
    expect(row).not.toContain('class="figure"')
  })

  it('gives every inline chart ids of its own', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says that there are no samples where there are none', async () => {
    expect(await renderReportPage(calmResult(), [])).toContain('were not found beside it')
  })
})

describe('runs at the edge', () => {
  it.each<[string, Result]>([
    ['of one app', { ...calmResult(), cells: calmResult().cells.slice(0, 1), apps: calmResult().apps.slice(0, 1) }],
    ['of nothing that was measured', { ...fixtureResult(), cells: [], overall: [], controls: { identical: [] } }],
    ['of forty apps', crowdedResult(40)],
  ])('%s have a page', async (_, result) => {
    const page = await renderReportPage(result, [])
    expect(page).toContain('</html>')
    expect(page).not.toMatch(/>(NaN|undefined|Infinity)</)
    // The figures against 40 references, and 40 panels of rounds.
    expect(page.length).toBeLessThan(4e6)
  })
})

describe('a chart in the page', () => {
  it('takes its colours from the theme of the reader', () => {
    expect(inlineSvg('<path stroke="#1f2328" fill="#0072b2"/><text fill="#123456">#1f2328</text>', 'x')).toBe(
      '<path stroke="var(--text)" fill="var(--series-1)"/><text fill="#123456">#1f2328</text>',
    )
  })

  it('keeps its clips apart from those of others', () => {
    expect(inlineSvg('<clipPath id="clip1"></clipPath><g clip-path="url(#clip1)"></g>', 'o2')).toBe(
      '<clipPath id="o2-clip1"></clipPath><g clip-path="url(#o2-clip1)"></g>',
    )
  })
})
