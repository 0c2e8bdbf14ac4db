import { BASELINE } from '../../../../apps/app.ts'
import { barOf } from '../../../analysis/relative.ts'
import type { AnswerChart, AnswerFigure, AnswerTable } from '../../../result/answer.ts'
import { numberColumns, textColumns } from '../../../result/answer.ts'
import { formatNumber } from '../../../result/format.ts'
import { listInWords } from '../../../result/plain-text.ts'
import { differenceOfMeans, type Estimate, estimateMeans, exponentiate, type MeanEstimate } from '../../../statistics/estimate.ts'
import type { OutsidePart } from '../data.ts'
import type { Judgement, PartPage } from './part-page.ts'
import { count, holds } from './words.ts'

/** The goal: no more than this beside what is found from outside. */
const WITHIN = 0.03
/** Load programs of other people on servers started by hand; both sleep. */
const OUTSIDE: readonly WayId[] = ['autocannon', 'wrk']
/** The suite by the same kind of client. */
const SUITE: readonly WayId[] = ['suite-sleeping']

type WayId = OutsidePart['ways'][number]['id']

const WAYS: readonly (readonly [ids: readonly WayId[], title: string])[] = [
  [['autocannon'], 'by hand, autocannon'],
  [['wrk'], 'by hand, wrk'],
  [['suite-sleeping'], 'suite, client sleeps'],
  [['suite'], 'suite'],
]

export const outsidePage: PartPage<OutsidePart> = {
  part: 'outside',
  title: 'From outside',
  question: 'Do servers that are started by hand and loaded by stock programs cost what the suite says?',
  goals: [
    {
      title: 'no difference between the suite and the outside is proven, for any app',
      judge: (part) => judge(part, 'have no proven difference', (difference) => holds(difference, 1)),
    },
    {
      title: 'the suite is within ±3 % of the outside, for every app',
      judge: (part) => judge(part, 'are within ±3 %', ({ value }) => Math.abs(Math.log(value)) <= Math.log1p(WITHIN)),
    },
  ],
  answer(part) {
    const compared = comparisonsOf(part, SUITE)
    if (compared.length === 0) return null
    const words = compared.map(({ app, difference }) => `${app} ${percentOf(difference)}`)
    return {
      sentences: [
        `By a client that sleeps, as stock load programs do, the suite says of the ratio to ${BASELINE}, compared with the outside: ${listInWords(words)}.`,
      ],
      tables: [table(part)],
      charts: [chart(part)],
      limits: [],
      effort: part.ways.map(({ title, sets }) => `${title}: ${count(sets.length, 'set')}`).join('; '),
    }
  },
}

const EXPLANATION =
  'Every set has fresh processes: all five servers up at once on one CPU, warmed up, then loaded in turns; cost is all CPU time over all ' +
  'requests, an idle second included. What stands by hand shares no code with the suite: node server.mjs as in the documentation of ' +
  'each framework, autocannon and wrk from their own command lines, and /proc. Both programs sleep between responses, and the ' +
  "server's write has to wake them; that is more expensive, and more so for a slow app. So the suite is compared with them by a client that sleeps as " +
  'well (--driver autocannon-sleeping); what its usual client, which never sleeps, says of the same servers is beside it.'

interface Comparison {
  readonly app: string
  /** Ratio of the suite over that of the outside. */
  readonly difference: Estimate
}

function comparisonsOf(part: OutsidePart, ways: readonly WayId[]): Comparison[] {
  return appsOf(part).flatMap((app) => {
    const [suite, outside] = [ratioOf(part, ways, app), ratioOf(part, OUTSIDE, app)]
    if (suite === null || outside === null) return []
    const difference = exponentiate(differenceOfMeans(suite, outside))
    return Number.isFinite(difference.high) ? [{ app, difference }] : []
  })
}

/** ln of the ratio to the baseline in the same set, over the sets of some ways. */
function ratioOf(part: OutsidePart, ids: readonly WayId[], app: string): MeanEstimate | null {
  const sets = part.ways.filter(({ id }) => ids.includes(id)).flatMap((way) => way.sets)
  const logs = sets.flatMap((set) => {
    const [own, base] = [set[app], set[BASELINE]]
    return own === undefined || base === undefined ? [] : [Math.log(own / base)]
  })
  return logs.length < 2 ? null : estimateMeans([logs])[0]!
}

function appsOf(part: OutsidePart): string[] {
  const all = new Set(part.ways.flatMap(({ sets }) => sets.flatMap((set) => Object.keys(set))))
  return [...all].filter((app) => app !== BASELINE)
}

function judge(part: OutsidePart, words: string, isMet: (difference: Estimate) => boolean): Judgement | null {
  const all = comparisonsOf(part, SUITE)
  if (all.length === 0) return null
  const met = all.filter(({ difference }) => isMet(difference)).length
  return { measured: `${met} of ${count(all.length, 'app')} ${words}`, outcome: met === all.length ? 'met' : 'not met' }
}

function chart(part: OutsidePart): AnswerChart {
  return {
    id: 'outside',
    title: `Ratio to ${BASELINE} on hello, from outside and by the suite`,
    description: `ratio of every app to ${BASELINE} on hello by servers started by hand and by the suite, with 95 % intervals`,
    form: 'rows',
    x: { title: '', scale: 'linear' },
    y: { title: `times the CPU time of ${BASELINE}, less is better`, scale: 'linear' },
    reference: 1,
    points: appsOf(part).flatMap((app) =>
      WAYS.flatMap(([ids, series]) => {
        const estimate = ratioOf(part, ids, app)
        return estimate === null ? [] : [{ panel: null, series, x: app, ...barOf(exponentiate(estimate)) }]
      }),
    ),
  }
}

function table(part: OutsidePart): AnswerTable {
  const [sleeping, usual] = [comparisonsOf(part, SUITE), comparisonsOf(part, ['suite'])]
  const over = (all: readonly Comparison[], app: string): AnswerFigure => {
    const own = all.find((one) => one.app === app)
    return own === undefined ? null : percentOf(own.difference)
  }
  const heads = [...WAYS.map(([, title]) => title), 'suite, client sleeps, over by hand', 'suite over by hand']
  return {
    id: 'outside',
    title: `Ratio to ${BASELINE} on hello`,
    note: EXPLANATION,
    columns: [...textColumns('app'), ...numberColumns(...heads)],
    rows: appsOf(part).map((app) => [
      app,
      ...WAYS.map(([ids]) => {
        const estimate = ratioOf(part, ids, app)
        return estimate === null ? null : exponentiate(estimate)
      }),
      over(sleeping, app),
      over(usual, app),
    ]),
  }
}

/** `+1.2 [-0.8, 3.1] %` of a ratio and its interval. */
function percentOf({ value, low, high }: Estimate): string {
  const percent = (ratio: number) => formatNumber((ratio - 1) * 100, 1)
  return `${value > 1 ? '+' : ''}${percent(value)} [${percent(low)}, ${percent(high)}] %`
}
