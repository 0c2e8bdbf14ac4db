import { describe, expect, it } from 'vitest'
import { calmResult, fixtureResult } from '../../fixtures/fixture-result.ts'
import { requestShares, shareSentence } from './share-chart.ts'

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
