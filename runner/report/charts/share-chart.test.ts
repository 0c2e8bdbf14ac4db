import { describe, expect, it, test } from 'vitest'
import { calmResult, fixtureResult } from '../../fixtures/fixture-result.ts'
import { textsOf } from '../../fixtures/svg-marks.ts'
import { renderSvg } from './render-svg.ts'
import { groupedRows, requestShares, shareSentence } from './share-chart.ts'
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

describe('shares of a request', () => {
  const shares = requestShares(fixtureResult())
  const find = (app: string, endpoint: string) => shares.find((one) => one.app === app && one.endpoint === endpoint)

  it('add up to 1 everywhere', () => {
    for (const { framework, workload, http } of shares) expect(framework + workload! + http).toBeCloseTo(1, 12)
  })

  it('are HTTP, the work behind the endpoint, and what the app adds', () => {
    // node:http takes 6.812 µs on hello and 1204.3 on lookup; fastify 8.215 and 1216.9.
    expect(find('fastify', 'hello')!.framework).toBeCloseTo((8.215 - 6.812) / 8.215, 12)
    expect(find('fastify', 'hello')!.workload).toBe(0)
    expect(find('fastify', 'lookup')!.workload).toBeCloseTo((1204.3 - 6.812) / 1216.9, 12)
    expect(find('node-http', 'lookup')!.framework).toBe(0)
  })

  it('leave out what is invalid or failed', () => {
    expect(find('koa', 'lookup')).toBeUndefined()
    expect(find('evil', 'lookup')).toBeUndefined()
  })

  it('do not part HTTP from the work where hello was not measured', () => {
    const result = fixtureResult()
    const without = requestShares({ ...result, cells: result.cells.filter(({ endpoint }) => endpoint === 'lookup') })
    for (const { framework, workload, http } of without) {
      expect(workload).toBeNull()
      expect(framework + http).toBeCloseTo(1, 12)
    }
  })
})

describe('does the framework matter here?', () => {
  it('is said by endpoint, with the least and the most of all apps', () => {
    expect(shareSentence(fixtureResult())).toBe(
      'Of the CPU time of a request, the framework takes 17 to 49 % on hello and 1 to 2 % on lookup (there it hardly matters).',
    )
  })

  it('is one figure with one app, and nothing with none', () => {
    const calm = calmResult()
    const only = (ids: string[]) => ({ ...calm, cells: calm.cells.filter(({ app }) => ids.includes(app)) })
    expect(shareSentence(only(['node-http', 'fastify']))).toBe('Of the CPU time of a request, the framework takes 17 % on hello.')
    expect(shareSentence(only(['node-http']))).toBe('')
  })
})
