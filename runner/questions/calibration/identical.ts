import { BASELINE } from '../../../apps/app.ts'
import { type AnswerChart, type AnswerTable, chartOf, mark, tableOf } from '../../result/answer.ts'
import { count, formatLevel, formatPlusMinusPercent } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { type Interval, relativeHalfWidth } from '../../statistics/estimate.ts'
import { mean, median, quantile } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import type { IdenticalPart } from './data.ts'
import type { Part } from './part.ts'
import { outcomeOf, unitShare } from './repetitions.ts'
import { notMeasured, repeatRuns, sized } from './unit-run.ts'
import { bounded, effortOf, holds, judged, judgeShare, percent, shareInterval, verdictSentences } from './words.ts'

/** Copies of the baseline given as apps, besides the two that every run has. */
const FURTHER_COPIES = 4
const SIZES = { rounds: { full: 6, least: 2 }, blocks: { full: 12, least: 3 }, warmUp: { full: 0.7, least: 0.1 } }
/** What a run of this size takes. */
const FULL_MILLISECONDS = 45_000
/** The number of rounds ends a run, never the time. */
const MAX_MINUTES = 60
const GOAL_EXCLUDING = 0.05
const GOAL_DISTANCE = 0.004

export const identical: Part<IdenticalPart> = {
  id: 'identical',
  title: 'identical servers',
  share: 0.17,
  /** A/A: short runs in which every app is the baseline itself, so that every ratio should be 1. */
  async measure(context) {
    const share = unitShare(context.milliseconds, FULL_MILLISECONDS)
    const apps = resolveApps([BASELINE, ...Array(FURTHER_COPIES).fill(BASELINE)], context.cwd)
    const repetitions = await repeatRuns(context, FULL_MILLISECONDS * share, (turn) => ({
      title: `run ${turn + 1} of identical servers`,
      apps,
      options: { endpoints: ['hello', 'template'], ...sized(SIZES, share), maxMinutes: MAX_MINUTES },
      read: ({ result }) => ratiosOf(result),
    }))
    return outcomeOf(repetitions, (runs) => ({ part: 'identical', runs }))
  },
  heading: 'Identical servers',
  question: 'Does the suite see differences where there are none?',
  goals: [
    'at most 5 % of the 95 % intervals of identical servers exclude 1',
    'identical servers come out within ±0.4 % of each other, 95 times of 100',
  ],
  answer(part) {
    const comparisons = comparisonsOf(part)
    const agreement = agreementOf(comparisons)
    if (agreement === null) return null
    const { excluding, intervals, farDistance } = agreement
    const rounds = Math.max(...part.runs.map((run) => run.rounds))
    const within = `${formatPlusMinusPercent(100 * farDistance)} in runs of ${count(rounds, 'round')}`
    return {
      judgements: [
        judgeShare(excluding, intervals, 'intervals exclude 1', { atMost: GOAL_EXCLUDING }),
        judged(within, farDistance <= GOAL_DISTANCE),
      ],
      sentences: [noiseFloor(agreement), ...clustering(comparisons, part.runs.length)],
      tables: [table(part, comparisons)],
      charts: [chart(comparisons, agreement)],
      limits: verdictSentences(part.runs),
      effort: effortOf(part.runs),
    }
  },
}

/** All that an A/A run has to say: one ratio per further copy and endpoint, and the run's own control. */
function ratiosOf(result: Result): Pick<IdenticalPart['runs'][number], 'ratios' | 'controls'> {
  const ratios = result.cells
    .filter((cell) => cell.state === 'measured')
    .filter(({ app }) => app !== result.baseline)
    .map(({ app, endpoint, ratio }) => ({ app, endpoint, ratio }))
  if (ratios.length === 0) throw notMeasured('the baseline', result)
  return { ratios, controls: result.controls.identical.map(({ endpoint, ratio }) => ({ endpoint, ratio })) }
}

/** A comparison of two identical servers; the truth is 1. */
export interface Comparison extends Interval {
  readonly endpoint: string
  readonly run: number
  readonly excludes: boolean
}

/** Every further copy against the baseline; intervals that are not known are left out. */
export function comparisonsOf({ runs }: IdenticalPart): Comparison[] {
  return runs.flatMap(({ ratios }, run) => ratios.flatMap((one) => comparison(run, one)))
}

