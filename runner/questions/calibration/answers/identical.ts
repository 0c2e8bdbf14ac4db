import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatLevel, formatPlusMinusPercent } from '../../../result/format.ts'
import type { Estimate as StoredEstimate } from '../../../result/model.ts'
import { type Estimate, relativeHalfWidth } from '../../../statistics/estimate.ts'
import { mean, median, quantile } from '../../../statistics/summary.ts'
import type { IdenticalPart } from '../data.ts'
import type { Judgement, PartPage } from './part-page.ts'
import { bounded, count, effortOf, holds, judgeShare, percent, shareInterval, verdictSentences } from './words.ts'

const GOAL_EXCLUDING = 0.05
const GOAL_DISTANCE = 0.003

export const identicalPage: PartPage<IdenticalPart> = {
  part: 'identical',
  title: 'Identical servers',
  question: 'Does the suite see differences where there are none?',
  goals: [
    { title: 'at most 5 % of the 95 % intervals of identical servers exclude 1', judge: judgeExcluding },
    { title: 'identical servers come out within ±0.3 % of each other, 95 times of 100', judge: judgeDistance },
  ],
  answer(part) {
    const comparisons = comparisonsOf(part)
    const agreement = agreementOf(comparisons)
    if (agreement === null) return null
    return {
      sentences: [noiseFloor(agreement), ...clustering(comparisons, part.runs.length)],
      tables: [table(part)],
      charts: [chart(comparisons, agreement)],
      limits: verdictSentences(part.runs),
      effort: effortOf(part.runs),
    }
  },
}

/** A comparison of two identical servers; the truth is 1. */
export interface Comparison extends Estimate {
  readonly endpoint: string
  readonly run: number
  readonly excludes: boolean
}

/** All comparisons of one kind: how often an interval is wrong, how wide it is and how far off the ratio. Distances are shares. */
export interface Agreement {
  readonly intervals: number
  readonly level: number
  readonly excluding: number
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

function judgeExcluding(part: IdenticalPart): Judgement | null {
  const comparisons = comparisonsOf(part)
  const excluding = comparisons.filter(({ excludes }) => excludes).length
  return judgeShare(excluding, comparisons.length, 'intervals exclude 1', { atMost: GOAL_EXCLUDING })
}

function judgeDistance(part: IdenticalPart): Judgement | null {
  const agreement = agreementOf(comparisonsOf(part))
  if (agreement === null) return null
  const rounds = Math.max(...part.runs.map((run) => run.rounds))
  return {
    measured: `${formatPlusMinusPercent(100 * agreement.farDistance)} in runs of ${count(rounds, 'round')}`,
    outcome: agreement.farDistance <= GOAL_DISTANCE ? 'met' : 'not met',
  }
}

function noiseFloor({ medianHalfWidth, farDistance }: Agreement): string {
  return (
    `The noise floor of these runs: half of the intervals are narrower than ${formatPlusMinusPercent(100 * medianHalfWidth)}, ` +
    `and 95 of 100 ratios lie within ${formatPlusMinusPercent(100 * farDistance)} of 1.`
  )
}

/** The comparisons of one run share a baseline and its minutes, so wrong ones come in clusters. */
function clustering(comparisons: readonly Comparison[], runs: number): string[] {
  const excluding = comparisons.filter(({ excludes }) => excludes)
  if (excluding.length === 0) return []
  const hit = new Set(excluding.map(({ run }) => run)).size
  return [
    `The intervals of one run share the baseline, so they are wrong together more often than by chance: those that exclude 1 ` +
      `come from ${hit} of ${count(runs, 'run')}. The binomial interval treats all intervals as independent and is a little too narrow.`,
  ]
}

/** All intervals side by side, sorted by their ratio. */
function chart(comparisons: readonly Comparison[], { excluding }: Agreement): AnswerChart {
  const series = [`includes 1: ${comparisons.length - excluding}`, `excludes 1: ${excluding}`]
  const away = (ratio: number) => 100 * (ratio - 1)
  return {
    id: 'identical',
    title: 'Identical servers, every comparison with its interval',
    form: 'marks',
    description: `${comparisons.length} sorted intervals of the ratio of identical servers; ${excluding} of them exclude 1`,
    x: { title: 'comparisons, sorted', scale: 'linear' },
    y: { title: '% away from 1; 0 is best', scale: 'linear' },
    reference: 0,
    points: comparisons
      .toSorted((a, b) => a.value - b.value)
      .map(({ value, low, high, excludes }, place) => ({
        panel: null,
        series: series[excludes ? 1 : 0]!,
        x: place + 1,
        y: away(value),
        low: away(low),
        high: away(high),
      })),
  }
}

function table(part: IdenticalPart): AnswerTable {
  const comparisons = comparisonsOf(part)
  const controls = part.runs.flatMap((run, index) => run.controls.flatMap((one) => comparison(one.endpoint, index, one.ratio)))
  const endpoints = [...new Set(comparisons.map(({ endpoint }) => endpoint))]
  const groups: [string, Comparison[]][] = [
    ...endpoints.map((one): [string, Comparison[]] => [
      `further copies, ${one}`,
      comparisons.filter(({ endpoint }) => endpoint === one),
    ]),
    ['further copies, all', comparisons],
    ['the two copies that every run has', controls],
  ]
  const numbers = [
    ...['intervals', 'level', 'exclude 1', '95 % interval of this share', 'median half-width'],
    ...['median distance from 1, %', '95 of 100 within', 'mean ratio'],
  ]
  return {
    id: 'identical',
    title: 'Agreement of identical servers',
    note: null,
    columns: [...textColumns('compared'), ...numberColumns(...numbers)],
    rows: groups.flatMap(([name, group]) => {
      const agreement = agreementOf(group)
      if (agreement === null) return []
      const { intervals, level, excluding, medianHalfWidth, medianDistance, farDistance } = agreement
      return [
        [
          ...[name, intervals, formatLevel(level), `${excluding} (${percent(excluding / intervals)})`],
          ...[shareInterval(excluding, intervals), formatPlusMinusPercent(100 * medianHalfWidth), 100 * medianDistance],
          ...[formatPlusMinusPercent(100 * farDistance), agreement.mean.toFixed(4)],
        ],
      ]
    }),
  }
}
