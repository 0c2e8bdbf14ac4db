import * as hdr from 'hdr-histogram-js'
import type { CellLatencies } from '../load/driver.ts'
import { latencyHistogram } from '../load/latency-histogram.ts'
import { appOf, type Plan } from '../measure/plan.ts'
import type { RoundRecord, WarmUpRecord } from '../measure/records.ts'
import type { Environment, MeasuredCell, Result } from '../result/model.ts'
import { mean, meanOrNull, median, total } from '../statistics/summary.ts'
import { latenciesOf } from './open-loop.ts'
import { analyseRound, type RoundAnalysis } from './round-analysis.ts'
import { type SlowRound, splitSlow } from './slow-rounds.ts'

/** What a run has found out so far, in small: slices are condensed round by round, so that a long run needs no more memory. */
export class Ledger {
  readonly #measured: RoundAnalysis[] = []
  /** Those that count. */
  rounds: readonly RoundAnalysis[] = []
  /** Those in which the machine was slow, whether they count or not. */
  slowRounds: SlowRound[] = []
  /** Time in which a slice was open that counts. */
  measuredNs = 0
  loadResidentBytes: number | null = null
  readonly processRecords: NonNullable<Result['processRecords']> = []
  readonly #plan: Plan
  readonly #noise = { totalNs: 0, stealNs: 0, foreignNs: 0 }
  readonly #latencies = new Map<number, readonly CellLatencies[]>()
  #sums = { rounds: new Set<number>(), byCell: new Map<string, hdr.Histogram>() }
  readonly #residentBytes = new Map<string, number[]>()
  readonly #warmUps: (RoundRecord['warmUps'][number] & { readonly round: number })[] = []

  constructor(plan: Plan) {
    this.#plan = plan
  }

  get measuredRounds(): number {
    return this.#measured.length
  }

  add(record: RoundRecord): void {
    this.#measured.push(analyseRound(this.#plan, record.round, record.slices, record))
    const { counting, slow } = splitSlow(this.#measured)
    this.rounds = counting
    this.slowRounds = slow
    this.measuredNs += total(record.slices, ({ elapsedNs, disturbance }) => (disturbance === null ? elapsedNs : 0))
    this.loadResidentBytes = Math.max(this.loadResidentBytes ?? 0, record.loadResidentBytes ?? 0) || null
    for (const key of Object.keys(this.#noise) as (keyof RoundRecord['noise'])[]) this.#noise[key] += record.noise[key]
    this.#warmUps.push(...record.warmUps.map((one) => ({ ...one, round: record.round })))
    this.#latencies.set(record.round, record.latencies)
    for (const [id, process] of record.processRecords) {
      const app = appOf(this.#plan, id)
      const copies = this.#plan.deployments.filter((deployment) => deployment.app === app)
      const copy = 1 + copies.findIndex((deployment) => deployment.id === id)
      this.processRecords.push({ round: record.round, app, copy, ...process })
    }
    for (const [deployment, bytes] of record.residentBytes) {
      const app = appOf(this.#plan, deployment)
      this.#residentBytes.set(app, [...(this.#residentBytes.get(app) ?? []), bytes])
    }
  }

  /** Shares of the CPU time of the two CPUs in use, 0 to 1; nulls where unknown. */
  get noise(): { stealShare: number | null; foreignShare: number | null } {
    const { totalNs, stealNs, foreignNs } = this.#noise
    const share = (ns: number) => (totalNs > 0 ? ns / totalNs : null)
    return { stealShare: share(stealNs), foreignShare: share(foreignNs) }
  }

  /** Round trip of a cache line between the two CPUs: over the rounds, and the nearest and farthest round; null: unknown. */
  get cpuDistanceNanoseconds(): Environment['cpuDistanceNanoseconds'] {
    const byRound = this.rounds.map(({ cells }) => meanOrNull(cells.map(({ value }) => value.cpuDistanceNanoseconds)))
    const known = byRound.filter((distance) => distance !== null)
    return known.length === 0 ? null : { mean: mean(known), low: Math.min(...known), high: Math.max(...known) }
  }

  /** Median over rounds of the memory of one app at the end of a round; null: unknown. */
  residentBytes(app: string): number | null {
    const bytes = this.#residentBytes.get(app)
    return bytes === undefined ? null : median(bytes)
  }

  /** CPU time of the warm-up of one app, mean over its processes; null: unknown. */
  warmUpMilliseconds(app: string): number | null {
    return meanOrNull(this.#warmUps.map((one) => (one.app === app ? one.milliseconds : null)))
  }

  /** What processes of an app used and answered at the end of their warm-up of a round; those of which it is not known are left out. */
  latestOfWarmUp(app: string, round: number): NonNullable<WarmUpRecord['latest']>[] {
    const own = this.#warmUps.filter((one) => one.app === app && one.round === round)
    return own.flatMap(({ latest }) => latest ?? [])
  }

  latency(app: string, endpoint: string): MeasuredCell['latencyMicroseconds'] {
    const histogram = this.#latencySums().get(`${app} ${endpoint}`)
    return histogram === undefined || histogram.totalCount === 0 ? null : latenciesOf(histogram)
  }

  /** Over the rounds that count, by app and endpoint. A round that turns out to be slow later is not taken back: all are summed up anew. */
  #latencySums(): ReadonlyMap<string, hdr.Histogram> {
    const counting = this.rounds.map(({ round }) => round)
    if ([...this.#sums.rounds].some((round) => !counting.includes(round))) this.#sums = { rounds: new Set(), byCell: new Map() }
    const { rounds, byCell } = this.#sums
    for (const round of counting.filter((one) => !rounds.has(one))) {
      rounds.add(round)
      for (const { target, request, histogram } of this.#latencies.get(round) ?? []) {
        const key = `${appOf(this.#plan, target)} ${this.#plan.endpoints[request]}`
        const sum = byCell.get(key) ?? latencyHistogram()
        sum.add(hdr.decodeFromCompressedBase64(histogram, 32, false))
        byCell.set(key, sum)
      }
    }
    return byCell
  }
}
