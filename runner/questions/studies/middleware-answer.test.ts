import { describe, expect, it } from 'vitest'
import { type FrameworkId, type PieceId, pieceIds } from '../../../apps/middleware/pieces.ts'
import { type SimulatedStudy, simulatedStudy } from '../../fixtures/simulated-study.ts'
import { AnswerBody } from '../../result/answer.ts'
import type { Estimate } from '../../result/model.ts'
import { answerMiddleware } from './middleware-answer.ts'
import { type PieceStep, planFramework } from './middleware-plan.ts'

/** What the simulated pieces cost, microseconds; `cors` nothing. */
const COSTS: Record<PieceId, number> = {
  'request-id': 1,
  log: 8,
  'security-headers': 2,
  cors: 0,
  compression: 1,
  'body-parser': 0.5,
  session: 6,
}
const DEFAULTS: Record<string, number> = { express: 20, koa: 16, hono: 12 }
const sourceText = (framework: FrameworkId, piece: PieceId) => `${piece} of ${framework}`

interface Wish extends Partial<Pick<SimulatedStudy, 'endpoints' | 'rounds' | 'invalid'>> {
  readonly frameworks?: readonly FrameworkId[]
  readonly pieces?: readonly PieceId[]
  readonly steps?: readonly PieceStep[]
}

async function answer({ frameworks = ['koa', 'hono'], pieces = pieceIds, steps = ['alone', 'added'], ...rest }: Wish = {}) {
  const plans = frameworks.map((framework) => planFramework(framework, pieces, steps))
  const sets = new Map(plans.flatMap(({ framework, made }) => [...made].map(([key, set]) => [`${framework}@${key}`, set])))
  const cost = (app: string) => {
    const set = sets.get(app)
    const framework = app.split('@')[0]!
    return (DEFAULTS[framework] ?? 10) + (set === null ? -3 : (set ?? []).reduce((sum, piece) => sum + COSTS[piece], 0))
  }
  const apps = [
    'node-http',
    ...plans.flatMap(({ framework, made }) => [framework, ...[...made.keys()].map((key) => `${framework}@${key}`)]),
  ]
  const result = await simulatedStudy({ apps, cost, ...rest })
  const made = answerMiddleware(result, plans, sourceText)
  expect(AnswerBody.parse(made)).toEqual(made)
  return made
}

const costOf = (figure: unknown) => (figure as Estimate | null)?.value ?? null

describe('the sets of a framework', () => {
  it('are compared with the skeleton and with its defaults', async () => {
    const { tables, sentences } = await answer({ steps: [] })
    const rows = tables[0]!.rows.map(([framework, set, ...figures]) => [`${framework} ${set}`, ...figures.map(costOf)])
    const find = (name: string) => rows.find(([one]) => one === name)!.slice(1) as number[]
    expect(rows.map(([name]) => name)).toEqual(['koa bare', 'koa defaults', 'koa all pieces', 'hono defaults', 'hono all pieces'])
    expect(find('koa defaults')[0]).toBeCloseTo(16, 0)
    expect(find('koa defaults')[1]).toBeCloseTo(1.6, 1)
    expect(find('koa defaults').slice(2, 4)).toEqual([null, null])
    expect(find('koa all pieces')[2]).toBeCloseTo(18.5, 0)
    expect(find('koa all pieces')[3]).toBeCloseTo(34.5 / 16, 1)
    expect(find('koa bare')[2]).toBeCloseTo(-3, 0)
    // Its parser of bodies is there already.
    expect(find('hono all pieces')[2]).toBeCloseTo(18, 0)
    expect(sentences).toEqual([
      expect.stringMatching(
        /^koa: 1\S+ \[.*\] µs of CPU a request with its defaults, 3\S+ \[.*\] µs with all 7 pieces, .* µs more, 2\S+ \[.*\] times its defaults and 3\S+ \[.*\] times the skeleton\.$/,
      ),
      expect.stringMatching(/^koa: stripped to the bone \(without a router, .*\) it costs 0\.8\S+ \[.*\] times its defaults\.$/),
      expect.stringMatching(/^hono: .* with all 6 pieces, /),
    ])
  })

  it('are told apart by endpoint where there are several', async () => {
    const { tables, sentences } = await answer({ frameworks: ['koa'], steps: [], endpoints: ['hello', 'table'] })
    expect(tables.map(({ id }) => id)).toEqual([
      ...['middleware-sets-hello', 'middleware-pieces-hello', 'middleware-sets-table', 'middleware-pieces-table'],
    ])
    expect(sentences.map((sentence) => sentence.split(':')[0])).toEqual([
      'koa on hello',
      'koa on hello',
      'koa on table',
      'koa on table',
    ])
  })
})

