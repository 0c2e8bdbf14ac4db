/** A ratio on `hello` to bare node:http, as it has been seen for a package on a range of Node versions. */
export interface PlausibleRatio {
  readonly package: string
  readonly fromNode: number
  readonly low: number
  readonly high: number
}

/**
 * From runs of this suite on Node 24 (16 connections, no pipelining), with room for other machines; wide enough for what the
 * benchmarks of the fastify project have shown on the same major version. Earlier versions of Node are not listed: express has
 * cost several times as much there.
 */
export const plausibleRatios: readonly PlausibleRatio[] = [
  { package: 'fastify', fromNode: 24, low: 0.95, high: 1.25 },
  { package: 'hono', fromNode: 24, low: 0.95, high: 1.35 },
  { package: 'koa', fromNode: 24, low: 1.2, high: 1.8 },
  { package: 'express', fromNode: 24, low: 1.4, high: 2.4 },
]
