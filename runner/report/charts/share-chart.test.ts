import { expect, test } from 'vitest'
import { textsOf } from '../../fixtures/svg-marks.ts'
import { renderSvg } from './render-svg.ts'
import { groupedRows } from './share-chart.ts'
import { light } from './theme.ts'

const groups = [
  {
    title: 'hello',
    rows: [
      { label: 'koa', value: 1 },
      { label: 'koa', value: 2 },
    ],
  },
  { title: 'a#b.c', rows: [{ label: '1.5#', value: 3 }] },
]

test('rows of one name stay apart, and keep their data', () => {
  const { values, y, height } = groupedRows(groups)
  expect(new Set(values.map(({ row }) => row)).size).toBe(3)
  expect(values.map(({ value }) => value)).toEqual([1, 2, 3])
  expect(y.scale.domain).toHaveLength(5)
  expect(height).toBe(100)
})

test('labels are shown as they are, from the top, headings bold', async () => {
  const { values, y, height } = groupedRows(groups)
  const svg = await renderSvg(
    {
      width: 200,
      height,
      data: { values: [...values] },
      mark: 'point',
      encoding: { x: { field: 'value', type: 'quantitative', axis: null }, y },
    },
    light,
  )
  expect(textsOf(svg)).toEqual(['hello', 'koa', 'koa', 'a#b.c', '1.5#'])
  expect(svg).toMatch(/font-weight="bold"[^>]*>hello</)
  expect(svg).not.toMatch(/font-weight="bold"[^>]*>koa</)
})
