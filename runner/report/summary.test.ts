import { describe, expect, test } from 'vitest'
import { calmResult, fixtureResult } from '../fixtures/fixture-result.ts'
import type { Result } from '../result/model.ts'
import { summarise } from './summary.ts'

/** All cells with the given ranks by app; null takes the rank away. */
function withRanks(ranks: Record<string, [number, number] | null>): Result {
  const result = calmResult()
  for (const cell of result.cells) {
    const rank = ranks[cell.app]
    if (cell.state !== 'measured' || rank === undefined) continue
    cell.rank = rank === null ? null : { low: rank[0], high: rank[1] }
  }
  return result
}

test('one endpoint: microseconds over the baseline, and the tie', () => {
  expect(summarise(calmResult())).toBe(
    'On the hello endpoint fastify costs 1.40 µs (±0.08) more CPU per request than node-http, hono 3.18 µs (±0.14) more, ' +
      'koa 3.29 µs (±0.13) more and evil 6.5 µs (±0.5) more; hono and koa cannot be told apart.',
  )
})

test('several endpoints: ratios over all of them, and who has no rank', () => {
  expect(summarise({ ...fixtureResult(), verdict: 'valid' })).toBe(
    'Over the endpoints hello and lookup fastify costs 1.1039 times (±0.30 %) the CPU per request of node-http and ' +
      'hono 1.225 times (±0.5 %); koa and evil have no rank; evil lookup has no numbers (app-failed).',
  )
})

test('an invalid run is not compared', () => {
  expect(summarise(fixtureResult())).toBe(
    'This run is invalid (load-generator-bound, app-failed): its numbers must not be compared or quoted.',
  )
})

test('a suspect run says so', () => {
  const sentence = summarise({ ...calmResult(), verdict: 'suspect', findings: fixtureResult().findings })
  expect(sentence).toMatch(/; the run is suspect \(steal\)\.$/)
})

describe('whose ranks overlap', () => {
  test('nothing is said about an app tied with the baseline but the tie', () => {
    const sentence = summarise(withRanks({ 'node-http': [1, 2], fastify: [1, 2] }))
    expect(sentence).not.toMatch(/fastify (costs )?[\d.]+ µs/)
    expect(sentence).toContain('node-http and fastify cannot be told apart')
  })

  test('all tied: no amount at all', () => {
    const all: [number, number] = [1, 5]
    const sentence = summarise(withRanks({ 'node-http': all, fastify: all, hono: all, koa: all, evil: all }))
    expect(sentence).toBe('On the hello endpoint node-http, fastify, hono, koa and evil cannot be told apart.')
  })
})

test('an app cheaper than the baseline costs less', () => {
  const result = withRanks({ fastify: [1, 1], 'node-http': [2, 2] })
  for (const cell of result.cells) {
    if (cell.app === 'fastify' && cell.state === 'measured') {
      cell.overheadMicroseconds = { value: -0.52, low: -0.6, high: -0.44, level: 0.95 }
    }
  }
  expect(summarise(result)).toContain('fastify costs 0.52 µs (±0.08) less CPU per request than node-http')
})

test('too few rounds to rank anything', () => {
  const sentence = summarise(withRanks({ 'node-http': null, fastify: null, hono: null, koa: null, evil: null }))
  expect(sentence).toMatch(/^On the hello endpoint there is nothing to compare yet; node-http, .* have no rank\.$/)
})

test('ids from a file of unknown origin cannot break the line', () => {
  const result = calmResult()
  for (const cell of result.cells) if (cell.app === 'evil') cell.app = 'e\u001b[31m\nvil'
  expect(summarise(result)).toContain('e vil 6.5 µs')
})

test('leaves what a study has found to its answer', () => {
  const answer = { question: 'Why?', sentences: [], tables: [], charts: [], limits: [] }
  expect(summarise({ ...calmResult(), answer })).toBe('No check found anything against these numbers.')
  const cells = fixtureResult().cells.filter(({ verdict, state }) => verdict === 'valid' || state === 'failed')
  expect(summarise({ ...calmResult(), cells, answer })).toBe(
    'evil lookup has no numbers (app-failed). Nothing else is suspect or invalid.',
  )
  const suspect = { ...calmResult(), answer, verdict: 'suspect' as const, findings: fixtureResult().findings }
  expect(summarise(suspect)).toMatch(/^The run is suspect \(.+\)\.$/)
  expect(summarise({ ...suspect, verdict: 'invalid' })).toMatch(/^This run is invalid/)
})
