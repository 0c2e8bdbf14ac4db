import { sumOfFine } from '../load/latency-histogram.ts'
import type { Slice } from '../measure/records.ts'
import type { Latency, MeasuredCell } from '../result/model.ts'
import { mean } from '../statistics/summary.ts'
import { sumFields } from './sums.ts'

const TENTHS_PER_MICROSECOND = 10
const SUMMED = ['scheduled', 'dropped', 'queued', 'plannedNs', 'answeredNs'] as const

/** From the time at which requests were due. `samples` of a round: of the copy that has the fewest. Of all rounds: their sum. */
type DueLatencies = Latency & { readonly mean: number }

/** Requests with times of their own, in one cell: of a round, or of all rounds together. */
export interface OpenLoopFigures extends Omit<NonNullable<MeasuredCell['openLoop']>, 'achievedShare'> {
  readonly plannedNs: number
  readonly answeredNs: number
  readonly latency: DueLatencies
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
  const { p50, p99 } = latenciesOf(lag, TENTHS_PER_MICROSECOND)
  return {
    dueRequestsPerSecond: mean(pulses.map(({ ratePerSecond }) => ratePerSecond)),
    slices: pulses.length,
    ...sumFields(pulses, SUMMED),
    latency: latenciesOf(latency, TENTHS_PER_MICROSECOND),
    sendLagMicroseconds: { p50, p99 },
  }
}

/** @param perMicrosecond what the histogram counts in */
export function latenciesOf(histogram: ReturnType<typeof sumOfFine>, perMicrosecond = 1): DueLatencies {
  const [p50, p90, p99] = [50, 90, 99].map((percent) => histogram.getValueAtPercentile(percent) / perMicrosecond)
  const [mean, max] = [histogram.mean / perMicrosecond, histogram.maxValue / perMicrosecond]
  return { mean, p50: p50!, p90: p90!, p99: p99!, max, samples: histogram.totalCount }
}

function combine(parts: readonly OpenLoopFigures[], samples: (counts: number[]) => number): OpenLoopFigures | null {
  if (parts.length === 0) return null
  const middle = (name: 'mean' | 'p50' | 'p90' | 'p99') => Math.exp(mean(parts.map(({ latency }) => Math.log(latency[name]))))
  const lag = (name: 'p50' | 'p99') => mean(parts.map(({ sendLagMicroseconds }) => sendLagMicroseconds[name]))
  return {
    dueRequestsPerSecond: mean(parts.map(({ dueRequestsPerSecond }) => dueRequestsPerSecond)),
    ...sumFields(parts, ['slices', ...SUMMED]),
    latency: {
      mean: middle('mean'),
      p50: middle('p50'),
      p90: middle('p90'),
      p99: middle('p99'),
      max: Math.max(...parts.map(({ latency }) => latency.max)),
      samples: samples(parts.map(({ latency }) => latency.samples)),
    },
    sendLagMicroseconds: { p50: lag('p50'), p99: lag('p99') },
  }
}
