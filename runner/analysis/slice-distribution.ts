import { COPIES } from '../measure/plan.ts'
import { costNs, type Slice } from '../measure/records.ts'
import { copyId } from '../result/ids.ts'

/** Levels of the quantiles of a distribution. */
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const

/** How the slices of one cell spread. */
export interface SliceDistribution {
  readonly app: string
  readonly endpoint: string
  readonly slices: number
  /** By `QUANTILES`, microseconds per request. */
  readonly costMicroseconds: readonly [number, number, number, number, number]
}

type Sample = Pick<Slice, 'deployment' | 'endpoint' | 'disturbance' | 'requests' | 'serverCpuNs'>

/** Distributions of all cells, of slices that count. The copies of an app are one cell. */
export async function distributionsOf(
  samples: AsyncIterable<Sample> | Iterable<Sample>,
  { cells: known }: { readonly cells: readonly { readonly app: string }[] },
): Promise<SliceDistribution[]> {
  const appOf = new Map(known.flatMap(({ app }) => COPIES.map((copy) => [copyId(app, copy), app])))
  const cells = new Map<string, { app: string; endpoint: string; costs: number[] }>()
  for await (const sample of samples) {
    const cost = costNs(sample as Slice)
    if (sample.disturbance !== null || Number.isNaN(cost)) continue
    const app = appOf.get(sample.deployment)
    if (app === undefined) continue
    const key = JSON.stringify([app, sample.endpoint])
    const cell = cells.get(key) ?? { app, endpoint: sample.endpoint, costs: [] }
    cell.costs.push(cost / 1000)
    cells.set(key, cell)
  }
  return [...cells.values()].map(({ app, endpoint, costs }) => {
    const sorted = Float64Array.from(costs).sort()
    const [p5, p25, p50, p75, p95] = QUANTILES.map((level) => sorted[Math.round(level * (sorted.length - 1))]!)
    return { app, endpoint, slices: sorted.length, costMicroseconds: [p5!, p25!, p50!, p75!, p95!] }
  })
}
