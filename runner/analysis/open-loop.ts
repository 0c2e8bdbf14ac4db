import { sumOfFine } from '../load/latency-histogram.ts'
import type { Slice } from '../measure/sample.ts'
import { mean } from '../statistics/summary.ts'

const TENTHS_PER_MICROSECOND = 10

/** Latencies from the time at which requests were due, microseconds. */
export interface DueLatencies {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  /** Of a round: of the copy that has the fewest. Of all rounds: their sum. */
  readonly samples: number
}

/** Requests with times of their own, in one cell: of a round, or of all rounds together. */
export interface OpenLoopFigures {
  /** Asked for, mean over the slices. */
  readonly ratePerSecond: number
  readonly slices: number
  readonly scheduled: number
  readonly dropped: number
  readonly queued: number
  readonly plannedNs: number
  readonly answeredNs: number
  readonly latency: DueLatencies
  /** How late requests were sent for which a connection was free, microseconds. */
  readonly lag: { readonly p50: number; readonly p99: number }
}

/**
 * What slices of one cell in one round say of requests with times of their own; null: they had none. Of several copies each has percentiles
 * of its own, and their geometric mean counts: a mixture of two processes would have others than either.
 */
export function openLoopOf(slices: readonly Slice[]): OpenLoopFigures | null {
  const copies = [...Map.groupBy(slices, ({ deployment }) => deployment).values()].map(ofOneCopy).filter((copy) => copy !== null)
  return combine(copies, (samples) => Math.min(...samples))
}

/** All rounds of a cell; null: its requests had no times of their own. */
export function openLoopOver(rounds: readonly (OpenLoopFigures | null)[]): OpenLoopFigures | null {
  return combine(
    rounds.filter((round) => round !== null),
    (samples) => samples.reduce((sum, count) => sum + count, 0),
  )
}

function ofOneCopy(slices: readonly Slice[]): OpenLoopFigures | null {
  const pulses = slices.flatMap(({ openLoop }) => openLoop ?? [])
  const latency = sumOfFine(pulses.map(({ latencies }) => latencies))
  const lag = sumOfFine(pulses.map(({ lags }) => lags))
  if (latency.totalCount === 0) return null
  const sum = (of: (pulse: (typeof pulses)[number]) => number) => pulses.reduce((total, pulse) => total + of(pulse), 0)
  const at = (histogram: typeof latency, percent: number) => histogram.getValueAtPercentile(percent) / TENTHS_PER_MICROSECOND
  return {
    ratePerSecond: mean(pulses.map(({ ratePerSecond }) => ratePerSecond)),
    slices: pulses.length,
    scheduled: sum(({ scheduled }) => scheduled),
    dropped: sum(({ dropped }) => dropped),
    queued: sum(({ queued }) => queued),
    plannedNs: sum(({ plannedNs }) => plannedNs),
    answeredNs: sum(({ answeredNs }) => answeredNs),
    latency: {
      ...{ mean: latency.mean / TENTHS_PER_MICROSECOND, max: latency.maxValue / TENTHS_PER_MICROSECOND },
      ...{ p50: at(latency, 50), p90: at(latency, 90), p99: at(latency, 99) },
      samples: latency.totalCount,
    },
    lag: { p50: at(lag, 50), p99: at(lag, 99) },
  }
}

function combine(parts: readonly OpenLoopFigures[], samples: (counts: number[]) => number): OpenLoopFigures | null {
  if (parts.length === 0) return null
  const sum = (of: (part: OpenLoopFigures) => number) => parts.reduce((total, part) => total + of(part), 0)
  const middle = (of: (latency: DueLatencies) => number) => geometricMean(parts.map(({ latency }) => of(latency)))
  return {
    ratePerSecond: mean(parts.map(({ ratePerSecond }) => ratePerSecond)),
    slices: sum(({ slices }) => slices),
    scheduled: sum(({ scheduled }) => scheduled),
    dropped: sum(({ dropped }) => dropped),
    queued: sum(({ queued }) => queued),
    plannedNs: sum(({ plannedNs }) => plannedNs),
    answeredNs: sum(({ answeredNs }) => answeredNs),
    latency: {
      mean: middle((latency) => latency.mean),
      ...{ p50: middle(({ p50 }) => p50), p90: middle(({ p90 }) => p90), p99: middle(({ p99 }) => p99) },
      max: Math.max(...parts.map(({ latency }) => latency.max)),
      samples: samples(parts.map(({ latency }) => latency.samples)),
    },
    lag: { p50: mean(parts.map(({ lag }) => lag.p50)), p99: mean(parts.map(({ lag }) => lag.p99)) },
  }
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)))
}
