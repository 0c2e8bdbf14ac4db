import { describe, expect, it } from 'vitest'
import { simulatedRunOf } from '../../fixtures/simulated-run-of-study.ts'
import type { AnswerBody } from '../../result/answer.ts'
import type { Result } from '../../result/model.ts'
import { resolveApp } from '../../servers/find-app.ts'
import { prepareVariants, type Study, variantOf } from '../studies/study.ts'
import { answerBalancing } from './balancing.ts'
import { answerTable, frameworks, protocols } from './frameworks.ts'
import { answerKeepAlive, keepAlive } from './keep-alive.ts'
import { answerModels } from './models.ts'
import { answerOwnWork } from './own-work.ts'
import { type FoundRow, missingOf, type OriginRow } from './rows.ts'
import { balancingRows, frameworkRows, keepAliveRows, modelRows, ownWorkRows, protocolRows } from './tables.ts'

describe('tables of the texts', () => {
  it('have rows of different names, those of 2013 in the order of the talk', () => {
    for (const rows of [protocolRows, frameworkRows, ownWorkRows, keepAliveRows, modelRows, balancingRows]) {
      expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
    }
    const published = frameworkRows.flatMap((row) => row.published ?? [])
    expect(published).toEqual(published.toSorted((a, b) => b - a))
    expect(published).toHaveLength(10)
  })

  it('say in one command what is missing', () => {
    const all = [...protocolRows, ...frameworkRows]
    const { rows, command } = missingOf(all)
    for (const row of rows) expect(all).toContain(row)
    expect(command).toMatch(/^On Debian: apt-get install --no-install-recommends/)
  })

  it('are documented on a page of their own', () => {
    for (const { page, lacking } of [protocols, frameworks, keepAlive]) {
      expect(page).toBe('origins')
      expect(lacking).toBeTypeOf('function')
    }
  })
})

/** Rows as if they were installed: what a simulated world serves, and what costs how much there. */
async function answered(
  rows: readonly OriginRow[],
  answer: (result: Result, rows: readonly FoundRow[]) => AnswerBody,
  cost: (app: string, endpoint: string) => number,
  endpoints = ['hello'],
) {
  const koa = resolveApp('koa', '/')
  const proxy = { name: 'nginx 1', path: 'nginx', connections: 16, keepAlive: true }
  const found = rows.map((row): FoundRow => {
    const proxied = row.front === undefined ? {} : { proxy, partsOver: { direct: null, alone: null } }
    return { ...row, ...variantOf({ ...koa, id: row.key }), deployment: { transport: 'tcp', ...proxied } }
  })
  const study: Study = {
    ...protocols,
    ownOptions: [],
    prepare: async (options, _own, { apps }) =>
      prepareVariants(options, [variantOf(apps[0]!), ...found], (result) => answer(result, found)),
  }
  return (await simulatedRunOf(study, { given: { apps: ['node-http'], endpoints }, world: { cost, proxyOverApp: 1 } })).answer
}

