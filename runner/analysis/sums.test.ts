import { describe, expect, it } from 'vitest'
import type { BlockRecord } from '../measure/records.ts'
import { countBlocks, sumBlocks } from './sums.ts'

const record = (endpoint: string, disturbances: string[] = [], kept = true): BlockRecord => ({
  endpoint,
  block: 0,
  disturbances,
  kept,
})

describe('countBlocks', () => {
  it('counts what was planned, tried and thrown away, by endpoint', () => {
    const records = [
      record('hello'),
      record('hello', ['steal']),
      record('lookup'),
      record('hello', ['steal', 'foreign-cpu', 'steal'], false),
    ]
    expect(countBlocks(records)).toEqual([
      { endpoint: 'hello', planned: 3, attempts: 6, disturbances: { steal: 3, 'foreign-cpu': 1 } },
      { endpoint: 'lookup', planned: 1, attempts: 1, disturbances: {} },
    ])
    expect(countBlocks([])).toEqual([])
  })
})

describe('sumBlocks', () => {
  it('adds up', () => {
    const one = { planned: 3, attempts: 6, disturbances: { steal: 3 } }
    expect(sumBlocks([one, { planned: 1, attempts: 2, disturbances: { steal: 1, throttled: 1 } }])).toEqual({
      planned: 4,
      attempts: 8,
      disturbances: { steal: 4, throttled: 1 },
    })
  })

  it('knows nothing of nothing', () => expect(sumBlocks([])).toBeNull())
})
