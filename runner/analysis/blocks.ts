import type { BlockRecord } from '../measure/records.ts'

/** How blocks came about. */
export interface BlockCounts {
  readonly planned: number
  /** Repeats included. */
  readonly attempts: number
  /** Attempts that were thrown away, by code of disturbance. */
  readonly disturbances: Readonly<Record<string, number>>
}

/** The blocks of one endpoint in one round. */
export interface EndpointBlocks extends BlockCounts {
  readonly endpoint: string
}

/** Counts the blocks of one round, endpoint by endpoint. */
export function countBlocks(records: readonly BlockRecord[]): EndpointBlocks[] {
  return [...Map.groupBy(records, ({ endpoint }) => endpoint)].map(([endpoint, own]) => {
    const thrownAway = Map.groupBy(
      own.flatMap(({ disturbances }) => disturbances),
      (code) => code,
    )
    return {
      endpoint,
      planned: own.length,
      attempts: own.reduce((sum, { disturbances, kept }) => sum + disturbances.length + (kept ? 1 : 0), 0),
      disturbances: Object.fromEntries([...thrownAway].map(([code, all]) => [code, all.length])),
    }
  })
}

/** Sums of counts of several endpoints and rounds; null: nothing is known of any block. */
export function sumBlocks(all: readonly BlockCounts[]): BlockCounts | null {
  if (all.length === 0) return null
  const disturbances: Record<string, number> = {}
  for (const [code, count] of all.flatMap((one) => Object.entries(one.disturbances))) {
    disturbances[code] = (disturbances[code] ?? 0) + count
  }
  return {
    planned: all.reduce((sum, { planned }) => sum + planned, 0),
    attempts: all.reduce((sum, { attempts }) => sum + attempts, 0),
    disturbances,
  }
}
