import { barOf } from '../../../analysis/relative.ts'
import type { AnswerChart, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatDuration, formatEstimate, formatNumber } from '../../../result/format.ts'
import { mean } from '../../../statistics/summary.ts'
import type { WarmUpPart } from '../data.ts'
import type { Judgement, PartPage } from './part-page.ts'
import { bounded, count } from './words.ts'

const GOAL_PERCENT = 1

export const warmUpPage: PartPage<WarmUpPart> = {
  part: 'warm-up',
  title: 'Warm-up',
  question: 'Is the warm-up long enough?',
  goals: [{ title: 'the chosen warm-up leaves no drift above 1 %', judge: judgeDrift }],
  answer(whole) {
    const part = { ...whole, curves: drawable(whole.curves) }
    if (part.curves.length === 0 && part.drift.length === 0) return null
    const apps = new Set(part.curves.map(({ app }) => app)).size
    return {
      sentences: [
        `The rule of the pilot chose a warm-up of ${formatDuration(part.chosenMilliseconds / 1000)}, one length for all apps: the time at ` +
          `which the slowest of them has come down to within 3 % of its level and has been compiled.`,
        ...(part.drift.length === 0 ? ['What drift it leaves was not measured.'] : []),
      ],
      tables: [curveTable(part), driftTable(part)].filter(({ rows }) => rows.length > 0),
      charts: [curveChart(part), driftChart(part)].filter(({ points }) => points.length > 0),
      limits: [...(part.curves.length === 0 ? ['No curves were measured.'] : []), ...unproven(part)],
      effort: `${count(part.curves.length, 'fresh process', 'fresh processes')} of ${count(apps, 'app')}, each loaded from its first request on; drift of ${count(part.drift.length, 'cell')}`,
    }
  },
}

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
    measured: `the largest drift over the measured part of a round is ${formatEstimate(largest.driftPercent)} % (${largest.app} on ${largest.endpoint})`,
    outcome: Math.abs(largest.driftPercent.value) <= GOAL_PERCENT ? 'met' : 'not met',
  }
}

/** A value within the goal proves little when its interval reaches beyond. */
function unproven({ drift }: WarmUpPart): string[] {
  const known = drift.flatMap(({ driftPercent }) => bounded(driftPercent))
  const beyond = known.filter(({ low, high }) => low < -GOAL_PERCENT || high > GOAL_PERCENT).length
  const unknown = drift.length - known.length
  const reach = beyond === 1 ? 'reaches' : 'reach'
  return [
    ...(beyond === 0 ? [] : [`Of ${count(known.length, 'interval')} of drift ${beyond} ${reach} beyond ±${GOAL_PERCENT} %.`]),
    ...(unknown === 0 ? [] : [`${count(unknown, 'drift')} ${unknown === 1 ? 'has' : 'have'} too few rounds for an interval.`]),
  ]
}

/** Per app a panel, per fresh process a line. */
function curveChart({ curves, chosenMilliseconds }: WarmUpPart): AnswerChart {
  return {
    id: 'warm-up',
    title: `Cost of fresh processes under load; the chosen warm-up is ${formatDuration(chosenMilliseconds / 1000)}`,
    description: `CPU microseconds per request against time under load, a line per fresh process, ${count(curves.length, 'process', 'processes')}`,
    form: 'curves',
    x: { title: 'milliseconds under load', scale: 'log' },
    y: { title: 'CPU µs per request, less is better', scale: 'log' },
    reference: null,
    points: curves.flatMap(({ app, process, points }) =>
      points.map(({ milliseconds, costMicroseconds }) => ({
        panel: app,
        series: `process ${process}`,
        x: milliseconds,
        y: costMicroseconds,
        low: null,
        high: null,
      })),
    ),
  }
}

function driftChart({ drift }: WarmUpPart): AnswerChart {
  return {
    id: 'drift',
    title: 'Drift that the warm-up leaves',
    description: `drift of cost in ${count(drift.length, 'cell')} with intervals`,
    form: 'rows',
    x: { title: '', scale: 'linear' },
    y: {
      title: `change of cost over the measured part of a round, %; nearer to 0 is better, goal ±${GOAL_PERCENT} %`,
      scale: 'linear',
    },
    reference: 0,
    points: drift.flatMap(({ app, endpoint, driftPercent }) =>
      bounded(driftPercent).map((known) => ({ panel: endpoint, series: 'drift', x: app, ...barOf(known) })),
    ),
  }
}

function curveTable({ curves }: WarmUpPart): AnswerTable {
  const numbers = ['processes', 'first point, µs/request', 'last point, µs/request', 'first over last']
  return {
    id: 'warm-up',
    title: 'Cold and warm',
    note: null,
    columns: [...textColumns('app'), ...numberColumns(...numbers)],
    rows: [...Map.groupBy(curves, ({ app }) => app)].map(([app, own]) => {
      const first = mean(own.map(({ points }) => points[0]!.costMicroseconds))
      const last = mean(own.map(({ points }) => points.at(-1)!.costMicroseconds))
      return [app, own.length, formatNumber(first, 0), formatNumber(last, 1), formatNumber(first / last, 1)]
    }),
  }
}

function driftTable({ drift }: WarmUpPart): AnswerTable {
  return {
    id: 'drift',
    title: 'Drift over the measured part of a round',
    note: null,
    columns: [...textColumns('endpoint', 'app'), ...numberColumns('drift, %')],
    rows: drift.map(({ app, endpoint, driftPercent }) => [endpoint, app, driftPercent]),
  }
}
