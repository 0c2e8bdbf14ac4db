import { describe, expect, it } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { withNoisyRounds } from '../fixtures/fixture-rounds.ts'
import type { MeasuredCell } from '../result/model.ts'
import { relativeChanges } from './diff.ts'

const base = fixtureResult()
/** Apps on `hello`: evil, fastify, hono and koa. */
const run = (seed: number, shift = 0): MeasuredCell[] =>
  withNoisyRounds(base, { seed, shift, deviation: 0.01 })
    .cells.filter((cell) => cell.state === 'measured')
    .filter(({ app, endpoint }) => app !== base.baseline && endpoint === 'hello')
    .sort((one, other) => one.app.localeCompare(other.app))
const shifted = (series: readonly MeasuredCell[], app: string, shift: number) =>
  series.map((one) =>
    one.app === app
      ? { ...one, perRound: one.perRound.map((round) => ({ ...round, ratio: round.ratio * Math.exp(shift) })) }
      : one,
  )
const logs = (changes: ReturnType<typeof relativeChanges>) => changes.map((change) => Math.log(change!.value))

describe('changes relative to the others', () => {
  it('are none where all apps moved alike, and the intervals hold that as often as they say', () => {
    let held = 0
    for (let pair = 0; pair < 100; pair++) {
      const changes = relativeChanges(run(2 * pair + 1), run(2 * pair + 2, 0.1))
      held += changes.filter((change) => change!.low! <= 1 && change!.high! >= 1).length
    }
    // 380 of 400 are expected, and some more because variances are only ever raised; cells of a pair are correlated.
    expect(held).toBeGreaterThan(365)
    expect(held).toBeLessThan(400)
  })

  it('are the change of an app that moved more, and the same the other way for the others, divided by their number', () => {
    const one = run(1)
    const changes = logs(relativeChanges(one, shifted(one, 'koa', 0.06)))
    for (const [index, expected] of [-0.02, -0.02, -0.02, 0.06].entries()) expect(changes[index]).toBeCloseTo(expected, 12)
  })

  it('come from rounds that have all apps of the endpoint', () => {
    const gap = run(2).map((one) => (one.app === 'evil' ? { ...one, perRound: one.perRound.slice(3) } : one))
    const rest = run(2).map((one) => ({ ...one, perRound: one.perRound.slice(3) }))
    const [some, same] = [relativeChanges(run(1), gap), relativeChanges(run(1), rest)]
    expect(logs(some)).toEqual(logs(same))
  })

  it('are not known of an app alone, of apps without a common round, and without an interval after one round', () => {
    const [evil, fastify] = run(1)
    expect(relativeChanges([evil!], [evil!])).toEqual([null])
    const halves = [
      { ...evil!, perRound: evil!.perRound.slice(0, 4) },
      { ...fastify!, perRound: fastify!.perRound.slice(4) },
    ]
    expect(relativeChanges([evil!, fastify!], halves)).toEqual([null, null])
    const single = [evil!, fastify!].map((one) => ({ ...one, perRound: one.perRound.slice(0, 1) }))
    expect(relativeChanges([evil!, fastify!], single)[0]).toMatchObject({ value: expect.any(Number), low: null, high: null })
  })
})
