import type { Estimate as StoredEstimate } from '../../result.ts'
import { type Estimate, relativeHalfWidth } from '../../statistics/estimate.ts'
import { mean, median, quantile } from '../../statistics/summary.ts'
import type { IdenticalPart } from '../data.ts'
import { bounded, holds } from './bounded.ts'

/** A comparison of two identical servers; the truth is 1. */
export interface Comparison extends Estimate {
  readonly endpoint: string
  readonly run: number
  readonly excludes: boolean
}

/** All comparisons of one kind: how often an interval is wrong, how wide it is and how far off the ratio. */
export interface Agreement {
  readonly intervals: number
  readonly level: number
  readonly excluding: number
  /** Shares of the ratio. */
  readonly medianHalfWidth: number
  readonly medianDistance: number
  /** 95 of 100 comparisons are nearer to 1 than this. */
  readonly farDistance: number
  readonly mean: number
}

/** Every further copy against the baseline; intervals that are not known are left out. */
export function comparisonsOf(part: IdenticalPart): Comparison[] {
  return part.runs.flatMap(({ ratios }, run) => ratios.flatMap(({ endpoint, ratio }) => comparison(endpoint, run, ratio)))
}

/** The two copies that every run has, against each other. */
export function controlsOf(part: IdenticalPart): Comparison[] {
  return part.runs.flatMap(({ controls }, run) => controls.flatMap(({ endpoint, ratio }) => comparison(endpoint, run, ratio)))
}

/** null without any comparison. */
export function agreementOf(comparisons: readonly Comparison[]): Agreement | null {
  const [first] = comparisons
  if (first === undefined) return null
  const distances = comparisons.map(({ value }) => Math.abs(value - 1))
  return {
    intervals: comparisons.length,
    level: first.level,
    excluding: comparisons.filter(({ excludes }) => excludes).length,
    medianHalfWidth: median(comparisons.map(relativeHalfWidth)),
    medianDistance: median(distances),
    farDistance: quantile(distances, 0.95),
    mean: mean(comparisons.map(({ value }) => value)),
  }
}

function comparison(endpoint: string, run: number, ratio: StoredEstimate): Comparison[] {
  return bounded(ratio).map((known) => ({ ...known, endpoint, run, excludes: !holds(known, 1) }))
}
