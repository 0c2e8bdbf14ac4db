import { describe, expect, it } from 'vitest'
import { Capacities } from './block.ts'

const pulse = (ratePerSecond: number) => ({
  ...{ requests: ratePerSecond / 50, elapsedNs: 25e6 },
  ...{ steadyRequests: ratePerSecond / 100, steadyNs: 10e6 },
})
const openLoop = {
  ...{ ratePerSecond: 1, scheduled: 1, dropped: 0, queued: 0, plannedNs: 0, answeredNs: 0 },
  ...{ latencies: '', lags: '' },
}

describe('Capacities', () => {
  it('give a share of what the slowest of the deployments can, on the same endpoint', () => {
    const capacities = new Capacities()
    capacities.note('koa', 0, pulse(20_000))
    capacities.note('express', 0, pulse(10_000))
    capacities.note('express', 1, pulse(100))
    expect(capacities.rateOf({ share: 0.5, ofSlowest: ['koa', 'express'] }, 0)).toBe(5_000)
    expect(capacities.rateOf({ share: 0.8, ofSlowest: ['koa'] }, 0)).toBe(16_000)
    expect(capacities.rateOf({ share: 0.8, ofSlowest: ['express'] }, 1)).toBe(80)
  })

  it('take the middle of the latest pulses: neither an odd one nor cold ones count', () => {
    const capacities = new Capacities()
    for (const cold of [1_000, 1_000, 1_000, 1_000, 1_000]) capacities.note('koa', 0, pulse(cold))
    for (const warm of [20_000, 21_000, 90_000, 19_000, 20_500, 19_500, 20_000]) capacities.note('koa', 0, pulse(warm))
    expect(capacities.rateOf({ share: 1, ofSlowest: ['koa'] }, 0)).toBe(20_000)
  })

  it('know nothing of apps that were not asked, and learn nothing from an open loop or from no answers', () => {
    const capacities = new Capacities()
    const koa = { share: 1, ofSlowest: ['koa'] }
    expect(capacities.rateOf(koa, 0)).toBeNull()
    capacities.note('koa', 0, { ...pulse(5), openLoop })
    capacities.note('koa', 0, { requests: 0, elapsedNs: 10e6, steadyRequests: 0, steadyNs: 0 })
    expect(capacities.rateOf(koa, 0)).toBeNull()
    capacities.note('koa', 0, pulse(1_000))
    expect(capacities.rateOf({ share: 1, ofSlowest: ['gone', 'koa'] }, 0)).toBe(1_000)
  })

  it('take all of a pulse that was too short for a steady part', () => {
    const capacities = new Capacities()
    capacities.note('koa', 0, { requests: 20, elapsedNs: 40e6, steadyRequests: 0, steadyNs: 0 })
    expect(capacities.rateOf({ share: 1, ofSlowest: ['koa'] }, 0)).toBe(500)
  })

  it('have no say where the rate is given', () => {
    expect(new Capacities().rateOf({ ratePerSecond: 123 }, 0)).toBe(123)
  })
})
