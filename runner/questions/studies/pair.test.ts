import { expect, it } from 'vitest'
import { fixtureResult } from '../../fixtures/fixture-result.ts'
import { notPinned } from '../../machine/placement.ts'
import { withDefaults } from '../../measure/options.ts'
import type { Result } from '../../result/model.ts'
import { resolveApps } from '../resolve.ts'
import { answerPair, inWords, pair } from './pair.ts'

const ratio = (low: number | null, high: number | null) => ({ value: 1, low, high, level: 0.95 })

it.each([
  [1.001, 1.3, 'more expensive'],
  [0.9, 0.999, 'cheaper'],
  [0.985, 1.011, 'no difference beyond 1.5 %'],
  [0.99, 1.0199, 'no difference beyond 2.0 %'],
  [0.99, 1.021, 'not resolved'],
  [0.97, 1.01, 'not resolved'],
  [null, null, 'not resolved'],
])('from %d to %d is: %s', (low, high, words) => {
  expect(inWords(ratio(low, high))).toBe(words)
})

function prepare(...apps: string[]) {
  const options = withDefaults({ apps, seed: 1 }, [], 1)
  return pair.prepare(options, {}, { apps: resolveApps(apps, '/'), placement: notPinned('a test'), remark: () => {} })
}

it('measures the two beside the skeleton, and refuses any other number', async () => {
  const { plan } = await prepare('koa', 'express')
  expect(new Set(plan.deployments.map(({ app }) => app))).toEqual(new Set(['node-http', 'koa', 'express']))
  await expect(prepare('koa')).rejects.toMatchObject({ code: 'no-pair' })
  await expect(prepare('koa', 'express', 'hono')).rejects.toMatchObject({ code: 'no-pair' })
})

/** A result whose two apps beside the baseline cost so many times the baseline, in every round a little more or less. */
function resultOf(base: number, head: number): Result {
  const result = fixtureResult()
  const ids = result.apps.slice(1, 3).map(({ id }) => id)
  result.apps = result.apps.slice(0, 3)
  result.controls = { identical: [] }
  for (const cell of result.cells) {
    if (cell.state !== 'measured' || !ids.includes(cell.app)) continue
    const times = cell.app === ids[0] ? base : head
    cell.verdict = 'valid'
    cell.perRound = cell.perRound.map((round, index) => {
      const own = times * (1 + (index % 2 === 0 ? 1 : -1) * (cell.app === ids[0] ? 0.001 : -0.001))
      return {
        ...round,
        ratio: own,
        costMicroseconds: 10 * own,
        overheadMicroseconds: 10 * (own - 1),
        cpuDistanceNanoseconds: null,
      }
    })
  }
  result.cells = result.cells.filter(({ app }) => app === result.baseline || ids.includes(app))
  return result
}

it('says by endpoint what head costs over base, in one of four answers', () => {
  const result = resultOf(1.5, 1.8)
  const [base, head] = result.apps.slice(1).map(({ id }) => id)
  const { sentences, tables } = answerPair(result, base!, head!)
  expect(sentences[0]).toMatch(new RegExp(`^${head} costs \\+20\\.0 .* over ${base}: more expensive\\.$`))
  expect(tables[0]!.rows.every(([, answer]) => answer === 'more expensive')).toBe(true)
  expect(answerPair(resultOf(1.8, 1.5), base!, head!).sentences[0]).toMatch(/: cheaper\.$/)
  expect(answerPair(resultOf(1.5, 1.5), base!, head!).sentences[0]).toMatch(/: no difference beyond \d\.\d %\.$/)
})

it('fails where head is proven more expensive by more than was allowed', () => {
  expect(pair.isFailed!(resultOf(1.5, 1.8), { failOn: 10 })).toBe(true)
  expect(pair.isFailed!(resultOf(1.5, 1.8), { failOn: 25 })).toBe(false)
  expect(pair.isFailed!(resultOf(1.8, 1.5), { failOn: 0 })).toBe(false)
  expect(pair.isFailed!(resultOf(1.5, 1.8), {})).toBe(false)
  const broken = resultOf(1.5, 1.5)
  for (const cell of broken.cells) cell.verdict = 'invalid'
  expect(pair.isFailed!(broken, { failOn: 10 })).toBe(true)
})