describe('answers of the tables', () => {
  it('tell a front from the server behind it, and which places have changed', async () => {
    const costs: Readonly<Record<string, number>> = { 'node-http': 20, wsgi: 60, bottle: 70, go: 50, flask: 300, django: 250 }
    const rows = frameworkRows.filter(({ key }) => key in costs)
    const words = { reference: 'wsgi', called: 'the WSGI skeleton', study: 'frameworks' }
    const { sentences, tables, charts } = await answered(
      rows,
      (result, found) => answerTable(result, found, words),
      (app) => costs[app] ?? 20,
    )
    const columns = tables[0]!.columns.map(({ head }) => head)
    const cell = (row: number, head: string) => tables[0]!.rows[row]![columns.indexOf(head)]
    expect(rows.map(({ key }) => key)).toEqual(['wsgi', 'bottle', 'go', 'flask', 'django'])
    expect(cell(0, 'place 2013')).toBe('1')
    expect(cell(0, 'place now')).toBe('2')
    expect(cell(2, 'place now')).toBe('1')
    expect([cell(3, 'place 2013'), cell(3, 'place now')]).toEqual(['4', '5'])
    // In front costs as much as behind.
    const [front, server] = ['of the front, µs', 'of the server, µs'].map((head) => cell(1, head) as { readonly value: number })
    expect(front!.value / server!.value).toBeCloseTo(1, 1)
    expect((cell(4, 'all ÷ the WSGI skeleton') as { readonly value: number }).value).toBeCloseTo(250 / 60, 1)
    expect(sentences.at(-1)).toBe(
      'Of the 5 systems of 2013 these have another place: ' +
        'wsgi from 1 to 2, bottle from 2 to 3, go from 3 to 1, flask from 4 to 5 and django from 5 to 4.',
    )
    expect(charts).toHaveLength(1)
  })

  it('say that an order holds where no place is proven to be another one', async () => {
    const rows = frameworkRows.filter(({ key }) => ['wsgi', 'bottle', 'django'].includes(key))
    const words = { reference: 'wsgi', called: 'the WSGI skeleton', study: 'frameworks' }
    const costs: Readonly<Record<string, number>> = { 'node-http': 20, wsgi: 60, bottle: 70, django: 250 }
    const { sentences } = await answered(
      rows,
      (result, found) => answerTable(result, found, words),
      (app) => costs[app]!,
    )
    expect(sentences.at(-1)).toBe('The order of 2013 holds: no place is proven to be another one.')
  })

  it('set own work against the hello of the same server', async () => {
    const cost = (_app: string, endpoint: string) => (endpoint === 'lookup' ? 400 : 40)
    const { tables, sentences } = await answered(
      ownWorkRows,
      (result) => answerOwnWork(result, ['django-bare', 'wsgi', 'node-http']),
      cost,
      ['hello', 'template', 'table', 'lookup'],
    )
    expect(tables[0]!.rows).toHaveLength(12)
    expect(tables[0]!.rows[3]![4]).toBeCloseTo(10, 0)
    expect(tables[0]!.rows[3]![5]).toBe(71)
    expect(sentences.at(-1)).toMatch(/1\.2 times on template, 3\.7 times on table and 11\.5 times on lookup\.$/)
  })

  it('say of two servers behind a balancer what a CPU for each could bring at the most', async () => {
    const rows = balancingRows.filter(({ server }) => server === 'tornado')
    const { tables, sentences } = await answered(rows, answerBalancing, () => 50)
    const columns = tables[0]!.columns.map(({ head }) => head)
    const column = (head: string) => tables[0]!.rows.map((row) => row[columns.indexOf(head)] as { value: number } | null)
    expect(column('servers')).toEqual([1, 2, 1, 2])
    // In this world the balancer costs as much as the server: it is at its limit with the first.
    expect(column('pages with a CPU for each, up to').map((one) => one && Math.round(one.value))).toEqual([null, 1, null, 1])
    expect(column('all ÷ one server')[1]!.value).toBeCloseTo(1, 1)
    expect(sentences).toHaveLength(2)
    expect(sentences[0]).toContain('the balancer is at its limit then')
  })

  it('tell connections, models, and what is no stall', async () => {
    const rows = keepAliveRows.map(({ deployment: _, ...row }) => row)
    const kept = await answered(rows, answerKeepAlive, () => 50)
    expect(kept.tables[0]!.rows.map(([connections, nodelay]) => [connections, nodelay])).toEqual([
      ['kept', 'off'],
      ['kept', 'on'],
      ['closed', 'off'],
      ['closed', 'on'],
    ])
    expect(kept.tables[0]!.rows.map((row) => row.at(-1))).toEqual(['no', 'no', 'no', 'no'])
    const models = await answered(modelRows, answerModels, () => 50)
    expect(models.tables[0]!.rows.map(([model]) => model)).toContain('a daemon behind the web server')
  })
})
