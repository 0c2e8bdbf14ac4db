import { describe, expect, it } from 'vitest'
import { type SimulatedStudy, simulatedStudy } from '../../fixtures/simulated-study.ts'
import { AnswerBody } from '../../result/answer.ts'
import type { Estimate } from '../../result/model.ts'
import { answerCache } from './cache.ts'

const APPS = ['node-http', 'koa', 'idle']
const CELLS = APPS.flatMap((app) => [app, `${app}@cached`])
/** The skeleton costs 10 µs, koa 8 more, `idle` nothing more; rendering costs 12, on `template` nothing. */
const cost: SimulatedStudy['cost'] = (app, endpoint) =>
  10 + (app.startsWith('koa') ? 8 : 0) + (app.endsWith('@cached') || endpoint === 'template' ? 0 : 12)

const study = (overrides: Partial<SimulatedStudy> = {}) =>
  simulatedStudy({ apps: CELLS, endpoints: ['table'], cost, ...overrides })

function row(answer: AnswerBody, app: string, table = 'cache-table') {
  const figures = answer.tables.find(({ id }) => id === table)!.rows.find(([name]) => name === app)!
  return figures.map((figure) => (typeof figure === 'object' && figure !== null ? (figure as Estimate) : null))
}

describe('what a cache saves', () => {
  it('is what rendering costs, with an interval, and the ratio of the two', async () => {
    const answer = answerCache(await study(), APPS)
    expect(AnswerBody.parse(answer)).toEqual(answer)
    for (const app of APPS) {
      const [, rendered, kept, saved, times] = row(answer, app)
      const alone = app === 'koa' ? 18 : 10
      expect(rendered!.value).toBeCloseTo(alone + 12, 0)
      expect(kept!.value).toBeCloseTo(alone, 0)
      expect(saved!.value).toBeCloseTo(12, 0)
      expect(times!.value).toBeCloseTo((alone + 12) / alone, 1)
      for (const { low, value, high } of [rendered!, kept!, saved!, times!]) {
        expect(low).toBeLessThan(value)
        expect(high).toBeGreaterThan(value)
      }
    }
    expect(answer.sentences[0]).toMatch(
      /^node-http on table: \S+ \[\S+ \S+\] µs of CPU a request rendered, \S+ \[\S+ \S+\] µs from the cache;/,
    )
    expect(answer.sentences[0]).toMatch(
      /; the cache saves 1\S+ \[\S+ \S+\] µs, so rendering makes a request 2\.2\S* \[\S+ \S+\] times as expensive\.$/,
    )
  })

  it('makes the share of the framework larger', async () => {
    const answer = answerCache(await study(), APPS)
    const [, , , , , rendered, kept] = row(answer, 'koa')
    expect(rendered!.value).toBeCloseTo((100 * 8) / 30, 0)
    expect(kept!.value).toBeCloseTo((100 * 8) / 18, 0)
    expect(rendered!.low!).toBeLessThan(rendered!.value)
    expect(rendered!.high!).toBeGreaterThan(rendered!.value)
    expect(row(answer, 'node-http').slice(5)).toEqual([null, null])
    expect(answer.sentences[1]).toMatch(
      /; the framework is 2\d.* % of a request that is rendered and 4\d.* % of one that is not\.$/,
    )
  })

  it('is not claimed where the interval holds equality, nor is a share', async () => {
    const answer = answerCache(await study({ endpoints: ['template'] }), APPS)
    const [skeleton, , idle] = answer.sentences
    expect(skeleton).toMatch(/; whether it saves anything is not known \(\S+ \[-\S+ \S+\] µs\)\.$/)
    expect(idle).toMatch(/ % \(cannot be told apart from zero\) of (a request that is rendered|one that is not)/)
  })

  it('may be less than nothing', async () => {
    const dear: SimulatedStudy['cost'] = (app) => (app.endsWith('@cached') ? 15 : 10)
    const answer = answerCache(await study({ cost: dear }), APPS)
    expect(answer.sentences[0]).toMatch(/; the cache costs more than it saves, by \S+ \[4\.\d+, 5\.\d+\] µs\.$/)
  })

  it('has charts of costs and shares, a row per app, a mark for each of the two', async () => {
    const { charts } = answerCache(await study(), APPS)
    expect(charts.map(({ id, points }) => [id, points.length])).toEqual([
      ['cache-cost-table', 6],
      ['cache-share-table', 4],
    ])
    expect(charts[1]!.points.map(({ x, series }) => `${x} ${series}`)).toEqual([
      'koa rendered',
      'koa cached',
      'idle rendered',
      'idle cached',
    ])
  })

  it('has a table per endpoint, and leaves out and names what is invalid', async () => {
    const result = await study({ endpoints: ['template', 'table'], invalid: ['koa@cached table', 'node-http@cached template'] })
    const answer = answerCache(result, APPS)
    expect(answer.tables.map(({ id, rows }) => [id, rows.map(([app]) => app)])).toEqual([
      ['cache-template', ['koa', 'idle']],
      ['cache-table', ['node-http', 'idle']],
    ])
    // Without the skeleton's cached number nobody's share of a cached request is known.
    expect(row(answer, 'koa', 'cache-template').at(-1)).toBeNull()
    expect(answer.limits.slice(1)).toEqual([
      'Without a valid number on template, rendered or cached: node-http.',
      'Without a valid number on table, rendered or cached: koa.',
    ])
  })

  it('has no intervals after one round, and no claims', async () => {
    const { sentences } = answerCache(await study({ rounds: 1 }), APPS)
    for (const sentence of sentences) expect(sentence).toMatch(/\[\?, \?\].*whether it saves anything is not known/)
  })

  it('says nothing when nothing is valid', async () => {
    const everything = CELLS.map((app) => `${app} table`)
    const answer = answerCache(await study({ invalid: everything }), APPS)
    expect({ ...answer, question: '' }).toEqual({
      ...{ question: '', sentences: [], tables: [], charts: [] },
      limits: ['Without a valid number on table, rendered or cached: node-http, koa, idle.'],
    })
  })
})
