import { LEVEL, rescaled } from '../../analysis/estimates.ts'
import { type ComparedPair, comparePairs } from '../../analysis/relative.ts'
import type { OptionRow } from '../../measure/options.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import { formatChange, formatNumber } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { number } from '../../result/option-values.ts'
import type { OwnValues } from '../question.ts'
import { planOf } from '../resolve.ts'
import { endpointsIn, named, usableCell } from './phrases.ts'
import type { Study } from './study.ts'

/** A difference that cannot be larger than this is called none, percent. */
const NEAR_PERCENT = 2
const LARGEST_PERCENT = 1000
export const failOnOption: OptionRow = {
  flags: '--fail-on <percent>',
  description: 'exit 1 when the second is proven more expensive by more on an endpoint, or has no valid number there',
  shownDefault: 'never',
  parse: number('--fail-on', 0, LARGEST_PERCENT),
}

/** Base and head: two versions, two checkouts, or any two apps, in one sitting and paired in every block. */
export const pair: Study = {
  id: 'pair',
  title: 'base and head',
  question: 'Is the second of two apps or versions more expensive than the first?',
  defaults: { precision: 0.5 },
  quick: { precision: 2, maxMinutes: 3 },
  ownOptions: [failOnOption],
  examples: [
    'npm run study -- pair --apps ../koa-main,../koa-pr',
    'npm run study -- pair --apps express@5.0.0,express@5 --endpoints hello --quick',
    'npm run study -- pair --apps ./main/app.ts,./pr/app.ts --fail-on 1',
  ],
  async prepare(options, _own, { apps }) {
    const [, base, head, more] = apps
    if (base === undefined || head === undefined || more !== undefined) {
      throw new UserError('no-pair', 'a pair is two apps beside the skeleton: base and head', {
        hint: 'npm run compare -- --pair base=koa@2 head=koa@3',
      })
    }
    return { plan: planOf(options, apps), apps, answer: (result) => answerPair(result, base.id, head.id) }
  },
  isFailed,
}

interface Row extends ComparedPair {
  readonly answer: string
}

/** Head over base, by endpoint; intervals hold for all endpoints at once (Bonferroni). */
export function answerPair(result: Result, base: string, head: string): AnswerBody {
  const rows = comparedOn(result, base, head).map((row): Row => ({ ...row, answer: inWords(row.ratio) }))
  const missing = endpointsIn(result).filter((endpoint) => rows.every((row) => row.endpoint !== endpoint))
  const costOf = (app: string) => (row: Row) => usableCell(result, app, row.endpoint)?.cost
  const percents = ({ ratio }: Row) => rescaled(ratio, (value) => 100 * (value - 1))
  return joinAnswers({
    sentences: rows.map(
      ({ endpoint, ratio, answer }) =>
        `${named(head)} costs ${formatChange(ratio)} of CPU per request on ${named(endpoint)} over ${named(base)}: ${answer}.`,
    ),
    tables: [
      tableOf({ id: 'pair', title: `${named(head)} over ${named(base)}` }, rows, {
        endpoint: ({ endpoint }) => endpoint,
        answer: ({ answer }) => answer,
        'base, CPU µs/request': costOf(base),
        'head, CPU µs/request': costOf(head),
        'change, µs': ({ overheadMicroseconds }) => overheadMicroseconds,
        'change, %': percents,
      }),
    ],
    charts: [
      chartOf(
        {
          id: 'pair',
          title: `${named(head)} over ${named(base)}: change of the cost`,
          description: 'change of the CPU time per request from base to head, percent, a row per endpoint',
          y: { title: 'change, %; left of 0 head is cheaper' },
          reference: 0,
        },
        rows.flatMap((row) => mark('change', row.endpoint, percents(row))),
      ),
    ],
    limits: missing.map((endpoint) => `Without valid numbers of both on ${named(endpoint)}.`),
  })
}

function comparedOn(result: Result, base: string, head: string): ComparedPair[] {
  const endpoints = endpointsIn(result)
  const level = 1 - (1 - LEVEL) / Math.max(1, endpoints.length)
  return comparePairs(
    result,
    endpoints.map((endpoint) => ({ app: head, reference: base, endpoint })),
    level,
  )
}

/** One of four answers; "not resolved" where the interval holds 1 and reaches too far. */
export function inWords({ low, high }: Estimate): string {
  if (low === null || high === null) return 'not resolved'
  if (low > 1) return 'more expensive'
  if (high < 1) return 'cheaper'
  const reach = 100 * Math.max(high - 1, 1 - low)
  return reach <= NEAR_PERCENT ? `no difference beyond ${formatNumber(reach, 1)} %` : 'not resolved'
}

function isFailed(result: Result, { failOn }: OwnValues): boolean {
  if (failOn === undefined) return false
  const [base, head] = result.apps.slice(1).map(({ id }) => id)
  const compared = comparedOn(result, base!, head!)
  const isWorse = ({ ratio: { low } }: ComparedPair) => low !== null && 100 * (low - 1) > (failOn as number)
  return compared.length < endpointsIn(result).length || compared.some(isWorse)
}
