import { describe, expect, it } from 'vitest'
import { calmResult, fixtureResult } from '../../fixtures/fixture-result.ts'
import { crowdedResult, withNoisyRounds } from '../../fixtures/fixture-rounds.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import type { Result } from '../../result/model.ts'
import { overheadChart, overheadOverview, roundsChart, slicesChart } from './cell-charts.ts'
import { renderChartFiles } from './chart-files.ts'
import type { ChartSpec } from './marks.ts'
import { renderSvg } from './render-svg.ts'
import { shareChart } from './share-chart.ts'
import { light } from './theme.ts'

const draw = (spec: ChartSpec | null) => renderSvg(spec!, light)
/** Means with intervals; dots of processes are not counted. */
const pointsOf = (svg: string) => [...svg.matchAll(/ d="M[^"]*" fill="#0072b2"/g)].length
const nothing: Result = { ...calmResult(), cells: [] }

describe('µs over the baseline', () => {
  it('has a point, an interval and its figures for every ranked cell', async () => {
    const svg = await draw(overheadChart(calmResult(), 'hello'))
    expect(pointsOf(svg)).toBe(5)
    // The interval of every app, and the line at zero.
    expect(countMarks(svg, 'rule')).toBe(6)
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['the baseline', '1.40 [1.32, 1.49]', 'Fastify 5.12.8']))
  })

  it('does not draw what is invalid or failed', async () => {
    const svg = await draw(overheadChart(fixtureResult(), 'lookup'))
    expect(textsOf(svg).join()).not.toContain('Koa')
    expect(pointsOf(svg)).toBe(3)
  })

  it('has a dot for every process but those of the baseline, in the order of the rounds from top to bottom, and says so', async () => {
    const result = withNoisyRounds(calmResult(), { rounds: 7 })
    const svg = await draw(overheadChart(result, 'hello'))
    expect(countMarks(svg, 'symbol')).toBe(5 + 4 * 7)
    for (const said of ['µs per request, less is better', 'one dot = one process']) expect(svg).toContain(`>${said}</tspan>`)
    const rows = [...svg.matchAll(/translate\([^,]*,([\d.]+)\)" d="M[^"]*" fill="#8c959f"/g)].map(([, y]) => Number(y))
    const [first] = rows
    expect(rows.slice(0, 7)).toEqual(rows.slice(0, 7).toSorted((a, b) => a - b))
    // Within their own row, which is 24 pixels high.
    expect(rows[6]! - first!).toBeLessThan(16)
    expect(await draw(overheadOverview(result))).toContain('one dot = one process')
  })

  it('shows hostile names as text', async () => {
    const svg = await draw(overheadChart(calmResult(), 'hello'))
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('\u001b')
  })

  it('has a panel per endpoint in the overview', async () => {
    const texts = textsOf(await draw(overheadOverview(fixtureResult())))
    expect(texts).toEqual(expect.arrayContaining(['hello', 'lookup', 'CPU µs per request over node-http, 95 % intervals']))
  })

  it('is null without a cell', () => {
    expect(overheadChart(nothing, 'hello')).toBeNull()
    expect(overheadOverview(nothing)).toBeNull()
  })

  it('keeps two apps of one name apart', async () => {
    const long = 'x'.repeat(80)
    const result = calmResult()
    const apps = result.apps.map((app) => ({ ...app, id: long + app.id, title: 'The same', version: null }))
    const cells = result.cells.map((cell) => ({ ...cell, app: long + cell.app }))
    const svg = await draw(overheadChart({ ...result, apps, cells, baseline: `${long}node-http` }, 'hello'))
    expect(pointsOf(svg)).toBe(5)
    // Five rows, not five points on one.
    expect(
      new Set([...svg.matchAll(/translate\([^,]*,([\d.]+)\)" d="M[^"]*" fill="#0072b2"/g)].map(([, y]) => y)).size,
    ).toBeGreaterThan(3)
  })
})

describe('where a request goes', () => {
  it('has three parts per row, and a heading per endpoint', async () => {
    const svg = await draw(shareChart(fixtureResult()))
    expect(countMarks(svg, 'rect')).toBe(3 * (5 + 3))
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['hello', 'lookup', 'framework', 'work behind the endpoint']))
  })

  it('is null without a cell', () => expect(shareChart(nothing)).toBeNull())
})

it('does not call the work behind an endpoint HTTP where it cannot tell them apart', async () => {
  const { cells } = fixtureResult()
  const texts = textsOf(
    await draw(shareChart({ ...fixtureResult(), cells: cells.filter(({ endpoint }) => endpoint === 'lookup') })),
  )
  expect(texts).toContain('HTTP and the work behind the endpoint')
  expect(texts).not.toContain('HTTP')
})

describe('rounds and slices', () => {
  it('have a point per round and endpoint', async () => {
    const svg = await draw(roundsChart(withNoisyRounds(fixtureResult(), { rounds: 7 }), 'hono'))
    expect(countMarks(svg, 'symbol')).toBe(14)
    expect(countMarks(svg, 'line')).toBe(2)
  })

  it('are null with one round, an unknown app, or no samples', () => {
    expect(roundsChart(withNoisyRounds(fixtureResult(), { rounds: 1 }), 'hono')).toBeNull()
    expect(roundsChart(fixtureResult(), 'nobody')).toBeNull()
    expect(slicesChart(calmResult(), [], 'hello')).toBeNull()
  })

  it('show the quantiles of every app that has samples', async () => {
    const distributions = [{ app: 'koa', endpoint: 'hello', slices: 9, costMicroseconds: [1, 2, 3, 4, 5] as const }]
    const svg = await draw(slicesChart(calmResult(), distributions, 'hello'))
    expect(countMarks(svg, 'rule')).toBe(1)
    // The middle half and the median.
    expect(countMarks(svg, 'rect')).toBe(2)
  })
})

it('files of a run are named by chart and theme, and hold nothing unknown', async () => {
  const files = await renderChartFiles(crowdedResult(40))
  expect(files.map(({ name }) => name)).toEqual(['overhead-light.svg', 'overhead-dark.svg', 'share-light.svg', 'share-dark.svg'])
  for (const { text } of files) expect(text).not.toMatch(/NaN|undefined|Infinity/)
  expect(await renderChartFiles(nothing)).toEqual([])
})
