import { describe, expect, test } from 'vitest'
import { calmResult, fixtureResult } from '../fixtures/fixture-result.ts'
import { buildTables, type CellTable } from './cells.ts'

function table(index: number): CellTable {
  return buildTables(fixtureResult())[index]!
}

test('a table per endpoint, then one over all', () => {
  expect(buildTables(fixtureResult()).map(({ endpoint }) => endpoint)).toEqual(['hello', 'lookup', null])
})

test('a single endpoint has nothing to be summed up over', () => {
  const result = { ...calmResult(), overall: fixtureResult().overall }
  expect(buildTables(result).map(({ endpoint }) => endpoint)).toEqual(['hello'])
})

describe('rows', () => {
  test('go from cheap to dear, whatever the order of the cells', () => {
    const cheapestFirst = ['node-http', 'fastify', 'hono', 'koa', 'evil']
    expect(table(0).rows.map(({ app }) => app)).toEqual(cheapestFirst)
    const turned = fixtureResult()
    turned.cells.reverse()
    expect(buildTables(turned)[0]?.rows.map(({ app }) => app)).toEqual(cheapestFirst)
  })

  test('unranked below ranked, failed last, although koa is cheaper than hono', () => {
    expect(table(1).rows.map(({ app, state }) => `${app} ${state}`)).toEqual([
      ...['node-http measured', 'fastify measured', 'hono measured', 'koa measured', 'evil failed'],
    ])
    expect(table(1).rows[3]?.figures.rank?.main).toBe('–')
  })

  test('an invalid cell keeps no rank, even if it was given one', () => {
    const result = fixtureResult()
    for (const cell of result.cells) if (cell.state === 'measured' && cell.verdict === 'invalid') cell.rank = { low: 1, high: 1 }
    const koa = buildTables(result)[1]?.rows[3]
    expect(koa?.app).toBe('koa')
    expect(koa?.figures.rank?.main).toBe('–')
  })

  test('ties show as overlapping ranges', () => {
    expect(table(0).rows.map(({ figures }) => figures.rank?.main)).toEqual(['1', '2', '3–4', '3–4', '5'])
  })

  test('a failed cell has its reason and no number', () => {
    const { note, figures } = table(1).rows[4]!
    expect(note).toBe('failed: exited with status 1 | <b>`rm`</b> in round 2')
    expect(Object.keys(figures)).toEqual(['app', 'verdict'])
  })

  test('a skipped cell says so', () => {
    const result = fixtureResult()
    const { app, endpoint, deployment, load, verdict, findings } = result.cells[0]!
    result.cells[0] = { app, endpoint, deployment, load, verdict, findings, state: 'skipped', reason: 'no time' }
    const rows = buildTables(result)[0]!.rows
    expect(rows.at(-1)).toMatchObject({ app: 'node-http', state: 'skipped', note: 'skipped: no time' })
  })

  test('an app without an overall figure is named with the reason', () => {
    expect(table(2).rows.map(({ app, note }) => [app, note])).toEqual([
      ...[
        ['node-http', null],
        ['fastify', null],
        ['hono', null],
        ['koa', null],
      ],
      ['evil', 'not measured on every endpoint'],
    ])
  })
})

test('every figure is told with its interval', () => {
  const { figures } = table(0).rows[2]!
  expect(Object.entries(figures).map(([id, { main, interval }]) => [id, main, interval])).toEqual([
    ['rank', '3–4', ''],
    ['app', 'Hono 4.13.19', ''],
    ['cost', '9.99', '[9.87, 10.11]'],
    ['ratio', '1.467', '[1.455, 1.479]'],
    ['overhead', '3.18', '[3.04, 3.33]'],
    ['requestsPerSecond', '82,000', '[81,100, 83,000]'],
    ['serverBusy', '97', ''],
    ['loadBusy', '41', ''],
    ['verdict', 'valid', ''],
  ])
})

test('titles tell the level that was used', () => {
  const result = calmResult()
  for (const cell of result.cells) if (cell.state === 'measured') cell.cost.level = 0.99
  expect(buildTables(result)[0]?.title).toBe('hello: CPU of the server per request, 99 % intervals')
})

test('the hostile title is one bounded line without escapes', () => {
  expect(table(0).rows[4]?.figures.app?.main).toBe('<script>alert(1)</script>|"x" 1.0|` 0 (evil)')
})
