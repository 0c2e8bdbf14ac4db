import type { OpenLoopPulse } from '../load/driver.ts'
import { sumOfFine } from '../load/latency-histogram.ts'
import type { Slice } from '../measure/records.ts'
import type { Latency } from '../result/model.ts'
import { mean } from '../statistics/summary.ts'
import { sumFields } from './sums.ts'

const TENTHS_PER_MICROSECOND = 10
const SUMMED = ['scheduled', 'dropped', 'queued', 'plannedNs', 'answeredNs'] as const

/** From the time at which requests were due. `samples` of a round: of the copy that has the fewest. Of all rounds: their sum. */
type DueLatencies = Latency & { readonly mean: number }

/** Requests with times of their own, in one cell: of a round, or of all rounds together. */
export interface OpenLoopFigures extends Pick<OpenLoopPulse, 'ratePerSecond' | (typeof SUMMED)[number]> {
  readonly slices: number
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
  const at = (histogram: typeof latency, percent: number) => histogram.getValueAtPercentile(percent) / TENTHS_PER_MICROSECOND
  return {
    ratePerSecond: mean(pulses.map(({ ratePerSecond }) => ratePerSecond)),
    slices: pulses.length,
    ...sumFields(pulses, SUMMED),
    latency: {
      mean: latency.mean / TENTHS_PER_MICROSECOND,
      p50: at(latency, 50),
      p90: at(latency, 90),
      p99: at(latency, 99),
      max: latency.maxValue / TENTHS_PER_MICROSECOND,
      samples: latency.totalCount,
    },
    lag: { p50: at(lag, 50), p99: at(lag, 99) },
  }
}

function combine(parts: readonly OpenLoopFigures[], samples: (counts: number[]) => number): OpenLoopFigures | null {
  if (parts.length === 0) return null
  const middle = (name: 'mean' | 'p50' | 'p90' | 'p99') => Math.exp(mean(parts.map(({ latency }) => Math.log(latency[name]))))
  return {
    ratePerSecond: mean(parts.map(({ ratePerSecond }) => ratePerSecond)),
    ...sumFields(parts, ['slices', ...SUMMED]),
    latency: {
      mean: middle('mean'),
      p50: middle('p50'),
      p90: middle('p90'),
      p99: middle('p99'),
      max: Math.max(...parts.map(({ latency }) => latency.max)),
      samples: samples(parts.map(({ latency }) => latency.samples)),
    },
    lag: { p50: mean(parts.map(({ lag }) => lag.p50)), p99: mean(parts.map(({ lag }) => lag.p99)) },
  }
}
