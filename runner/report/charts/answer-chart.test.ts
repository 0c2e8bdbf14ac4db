import { describe, expect, it } from 'vitest'
import { calmResult, hostileTitle } from '../../fixtures/fixture-result.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import type { AnswerChart } from '../../result/answer.ts'
import { answerChart } from './answer-chart.ts'
import { renderChartFiles } from './chart-files.ts'
import { renderSvg } from './render-svg.ts'
import { light } from './theme.ts'

const chart: AnswerChart = {
  ...{ id: 'sweep', title: 'requests/s', description: 'requests/s by connections', form: 'curves' },
  x: { title: 'connections', scale: 'log' },
  y: { title: 'requests/s', scale: 'log' },
  points: ['koa', hostileTitle].flatMap((series) =>
    [1, 8, 64].map((x) => ({ panel: null, series, x, y: 1000 * x, low: 900 * x, high: 1100 * x })),
  ),
}
const draw = async (of: Partial<AnswerChart>) => {
  const warnings: string[] = []
  const svg = await renderSvg(answerChart({ ...chart, ...of })!, light, (message) => warnings.push(message))
  expect(warnings).toEqual([])
  return svg
}

describe('a chart of an answer', () => {
  it('as curves: a mark and an interval for every point, a legend with harmless names', async () => {
    const svg = await draw({})
    expect(countMarks(svg, 'symbol')).toBe(6)
    expect(countMarks(svg, 'rule')).toBe(6)
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['connections', 'requests/s', 'koa', '1', '10']))
    expect(svg).not.toContain('<script')
  })

  it('as rows: names from top to bottom, in the order given, and no legend for one series', async () => {
    const points = ['tcp', 'unix', 'nginx'].map((x, index) => ({ panel: null, series: 'µs', x, y: index, low: null, high: null }))
    const texts = textsOf(await draw({ form: 'rows', points, y: { title: 'µs per request', scale: 'linear' } }))
    expect(texts.filter((text) => ['tcp', 'unix', 'nginx', 'µs'].includes(text))).toEqual(['tcp', 'unix', 'nginx'])
    expect(texts).toContain('µs per request')
  })

  it('has a panel for each of several', async () => {
    const points = chart.points.map((point, index) => ({ ...point, panel: index % 2 === 0 ? 'hello' : 'table' }))
    expect(textsOf(await draw({ points }))).toEqual(expect.arrayContaining(['hello', 'table']))
  })

  it('does without a logarithm where there is a zero, and without a picture where there is nothing', async () => {
    const zero = { ...chart.points[0]!, y: 0, low: 0, high: 0 }
    expect(countMarks(await draw({ points: [zero, chart.points[1]!] }), 'symbol')).toBe(2)
    expect(answerChart({ ...chart, points: [] })).toBeNull()
  })

  it('takes the place of the charts of a comparison', async () => {
    const answer = { question: '', sentences: [], tables: [], limits: [], charts: [{ ...chart, id: '../x' }] }
    const names = (await renderChartFiles({ ...calmResult(), answer })).map(({ name }) => name)
    expect(names).toEqual(['-x-light.svg', '-x-dark.svg'])
  })
})
