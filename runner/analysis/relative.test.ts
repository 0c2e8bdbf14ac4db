import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { withNoisyRounds } from '../fixtures/fixture-rounds.ts'
import { againstReference, comparePairs, sumPairs } from './relative.ts'

const result = withNoisyRounds(fixtureResult())
const find = (reference: string, app: string, endpoint = 'hello') =>
  againstReference(result, reference).find((one) => one.app === app && one.endpoint === endpoint)

describe('cells against a reference', () => {
  it('are what the result says when it is the baseline', () => {
    for (const { app, endpoint, ratio, overheadMicroseconds } of againstReference(result, 'node-http')) {
      const cell = result.cells.find((one) => one.app === app && one.endpoint === endpoint)!
      expect(cell).toMatchObject({ ratio, overheadMicroseconds })
    }
  })

  it('are paired by round: the mean of the log ratios, with a t interval of their differences', () => {
    const logs = (app: string) => {
      const cell = result.cells.find((one) => one.app === app && one.endpoint === 'hello')!
      return cell.state === 'measured' ? cell.perRound.map(({ ratio }) => Math.log(ratio)) : []
    }
    const koa = logs('koa').map((log, round) => log - logs('fastify')[round]!)
    const mean = koa.reduce((sum, log) => sum + log) / koa.length
    const found = find('fastify', 'koa')!
    expect(found.ratio.value).toBeCloseTo(Math.exp(mean), 12)
    const deviation = Math.sqrt(koa.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (koa.length - 1))
    // Moderation may only widen; t of 7 degrees of freedom is 2.365, of very many 1.96.
    expect(Math.log(found.ratio.high! / found.ratio.value)).toBeGreaterThan((1.96 * deviation) / Math.sqrt(koa.length))
  })

  it('are exactly 1 and 0 for the reference itself', () => {
    expect(find('koa', 'koa')).toMatchObject({ ratio: { value: 1, low: 1, high: 1 }, overheadMicroseconds: { value: 0 } })
  })

  it('turn round when two apps change places', () => {
    const [one, other] = [find('fastify', 'koa')!, find('koa', 'fastify')!]
    expect(one.ratio.value * other.ratio.value).toBeCloseTo(1, 12)
    expect(one.overheadMicroseconds.value).toBeCloseTo(-other.overheadMicroseconds.value, 9)
  })

  it('cannot be told apart where ranks overlap, and only there', () => {
    expect(find('koa', 'hono')!.tied).toBe(true)
    expect(find('koa', 'fastify')!.tied).toBe(false)
  })

  it('leave out endpoints on which the reference has no number', () => {
    expect(againstReference(result, 'evil').map(({ endpoint }) => endpoint)).not.toContain('lookup')
    expect(againstReference(result, 'nobody')).toEqual([])
  })

  it('are not compared with an invalid one, and are not tied when invalid', () => {
    expect(againstReference(result, 'koa').map(({ endpoint }) => endpoint)).not.toContain('lookup')
    expect(find('hono', 'koa', 'lookup')!.tied).toBe(false)
  })

  it('use only rounds that both have', () => {
    const cells = result.cells.map((cell) =>
      cell.state === 'measured' && cell.app === 'koa' ? { ...cell, perRound: cell.perRound.slice(0, 1) } : cell,
    )
    const one = againstReference({ ...result, cells }, 'koa').find(({ app, endpoint }) => app === 'hono' && endpoint === 'hello')
    expect(one!.ratio).toMatchObject({ low: null, high: null })
  })
})

describe('pairs', () => {
  const hello = (app: string, reference: string) => ({ app, reference, endpoint: 'hello' })

  it('are as against a reference, each against one of its own, in the order given', () => {
    const pairs = [hello('koa', 'fastify'), hello('hono', 'koa'), hello('fastify', 'koa')]
    const compared = comparePairs(result, pairs)
    expect(compared).toMatchObject(pairs)
    for (const { app, reference, ratio, overheadMicroseconds } of compared) {
      const known = find(reference, app)!
      expect(ratio.value).toBeCloseTo(known.ratio.value, 12)
      expect(overheadMicroseconds.value).toBeCloseTo(known.overheadMicroseconds.value, 9)
      expect(overheadMicroseconds.high).toBeCloseTo(known.overheadMicroseconds.high!, 6)
    }
  })

  it('are left out where one of the two has no valid number, or where no round has both', () => {
    const lookup = (app: string, reference: string) => ({ app, reference, endpoint: 'lookup' })
    expect(comparePairs(result, [hello('koa', 'nobody'), lookup('hono', 'koa'), lookup('koa', 'hono')])).toEqual([])
    const cells = result.cells.map((cell) =>
      cell.state === 'measured' && cell.app === 'koa'
        ? { ...cell, perRound: cell.perRound.map((round) => ({ ...round, round: round.round + 100 })) }
        : cell,
    )
    expect(comparePairs({ ...result, cells }, [hello('koa', 'fastify')])).toEqual([])
  })

  it('hold what two copies of one server differ by in the run', () => {
    const pair = hello('koa', 'fastify')
    const control = result.controls.identical.find(({ endpoint }) => endpoint === 'hello')!
    const differ = { ...control, ratio: { ...control.ratio, value: 1.03, low: 1.01, high: 1.05 } }
    const [own] = comparePairs({ ...result, controls: { identical: [] } }, [pair])
    const [wider] = comparePairs({ ...result, controls: { identical: [differ] } }, [pair])
    expect(wider!.ratio.value).toBe(own!.ratio.value)
    expect(wider!.ratio.low! / own!.ratio.low!).toBeCloseTo(1 / 1.05, 9)
    expect(wider!.ratio.high! / own!.ratio.high!).toBeCloseTo(1.05, 9)
    const sumWith = (identical: (typeof differ)[]) =>
      sumPairs({ ...result, controls: { identical } }, [pair, hello('hono', 'fastify')])!
    const fastify = result.cells.find(({ app, endpoint }) => app === 'fastify' && endpoint === 'hello')
    const reach = 2 * 0.05 * (fastify?.state === 'measured' ? fastify.cost.value : Number.NaN)
    expect(sumWith([differ]).high! - sumWith([]).high!).toBeCloseTo(reach, 9)
    expect(sumWith([]).low! - sumWith([differ]).low!).toBeCloseTo(reach, 9)
  })

  it('add up, paired by round, where all of them are known', () => {
    const [first, second] = [hello('koa', 'fastify'), hello('hono', 'fastify')]
    const alone = comparePairs(result, [first, second]).map(({ overheadMicroseconds }) => overheadMicroseconds.value)
    const sum = sumPairs(result, [first, second])!
    expect(sum.value).toBeCloseTo(alone[0]! + alone[1]!, 9)
    expect(sum.low!).toBeLessThan(sum.value)
    // There and back again is nothing, in every round.
    const agreeing = { ...result, controls: { identical: [] } }
    expect(sumPairs(agreeing, [first, hello('fastify', 'koa')])).toMatchObject({ value: 0, low: 0, high: 0 })
    expect(sumPairs(result, [first, hello('koa', 'nobody')])).toBeNull()
    expect(sumPairs(result, [])).toBeNull()
  })
})
