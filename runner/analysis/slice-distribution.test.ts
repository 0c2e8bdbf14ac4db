import { expect, it } from 'vitest'
import { distributionsOf } from './slice-distribution.ts'

const sample = (deployment: string, microseconds: number, disturbance: string | null = null) => ({
  ...{ deployment, endpoint: 'hello', disturbance, requests: 10, serverCpuNs: microseconds * 10_000 },
})

it('is the quantiles of what slices cost, disturbed and empty ones left out, copies together', async () => {
  const costs = Array.from({ length: 101 }, (_, index) => index + 1)
  const samples = [
    ...costs.toReversed().map((cost) => sample(cost % 2 === 0 ? 'node-http' : 'node-http#2', cost)),
    sample('node-http', 1e6, 'steal'),
    { ...sample('node-http', 1e6), requests: 0 },
    sample('koa', 7),
    sample('of another run', 7),
  ]
  expect(await distributionsOf(samples, { cells: [{ app: 'node-http' }, { app: 'koa' }] })).toEqual([
    { app: 'node-http', endpoint: 'hello', slices: 101, costMicroseconds: [6, 26, 51, 76, 96] },
    { app: 'koa', endpoint: 'hello', slices: 1, costMicroseconds: [7, 7, 7, 7, 7] },
  ])
})

it('is empty without samples', async () => expect(await distributionsOf([], { cells: [] })).toEqual([]))
