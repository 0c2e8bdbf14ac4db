import { formatDuration, formatEstimate, formatNumber } from '../../report/format.ts'
import { markdownTable } from '../../report/markdown.ts'
import { mean } from '../../statistics/summary.ts'
import type { WarmUpPart } from '../data.ts'
import { bounded } from './bounded.ts'
import { count, plain, short } from './phrases.ts'
import { type Chart, type Judgement, sectionOf } from './section.ts'
import { type DriftMark, driftChart, warmUpChart } from './warm-up-chart.ts'

const GOAL_PERCENT = 1

export const warmUpSection = sectionOf('warm-up', {
  title: 'Warm-up',
  question: 'Is the warm-up long enough?',
  goals: [{ title: 'the chosen warm-up leaves no drift above 1 %', judge: judgeDrift }],
  body(whole) {
    const part = { ...whole, curves: drawable(whole.curves) }
    if (part.curves.length === 0 && part.drift.length === 0) return null
    const judgement = judgeDrift(part)
    const drift =
      judgement === null
        ? 'What drift it leaves was not measured.'
        : `After it, ${judgement.measured}; goal: at most ${GOAL_PERCENT} %: ${judgement.outcome}.`
    return {
      answer: `The rule of the pilot chose a warm-up of ${formatDuration(part.chosenMilliseconds / 1000)}. ${drift}`,
      blocks: [...curves(part), ...drifts(part)],
      effort: `${count(part.curves.length, 'fresh process', 'fresh processes')} of ${count(new Set(part.curves.map(({ app }) => app)).size, 'app')}, each loaded from its first request on; drift of ${count(part.drift.length, 'cell')}`,
      notReached: [...(part.curves.length === 0 ? ['No curves were measured.'] : []), ...unproven(part)],
    }
  },
})

/** Curves with at least a point; both axes are logarithmic, so only what is above zero has a place. */
function drawable(curves: WarmUpPart['curves']): WarmUpPart['curves'] {
  return curves
    .map((curve) => ({
      ...curve,
      points: curve.points.filter(({ milliseconds, costMicroseconds }) => milliseconds > 0 && costMicroseconds > 0),
    }))
    .filter(({ points }) => points.length > 0)
}

function judgeDrift({ drift }: WarmUpPart): Judgement | null {
  const largest = drift.toSorted((a, b) => Math.abs(b.driftPercent.value) - Math.abs(a.driftPercent.value))[0]
  if (largest === undefined) return null
  return {
    measured: `the largest drift over the measured part of a round is ${formatEstimate(largest.driftPercent)} % (${plain(largest.app)} on ${plain(largest.endpoint)})`,
    outcome: Math.abs(largest.driftPercent.value) <= GOAL_PERCENT ? 'met' : 'not met',
  }
}

/** A value within the goal proves little when its interval reaches beyond. */
function unproven(part: WarmUpPart): string[] {
  const known = marks(part)
  const beyond = known.filter(({ low, high }) => low < -GOAL_PERCENT || high > GOAL_PERCENT).length
  const unknown = part.drift.length - known.length
  return [
    ...(beyond === 0
      ? []
      : [
          `Of ${count(known.length, 'interval')} of drift ${beyond} ${beyond === 1 ? 'reaches' : 'reach'} beyond ±${GOAL_PERCENT} %.`,
        ]),
    ...(unknown === 0 ? [] : [`${count(unknown, 'drift')} ${unknown === 1 ? 'has' : 'have'} too few rounds for an interval.`]),
  ]
}

function curves(part: WarmUpPart): (Chart | string)[] {
  const apps = [...new Set(part.curves.map(({ app }) => app))]
  if (apps.length === 0) return []
  return [
    {
      name: 'warm-up',
      alt: `CPU microseconds per request against time under load, ${count(apps.length, 'app')}, a line per fresh process`,
      spec: warmUpChart(part),
    },
    'Both axes are logarithmic. Dashed: the median of the last part of the curves of an app. Upright: the chosen warm-up, one length for all ' +
      'apps: the time at which the slowest of them has come down to within 3 % of its level and has been compiled ' +
      '([methodology](methodology.md#pilot-and-warm-up)).',
    markdownTable(
      [
        { head: 'app', kind: 'text' },
        { head: 'processes', kind: 'number' },
        { head: 'first point, µs/request', kind: 'number' },
        { head: 'last point, µs/request', kind: 'number' },
        { head: 'first over last', kind: 'number' },
      ],
      apps.map((app) => curveRow(app, part)),
    ),
  ]
}

function curveRow(app: string, part: WarmUpPart): string[] {
  const own = part.curves.filter((curve) => curve.app === app)
  const first = mean(own.map(({ points }) => points[0]!.costMicroseconds))
  const last = mean(own.map(({ points }) => points.at(-1)!.costMicroseconds))
  return [plain(app), String(own.length), short(first), formatNumber(last, 1), formatNumber(first / last, 1)]
}

function drifts(part: WarmUpPart): (Chart | string)[] {
  const known = marks(part)
  if (part.drift.length === 0) return []
  const table = markdownTable(
    [
      { head: 'endpoint', kind: 'text' },
      { head: 'app', kind: 'text' },
      { head: 'drift, %', kind: 'number' },
    ],
    part.drift.map(({ app, endpoint, driftPercent }) => [plain(endpoint), plain(app), formatEstimate(driftPercent)]),
  )
  if (known.length === 0) return [table]
  const chart = {
    name: 'drift',
    alt: `drift of cost in ${count(known.length, 'cell')} with intervals, beside the band of ±${GOAL_PERCENT} %`,
    spec: driftChart(known, GOAL_PERCENT),
  }
  return [chart, table]
}

function marks(part: WarmUpPart): DriftMark[] {
  return part.drift.flatMap(({ app, endpoint, driftPercent }) =>
    bounded(driftPercent).map((known) => ({ ...known, app, endpoint })),
  )
}