function comparison(run: number, { endpoint, ratio }: { endpoint: string; ratio: Estimate }): Comparison[] {
  return bounded(ratio).map((known) => ({ ...known, endpoint, run, excludes: !holds(known, 1) }))
}

/** All comparisons of one kind: how often an interval is wrong, how wide it is and how far off the ratio, as shares; null without any. */
export function agreementOf(comparisons: readonly Comparison[]) {
  const [first] = comparisons
  if (first === undefined) return null
  const values = comparisons.map(({ value }) => value)
  const distances = values.map((value) => Math.abs(value - 1))
  return {
    intervals: comparisons.length,
    level: first.level,
    excluding: comparisons.filter(({ excludes }) => excludes).length,
    medianHalfWidth: median(comparisons.map(relativeHalfWidth)),
    medianDistance: median(distances),
    /** 95 of 100 comparisons are nearer to 1 than this. */
    farDistance: quantile(distances, 0.95),
    mean: mean(values),
  }
}

type Agreement = NonNullable<ReturnType<typeof agreementOf>>

function noiseFloor({ medianHalfWidth, farDistance }: Agreement): string {
  return (
    `The noise floor of these runs: half of the intervals are narrower than ${formatPlusMinusPercent(100 * medianHalfWidth)}, ` +
    `and 95 of 100 ratios lie within ${formatPlusMinusPercent(100 * farDistance)} of 1.`
  )
}

/** The comparisons of one run share a baseline and its minutes, so wrong ones come in clusters. */
function clustering(comparisons: readonly Comparison[], runs: number): string[] {
  const hit = new Set(comparisons.filter(({ excludes }) => excludes).map(({ run }) => run)).size
  if (hit === 0) return []
  return [
    `The intervals of one run share the baseline, so they are wrong together more often than by chance: those that exclude 1 ` +
      `come from ${hit} of ${count(runs, 'run')}. The binomial interval treats all intervals as independent and is a little too narrow.`,
  ]
}

/** All intervals side by side, sorted by their ratio. */
function chart(comparisons: readonly Comparison[], { excluding }: Agreement): AnswerChart {
  const away = (ratio: number) => 100 * (ratio - 1)
  return chartOf(
    {
      id: 'identical',
      title: 'Identical servers, every comparison with its interval',
      form: 'marks',
      description: `${comparisons.length} sorted intervals of the ratio of identical servers; ${excluding} of them exclude 1`,
      x: { title: 'comparisons, sorted' },
      y: { title: '% away from 1; 0 is best' },
      reference: 0,
    },
    comparisons
      .toSorted((a, b) => a.value - b.value)
      .flatMap(({ value, low, high, level, excludes }, place) => {
        const series = excludes ? `excludes 1: ${excluding}` : `includes 1: ${comparisons.length - excluding}`
        return mark(series, place + 1, { value: away(value), low: away(low), high: away(high), level })
      }),
  )
}

function table({ runs }: IdenticalPart, comparisons: readonly Comparison[]): AnswerTable {
  const groups: [string, Comparison[]][] = [
    ...[...Map.groupBy(comparisons, ({ endpoint }) => `further copies, ${endpoint}`)],
    ['further copies, all', [...comparisons]],
    ['the two copies that every run has', runs.flatMap(({ controls }, run) => controls.flatMap((one) => comparison(run, one)))],
  ]
  const rows = groups.flatMap(([compared, group]) => {
    const agreement = agreementOf(group)
    return agreement === null ? [] : [{ compared, ...agreement }]
  })
  return tableOf({ id: 'identical', title: 'Agreement of identical servers', texts: 1 }, rows, {
    compared: ({ compared }) => compared,
    intervals: ({ intervals }) => intervals,
    level: ({ level }) => formatLevel(level),
    'exclude 1': ({ excluding, intervals }) => `${excluding} (${percent(excluding / intervals)})`,
    '95 % interval of this share': ({ excluding, intervals }) => shareInterval(excluding, intervals),
    'median half-width': ({ medianHalfWidth }) => formatPlusMinusPercent(100 * medianHalfWidth),
    'median distance from 1, %': ({ medianDistance }) => 100 * medianDistance,
    '95 of 100 within': ({ farDistance }) => formatPlusMinusPercent(100 * farDistance),
    'mean ratio': ({ mean }) => mean.toFixed(4),
  })
}
