import { BASELINE } from '../../../apps/app.ts'
import { formatEstimate, formatNumber } from '../../report/format.ts'
import { markdownTable } from '../../report/markdown.ts'
import { listInWords } from '../../report/plain-text.ts'
import { type Estimate, estimateMeans, exponentiate, type MeanEstimate } from '../../statistics/estimate.ts'
import { differenceOfMeans } from '../../statistics/welch.ts'
import type { OutsidePart } from '../data.ts'
import { count, plain } from './phrases.ts'
import { type Judgement, sectionOf } from './section.ts'

/** The goal: no more than this beside what is found from outside. */
const WITHIN = 0.03
/** Load programs of other people on servers started by hand; both sleep. */
const OUTSIDE: readonly WayId[] = ['autocannon', 'wrk']

type WayId = OutsidePart['ways'][number]['id']

export const outsideSection = sectionOf('outside', {
  title: 'From outside',
  question: 'Do servers that are started by hand and loaded by stock programs cost what the suite says?',
  goals: [
    {
      title: 'no difference between the suite and the outside is proven, for any app',
      judge: (part) =>
        judge(comparisonsOf(part, 'suite-sleeping'), 'have no proven difference', ({ low, high }) => low <= 1 && high >= 1),
    },
    {
      title: 'the suite is within ±3 % of the outside, for every app',
      judge: (part) =>
        judge(
          comparisonsOf(part, 'suite-sleeping'),
          'are within ±3 %',
          ({ value }) => Math.abs(Math.log(value)) <= Math.log1p(WITHIN),
        ),
    },
  ],
  body(part) {
    const compared = comparisonsOf(part, 'suite-sleeping')
    if (compared.length === 0) return null
    const words = compared.map(({ app, difference }) => `${plain(app)} ${percentOf(difference)}`)
    return {
      answer: `By a client that sleeps, as stock load programs do, the suite says of the ratio to ${BASELINE}, compared with the outside: ${listInWords(words)}.`,
      blocks: [table(part), EXPLANATION],
      effort: part.ways.map(({ title, sets }) => `${title}: ${count(sets.length, 'set')}`).join('; '),
      notReached: [],
    }
  },
})

const EXPLANATION =
  'Every set has fresh processes: all five servers up at once on one CPU, warmed up, then loaded in turns; cost is all CPU time over all ' +
  'requests, an idle second included. What stands by hand shares no code with the suite: `node server.mjs` as in the documentation of ' +
  'each framework, `autocannon` and `wrk` from their own command lines, and `/proc`. Both programs sleep between responses, and the ' +
  "server's write has to wake them; that is more expensive, and more so for a slow app. So the suite is held against them with a client that sleeps as " +
  'well (`--driver autocannon-sleeping`); what its usual client, which never sleeps, says of the same servers is beside it.'

interface Comparison {
  readonly app: string
  /** Ratio of the suite over that of the outside. */
  readonly difference: Estimate
}

function comparisonsOf(part: OutsidePart, way: WayId): Comparison[] {
  return appsOf(part).flatMap((app) => {
    const [suite, outside] = [ratioOf(part, [way], app), ratioOf(part, OUTSIDE, app)]
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

function judge(all: readonly Comparison[], words: string, holds: (difference: Estimate) => boolean): Judgement | null {
  if (all.length === 0) return null
  const holding = all.filter(({ difference }) => holds(difference)).length
  return { measured: `${holding} of ${count(all.length, 'app')} ${words}`, outcome: holding === all.length ? 'met' : 'not met' }
}

function table(part: OutsidePart): string {
  const number = (head: string) => ({ head, kind: 'number' as const })
  const ratio = (ids: readonly WayId[], app: string) => {
    const estimate = ratioOf(part, ids, app)
    return estimate === null ? '–' : formatEstimate(exponentiate(estimate))
  }
  const compared = { sleeping: comparisonsOf(part, 'suite-sleeping'), usual: comparisonsOf(part, 'suite') }
  const cell = (all: readonly Comparison[], app: string) => {
    const own = all.find((one) => one.app === app)
    return own === undefined ? '–' : percentOf(own.difference)
  }
  return markdownTable(
    [
      { head: `ratio to ${BASELINE} on hello`, kind: 'text' as const },
      ...[number('by hand, autocannon'), number('by hand, wrk'), number('suite, client sleeps'), number('suite')],
      ...[number('suite, client sleeps, over by hand'), number('suite over by hand')],
    ],
    appsOf(part).map((app) => [
      plain(app),
      ...[ratio(['autocannon'], app), ratio(['wrk'], app), ratio(['suite-sleeping'], app), ratio(['suite'], app)],
      ...[cell(compared.sleeping, app), cell(compared.usual, app)],
    ]),
  )
}

/** `+1.2 % [-0.8, +3.1]` of a ratio and its interval. */
function percentOf({ value, low, high }: Estimate): string {
  const signed = (ratio: number) => `${ratio > 1 ? '+' : ''}${formatNumber((ratio - 1) * 100, 1)}`
  return `${signed(value)} % [${signed(low)}, ${signed(high)}]`
}
