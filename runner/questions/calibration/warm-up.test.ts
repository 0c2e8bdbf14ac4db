import { describe, expect, it } from 'vitest'
import { simulatedPart } from '../../fixtures/simulated-part.ts'
import { WARM_UP_LIMITS } from '../../measure/round-sizes.ts'
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
    expect(chosenMilliseconds).toBe(WARM_UP_LIMITS.least)
    expect(drift.map(({ app, endpoint }) => `${app} ${endpoint}`).sort()).toEqual(
      ['hello', 'table'].flatMap((endpoint) => APPS.map((app) => `${app} ${endpoint}`)).sort(),
    )
    for (const { driftPercent } of drift) expect(Math.abs(driftPercent.value)).toBeLessThan(3)
    expect(world.nowNs / 1e6).toBeLessThanOrEqual(180_000)
    expect(world.running).toEqual([])
  })

  it('sees servers that become faster, and how long that takes', async () => {
    const loadedNs = new Map<string, number>()
    const tested = simulatedPart(180_000, {
      sliceNoise: 0.001,
      disturb: (pulse, { deployment }) => {
        const loaded = (loadedNs.get(deployment) ?? 0) + pulse.elapsedNs
        loadedNs.set(deployment, loaded)
        return pulse
      },
    })
    // Double the cost at first; half of what is left is gone every 0.6 s of load. The last third of 4.9 s lies 0.9 % above the end, and
    // 1.03 times that is reached after 0.6 s × log2(1 / 0.039) = 2.8 s.
    const slow = (deployment: string) => 1 + 0.5 ** ((loadedNs.get(deployment) ?? 0) / 0.6e9)
    const openRig: typeof tested.context.openRig = async (...order) => {
      const opened = await tested.context.openRig(...order)
      const start: typeof opened.rig.host.start = async (plan, options) => {
        loadedNs.delete(plan.id)
        const deployment = await opened.rig.host.start(plan, options)
        let slowNs = 0
        let last = 0
        return {
          ...deployment,
          cpu: async () => {
            const { cpuNs } = await deployment.cpu()
            slowNs += (cpuNs - last) * slow(plan.id)
            last = cpuNs
            return { cpuNs: slowNs, runDelayNs: 0, mainThread: { cpuNs: slowNs, runDelayNs: 0 } }
          },
        }
      }
      return { ...opened, rig: { ...opened.rig, host: { ...opened.rig.host, start } } }
    }
    const { body } = await warmUp.measure({ ...tested.context, openRig })
    expect(body!.chosenMilliseconds).toBeGreaterThan(2_300)
    expect(body!.chosenMilliseconds).toBeLessThan(3_100)
    for (const { points } of body!.curves) {
      expect(points[0]!.costMicroseconds / points.at(-1)!.costMicroseconds).toBeGreaterThan(1.7)
    }
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
