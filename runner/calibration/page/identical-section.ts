import { formatLevel, formatNumber, formatPlusMinusPercent } from '../../report/format.ts'
import { markdownTable } from '../../report/markdown.ts'
import type { IdenticalPart } from '../data.ts'
import { effortOf, verdictSentences } from './effort.ts'
import { identicalChart } from './identical-chart.ts'
import { type Agreement, agreementOf, type Comparison, comparisonsOf, controlsOf } from './identical-figures.ts'
import { count, judgeShare, percent, plain, shareInterval, short } from './phrases.ts'
import { type Judgement, sectionOf } from './section.ts'

const GOAL_EXCLUDING = 0.05
const GOAL_DISTANCE = 0.003

export const identicalSection = sectionOf('identical', {
  title: 'Identical servers',
  question: 'Does the suite see differences where there are none?',
  goals: [
    { title: 'at most 5 % of the 95 % intervals of identical servers exclude 1', judge: judgeExcluding },
    { title: 'identical servers come out within ±0.3 % of each other, 95 times of 100', judge: judgeDistance },
  ],
  body(part) {
    const comparisons = comparisonsOf(part)
    const agreement = agreementOf(comparisons)
    if (agreement === null) return null
    const excluding = judgeExcluding(part)!
    return {
      answer: `${excluding.measured}; goal: at most ${100 * GOAL_EXCLUDING} %: ${excluding.outcome}. ${noiseFloor(agreement)}`,
      blocks: [
        {
          name: 'identical',
          alt: `${comparisons.length} sorted intervals of the ratio of identical servers; ${agreement.excluding} of them exclude 1`,
          spec: identicalChart(comparisons),
        },
        table(part),
        ...clustering(comparisons, part.runs.length),
      ],
      effort: effortOf(part.runs),
      notReached: verdictSentences(part.runs),
    }
  },
})

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

function table(part: IdenticalPart): string {
  const comparisons = comparisonsOf(part)
  const endpoints = [...new Set(comparisons.map(({ endpoint }) => endpoint))]
  const groups: [string, Comparison[]][] = [
    ...endpoints.map((endpoint): [string, Comparison[]] => [
      `further copies, ${plain(endpoint)}`,
      comparisons.filter((one) => one.endpoint === endpoint),
    ]),
    ['further copies, all', comparisons],
    ['the two copies that every run has', controlsOf(part)],
  ]
  return markdownTable(
    [
      { head: 'compared', kind: 'text' },
      { head: 'intervals', kind: 'number' },
      { head: 'level', kind: 'number' },
      { head: 'exclude 1', kind: 'number' },
      { head: '95 % interval of this share', kind: 'number' },
      { head: 'median half-width', kind: 'number' },
      { head: 'median distance from 1, %', kind: 'number' },
      { head: '95 of 100 within', kind: 'number' },
      { head: 'mean ratio', kind: 'number' },
    ],
    groups.flatMap(([name, group]) => row(name, agreementOf(group))),
  )
}

function row(name: string, agreement: Agreement | null): string[][] {
  if (agreement === null) return []
  const { intervals, level, excluding, medianHalfWidth, medianDistance, farDistance } = agreement
  return [
    [
      ...[name, String(intervals), formatLevel(level), `${excluding} (${percent(excluding / intervals)})`],
      ...[shareInterval(excluding, intervals), formatPlusMinusPercent(100 * medianHalfWidth), short(100 * medianDistance)],
      ...[formatPlusMinusPercent(100 * farDistance), formatNumber(agreement.mean, 4)],
    ],
  ]
}

/** The comparisons of one run share a baseline and its minutes, so wrong ones come in clusters. */
function clustering(comparisons: readonly Comparison[], runs: number): string[] {
  const excluding = comparisons.filter(({ excludes }) => excludes)
  if (excluding.length === 0) return []
  const hit = new Set(excluding.map(({ run }) => run)).size
  return [
    `The intervals of one run share the baseline, so they are wrong together more often than by chance: those that exclude 1 ` +
      `come from ${hit} of ${count(runs, 'run')}. The binomial interval takes all intervals for independent and is a little too narrow.`,
  ]
}
