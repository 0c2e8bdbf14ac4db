import { openLoopOf } from '../../analysis/open-loop.ts'
import { estimateLogs, type Figure } from '../../analysis/relative.ts'
import type { RoundRecord } from '../../measure/records.ts'
import type { Estimate } from '../../result/model.ts'
import { meanOrNull } from '../../statistics/summary.ts'

/** How two copies of one server differ in their latencies at one load on one endpoint. */
export interface CopyDifference {
  /** The app of the plan, such as `node-http@80`. */
  readonly app: string
  readonly endpoint: string
  /** Of the second copy over the first. */
  readonly p50: Estimate
  readonly p90: Estimate
}

interface LogRatios {
  readonly app: string
  readonly endpoint: string
  readonly p50: Figure[]
  readonly p90: Figure[]
}

/** The A/A comparison of latencies: the result keeps the copies of the baseline together, so they are taken apart round by round. */
export class LatencyCopies {
  readonly #prefix: string
  readonly #known = new Map<string, LogRatios>()

  constructor(baseline: string) {
    this.#prefix = `${baseline}@`
  }

  take({ slices }: Pick<RoundRecord, 'slices'>): void {
    const counted = slices.filter(({ deployment, disturbance }) => disturbance === null && deployment.startsWith(this.#prefix))
    const cells = Map.groupBy(counted, ({ deployment, endpoint }) => `${appOf(deployment)} ${endpoint}`)
    for (const [key, own] of cells) {
      const first = openLoopOf(own.filter(({ deployment }) => deployment === appOf(deployment)))
      const second = openLoopOf(own.filter(({ deployment }) => deployment !== appOf(deployment)))
      if (first === null || second === null) continue
      const { deployment, endpoint, round } = own[0]!
      const cpuDistanceNs = meanOrNull(own.map((slice) => slice.cpuDistanceNs))
      const known = this.#known.get(key) ?? { app: appOf(deployment), endpoint, p50: [], p90: [] }
      known.p50.push({ round, cpuDistanceNs, value: Math.log(second.latency.p50 / first.latency.p50) })
      known.p90.push({ round, cpuDistanceNs, value: Math.log(second.latency.p90 / first.latency.p90) })
      this.#known.set(key, known)
    }
  }

  differences(): CopyDifference[] {
    const all = [...this.#known.values()]
    const [p50, p90] = (['p50', 'p90'] as const).map((of) => estimateLogs(all.map((ratios) => ratios[of])))
    return all.map(({ app, endpoint }, index) => ({ app, endpoint, p50: p50![index]!, p90: p90![index]! }))
  }
}

/** A copy is called by its app and a number. */
function appOf(deployment: string): string {
  return deployment.replace(/#\d+$/, '')
}