describe('the pieces', () => {
  it('cost what they add, alone and added, each with where it comes from', async () => {
    const { tables } = await answer({ frameworks: ['koa'] })
    const [, table] = tables
    expect(table!.rows.map(([framework, piece, source]) => `${framework} ${piece}: ${source}`)).toEqual(
      pieceIds.map((piece) => `koa ${piece}: ${piece} of koa`),
    )
    for (const [, piece, , alone, added] of table!.rows) {
      expect(Math.abs(costOf(alone)! - COSTS[piece as PieceId])).toBeLessThan(0.5)
      expect(Math.abs(costOf(added)! - COSTS[piece as PieceId])).toBeLessThan(0.8)
      expect((alone as Estimate).low!).toBeLessThan(costOf(alone)!)
    }
  })

  it('are named as ties where the interval holds zero, and add up', async () => {
    const { sentences, tables } = await answer({ frameworks: ['koa'] })
    const holdZero = (column: number) =>
      tables[1]!.rows
        .filter((row) => (row[column] as Estimate).low! <= 0 && (row[column] as Estimate).high! >= 0)
        .map(([, piece]) => piece)
    const named = (how: string) => sentences.find((sentence) => sentence.startsWith(`koa: ${how}, the cost of `)) ?? null
    for (const [how, column] of [
      ['alone', 3],
      ['added to the others', 4],
    ] as const) {
      const tied = holdZero(column)
      const words = `koa: ${how}, the cost of ${tied.join(', ')} cannot be told apart from zero.`
      expect(named(how)).toBe(tied.length === 0 ? null : words)
    }
    expect(holdZero(4)).toContain('cors')
    expect(sentences).toContainEqual(
      expect.stringMatching(/^koa: the costs of its pieces alone add up to 1\S+ \[.*\] µs, together they cost 1\S+ \[.*\] µs\.$/),
    )
  })

  it('that are there already have no cost, and their neighbours have', async () => {
    const { tables } = await answer({ frameworks: ['hono'], pieces: ['log', 'body-parser', 'session'] })
    const [log, parser, session] = tables[1]!.rows
    expect(parser).toEqual(['hono', 'body-parser', 'body-parser of hono', null, null, null])
    expect(costOf(log![4])).toBeCloseTo(8, 0)
    expect(costOf(session![4])).toBeCloseTo(6, 0)
  })

  it('have a chart of two panels, and none when only sets were measured', async () => {
    const { charts } = await answer()
    expect(charts.map(({ id }) => id)).toEqual(['middleware-sets-hello', 'middleware-pieces-hello'])
    expect(new Set(charts[1]!.points.map(({ panel }) => panel)).size).toBe(2)
    expect(charts[1]!.points).toHaveLength(2 * (7 + 6))
    expect((await answer({ steps: [] })).charts.map(({ id }) => id)).toEqual(['middleware-sets-hello'])
  })
})

describe('what is not known', () => {
  it('is left out and named', async () => {
    const { tables, limits, sentences } = await answer({ invalid: ['koa@all hello', 'koa@log hello'] })
    expect(limits.at(-1)).toBe('Without a valid number on hello: koa@log, koa@all.')
    const log = tables[1]!.rows.find(([framework, piece]) => framework === 'koa' && piece === 'log')!
    expect(log[3]).toBeNull()
    expect(costOf(log[4])).toBeCloseTo(8, 0)
    expect(sentences.some((sentence) => /^koa: .* with all/.test(sentence))).toBe(false)
    expect(sentences.some((sentence) => /^koa: the costs of its pieces/.test(sentence))).toBe(false)
  })

  it('makes no claim after one round', async () => {
    const { sentences } = await answer({ rounds: 1, frameworks: ['koa'], steps: [] })
    expect(sentences).toEqual([
      expect.stringMatching(/which cannot be told apart \(.* \[\?, \?\] µs\)\.$/),
      expect.stringMatching(/it cannot be told apart from its defaults \(.* \[\?, \?\] times its defaults\)\.$/),
    ])
  })

  it('is all of it when nothing is valid', async () => {
    const plan = planFramework('hono', ['log'], [])
    const result = await simulatedStudy({
      apps: ['node-http', 'hono', 'hono@log'],
      cost: () => 10,
      invalid: ['hono hello', 'hono@log hello'],
    })
    expect(answerMiddleware(result, [plan], sourceText)).toMatchObject({
      ...{ sentences: [], tables: [], charts: [], limits: ['Without a valid number on hello: hono, hono@log.'] },
    })
  })
})
