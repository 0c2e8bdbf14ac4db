import { describe, expect, it } from 'vitest'
import { simulatedPart } from '../../fixtures/simulated-part.ts'
import { WARM_UP } from '../../measure/warm-up.ts'
import { WarmUpPart } from './data.ts'
import { thinned, warmUp } from './warm-up.ts'

const Body = WarmUpPart.omit({ head: true })
const APPS = ['node-http', 'express', 'fastify', 'hono', 'koa']

describe('measureWarmUp in a simulated world', () => {
  it('has curves of three processes per app, a warm-up, and the drift that it leaves', async () => {
    const { context, world, remarks } = simulatedPart(180_000)
    const { body, cutShort, problem } = await warmUp.measure(context)
    expect({ cutShort, problem, remarks }).toEqual({ cutShort: false, problem: null, remarks: [] })
    const { curves, chosenMilliseconds, drift } = Body.parse(body)
    expect(curves.map(({ app, process }) => `${process} ${app}`).sort()).toEqual(
      [1, 2, 3].flatMap((process) => APPS.map((app) => `${process} ${app}`)).sort(),
    )
    for (const { points } of curves) {
      expect(points.length).toBeGreaterThan(30)
      expect(points.length).toBeLessThanOrEqual(60)
      expect(points.at(-1)!.milliseconds).toBeGreaterThan(4_200)
      expect(points.map(({ milliseconds }) => milliseconds)).toEqual(
        points.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b),
      )
    }
    // A simulated server is warm from the first request on.
    expect(chosenMilliseconds).toBeGreaterThan(0.9 * WARM_UP.least)
    expect(chosenMilliseconds).toBeLessThan(1.1 * WARM_UP.least)
    expect(drift.map(({ app, endpoint }) => `${app} ${endpoint}`).sort()).toEqual(
      ['hello', 'table'].flatMap((endpoint) => APPS.map((app) => `${app} ${endpoint}`)).sort(),
    )
    for (const { driftPercent } of drift) expect(Math.abs(driftPercent.value)).toBeLessThan(3)
    expect(world.nowNs / 1e6).toBeLessThanOrEqual(180_000)
    expect(world.running).toEqual([])
  })

  it('sees how long V8 compiles', async () => {
    const asked = new Map<string, number>()
    const tested = simulatedPart(180_000, {
      // A fifth of the CPU time of the first 2.8 s, in pulses of 20 ms; every process of an app begins anew.
      helperShare: ({ deployment }) => ((asked.get(deployment) ?? 0) < 140 ? 0.2 : 0.004),
      disturb: (pulse, { deployment }) => {
        asked.set(deployment, (asked.get(deployment) ?? 0) + 1)
        return pulse
      },
      beforeStart: (deployment) => void asked.delete(deployment),
    })
    const { body } = await warmUp.measure(tested.context)
    expect(body!.chosenMilliseconds).toBeGreaterThan(3_150)
    expect(body!.chosenMilliseconds).toBeLessThan(3_400)
  })

  it('keeps curves without a drift when it is interrupted between them', async () => {
    const tested = simulatedPart(180_000)
    const progress = (sentence: string) => void (sentence.startsWith('drift') && tested.controller.abort())
    const { body, cutShort } = await warmUp.measure({ ...tested.context, progress })
    expect(cutShort).toBe(true)
    expect(body).toMatchObject({ drift: [] })
    expect(body!.curves).toHaveLength(15)
  })

  it('fails when an app does not answer', async () => {
    const { context } = simulatedPart(20_000, {
      disturb: (pulse, { app }) => (app === 'koa' ? { ...pulse, requests: 0, steadyRequests: 0 } : pulse),
    })
    await expect(warmUp.measure(context)).rejects.toThrow('koa did not answer while it was warming up')
  })
})

describe('thinned', () => {
  const curve = (length: number) => Array.from({ length }, (_, index) => ({ milliseconds: 40 * (index + 1) }))

  it('leaves short curves as they are', () => {
    expect(thinned(curve(60), 60)).toEqual(curve(60))
  })

  it('keeps the first and the last, all of the beginning, and ever fewer later on', () => {
    const times = thinned(curve(150), 60).map(({ milliseconds }) => milliseconds)
    expect(times.length).toBeLessThanOrEqual(60)
    expect(times.slice(0, 8)).toEqual([40, 80, 120, 160, 200, 240, 280, 320])
    expect(times.at(-1)).toBe(6_000)
    const gaps = times.slice(1).map((time, index) => time - times[index]!)
    expect(gaps.at(-1)).toBeGreaterThan(300)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  })
})
