import { describe, expect, it } from 'vitest'
import { simulatedPart } from '../../fixtures/simulated-part.ts'
import { IdenticalPart } from './data.ts'
import { identical } from './identical.ts'

const Body = IdenticalPart.omit({ head: true })
const MINUTE = 60_000
const cost = () => 12

describe('identical servers in a simulated world', () => {
  it('repeats runs of identical servers for its time, each with another seed', async () => {
    const { context, world, remarks, sentences } = simulatedPart(5 * MINUTE, { cost })
    const { body, cutShort, problem } = await identical.measure(context)
    expect({ cutShort, problem, remarks }).toEqual({ cutShort: false, problem: null, remarks: [] })
    const { runs } = Body.parse(body)
    expect(runs.length).toBeGreaterThanOrEqual(2)
    expect(world.nowNs / 1e6).toBeLessThanOrEqual(5 * MINUTE)
    for (const run of runs) {
      expect(run.rounds).toBe(6)
      expect(run.measuredSeconds).toBeGreaterThan(0)
      expect(run.ratios.map(({ app, endpoint }) => `${app} ${endpoint}`).sort()).toEqual(
        [2, 3, 4, 5].flatMap((copy) => [`node-http-${copy} hello`, `node-http-${copy} template`]),
      )
      expect(run.controls.map(({ endpoint }) => endpoint)).toEqual(['hello', 'template'])
      for (const { ratio } of [...run.ratios, ...run.controls]) expect(ratio.value).toBeCloseTo(1, 1)
    }
    expect(new Set(runs.map(({ ratios }) => ratios[0]!.ratio.value)).size).toBe(runs.length)
    expect(sentences).toContain('run 2 of identical servers, round 6 of 6')
    expect(world.running).toEqual([])
  })

  it('has smaller runs when there is little time', async () => {
    const { context } = simulatedPart(10_000, { cost })
    const { body } = await identical.measure(context)
    expect(body!.runs.length).toBeGreaterThanOrEqual(1)
    expect(body!.runs.every(({ rounds }) => rounds === 2)).toBe(true)
  })

  it('keeps finished runs when it is interrupted in the middle of one', async () => {
    const tested = simulatedPart(5 * MINUTE, { cost })
    const context = {
      ...tested.context,
      progress: (sentence: string) =>
        void (sentence.startsWith('run 3 of identical servers, round 2') && tested.controller.abort()),
    }
    const { body, cutShort, problem } = await identical.measure(context)
    expect({ cutShort, problem }).toEqual({ cutShort: true, problem: null })
    expect(body!.runs).toHaveLength(2)
    expect(tested.world.running).toEqual([])
  })

  it('has nothing when it is interrupted before', async () => {
    const { context, controller } = simulatedPart(5 * MINUTE)
    controller.abort()
    expect(await identical.measure(context)).toEqual({ body: null, cutShort: true, problem: null })
  })

  it('fails when no copy can be measured', async () => {
    const { context, remarks } = simulatedPart(5 * MINUTE, { disturb: (pulse) => ({ ...pulse, wrongAnswers: 1 }) })
    await expect(identical.measure(context)).rejects.toThrow(/^the baseline was not measured: .*responses were wrong/)
    expect(remarks.join('\n')).toContain('responses were wrong')
  })
})
