import type { BlockRecord } from '../measure/records.ts'
import type { Blocks } from '../result/model.ts'
import { sumFields } from './sums.ts'

/** The blocks of one endpoint in one round. */
export interface EndpointBlocks extends Blocks {
  readonly endpoint: string
}

/** Counts the blocks of one round, endpoint by endpoint. */
export function countBlocks(records: readonly BlockRecord[]): EndpointBlocks[] {
  return [...Map.groupBy(records, ({ endpoint }) => endpoint)].map(([endpoint, own]) => {
    const thrownAway = own.flatMap(({ disturbances }) => disturbances)
    return {
      endpoint,
      planned: own.length,
      attempts: thrownAway.length + own.filter(({ kept }) => kept).length,
      disturbances: counted(thrownAway.map((code) => [code, 1])),
    }
  })
}

/** Sums of counts of several endpoints and rounds; null: nothing is known of any block. */
export function sumBlocks(all: readonly Blocks[]): Blocks | null {
  if (all.length === 0) return null
  const disturbances = counted(all.flatMap((one) => Object.entries(one.disturbances)))
  return { ...sumFields(all, ['planned', 'attempts']), disturbances }
}

function counted(entries: readonly [code: string, count: number][]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [code, count] of entries) counts[code] = (counts[code] ?? 0) + count
  return counts
}
