import { expect, it } from 'vitest'
import type { BlockRecord } from '../measure/records.ts'
import { sumBlocks } from './sums.ts'

const record = (disturbances: string[] = [], kept = true): BlockRecord => ({ endpoint: 'hello', block: 0, disturbances, kept })

it('counts what was planned, tried and thrown away', () => {
  const records = [record(), record(['steal']), record(['steal', 'foreign-cpu', 'steal'], false)]
  expect(sumBlocks(records)).toEqual({ planned: 3, attempts: 6, disturbances: { steal: 3, 'foreign-cpu': 1 } })
})

it('knows nothing of nothing', () => expect(sumBlocks([])).toBeNull())
