import { describe, expect, it } from 'vitest'
import { endpointIds } from '../app.ts'
import { contract } from '../contract.ts'
import { workload } from './workload.ts'

describe('workload', () => {
  it.each(endpointIds)('%s gives the body the contract spells out, every time', (endpoint) => {
    expect(workload[endpoint]()).toBe(contract[endpoint].body)
    expect(workload[endpoint]()).toBe(contract[endpoint].body)
  })

  it('escapes the name in the page', () => {
    expect(workload.template()).toContain('<h1>Hello, Ada &amp; Grace!</h1>')
    expect(workload.template()).not.toContain('Ada & Grace')
  })

  it('renders 4 rows of 6 cells, with every special character of a cell escaped', () => {
    const rows = [...workload.table().matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) => row!)
    const cells = rows.map((row) => [...row.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell!))
    expect(cells.map((row) => row.length)).toEqual([6, 6, 6, 6])
    const text = cells.flat().join('\n')
    expect(text).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
    for (const escaped of ['&amp;', '&lt;', '&gt;', '&quot;', '&#39;']) expect(text).toContain(escaped)
  })

  it('finds as many keys as counting by hand does', () => {
    // 50,000 look-ups are 25 cycles through 2,000 different keys, and each cycle meets each of the 1,000 members once.
    expect(Number(workload.lookup())).toBe((50_000 / 2_000) * 1_000)
  })
})

describe('contract', () => {
  it.each(endpointIds)('%s: the length is the number of bytes of the body', (endpoint) => {
    const { body, contentLength } = contract[endpoint]
    expect(new TextEncoder().encode(body)).toHaveLength(contentLength)
  })

  it.each(endpointIds)('%s: the path is the one that is requested under load', (endpoint) => {
    expect(contract[endpoint].path).toBe(`/${endpoint}`)
  })
})
