import { describe, expect, it, test } from 'vitest'
import { calmResult, hostileTitle } from '../../fixtures/fixture-result.ts'
import { countMarks, textsOf } from '../../fixtures/svg-marks.ts'
import type { AnswerChart } from '../../result/answer.ts'
import { answerChart, logTicks } from './answer-chart.ts'
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

  it('breaks a long legend into lines, so that no name falls out of the picture', async () => {
    const points = Array.from({ length: 6 }, (_, index) => ({ ...chart.points[0]!, series: `${index} is the name of a series` }))
    const widthOf = (svg: string) => Number(/viewBox="0 0 (\d+)/.exec(svg)![1])
    expect(widthOf(await draw({ points }))).toBeLessThan(widthOf(await draw({ points: points.slice(1) })))
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

describe('logTicks', () => {
  test.each([
    [0.89, 2.2, 10, [0.9, 1, 1.2, 1.4, 1.6, 1.8, 2]],
    [0.98, 1.12, 10, [1, 1.05, 1.1]],
    [10, 600, 10, [10, 20, 50, 100, 200, 500]],
    [20, 6000, 5, [30, 100, 300, 1000, 3000]],
    [0.25, 16, 10, [0.5, 1, 2, 5, 10]],
    [1, 1, 10, [1]],
  ])('from %f to %f, %i at most', (low, high, most, ticks) => expect(logTicks(low, high, most)).toEqual(ticks))

  test('over many decades only powers of ten are left, however many', () => {
    expect(logTicks(1e-3, 1e9, 5)).toEqual(Array.from({ length: 13 }, (_, index) => Number(`1e${index - 3}`)))
  })

  test('never outside, always ascending', () => {
    for (const [low, high] of [
      [0.7, 0.71],
      [3, 3000],
      [11.4, 26.2],
    ] as const) {
      const ticks = logTicks(low, high)
      expect(ticks).toEqual([...ticks].sort((a, b) => a - b))
      expect(ticks.every((tick) => low <= tick && tick <= high)).toBe(true)
    }
  })
})
