import { describe, expect, it } from 'vitest'
import { calm, factOf } from '../../fixtures/facts-of.ts'
import { container, virtualMachine } from '../../fixtures/machines.ts'
import type { Measured } from '../measure-machine.ts'

describe('what is measured', () => {
  const measured = (changes: Partial<Measured>) => ({ ...calm, ...changes })

  it('is good on a calm machine', () => {
    expect(factOf('steal', virtualMachine, calm)).toEqual(['good', '0.0 % of 1.0 s of rest, 0.1 % of 5.7 s under load'])
    expect(factOf('other-load', virtualMachine, calm)).toEqual(['good', '0.4 % of 1.0 s; load average 0.02 0.57 0.89'])
    expect(factOf('coupling', virtualMachine, calm)).toEqual([
      ...['good', '1.004 times the CPU time while CPU 0 spins (0.996 to 1.012, 7 pairs)'],
    ])
  })

  it('stolen time: at rest or under load', () => {
    const loaded = measured({ loaded: { seconds: 5, steal: 0.021, foreign: 0 } })
    expect(factOf('steal', virtualMachine, loaded)).toEqual(['poor', '0.0 % of 1.0 s of rest, 2.1 % of 5.0 s under load'])
    const resting = measured({ quiet: { seconds: 1, steal: 0.021, foreign: 0 } })
    expect(factOf('steal', virtualMachine, resting)[0]).toBe('poor')
    expect(factOf('steal', virtualMachine, measured({ quiet: { seconds: 1, steal: null, foreign: null } }))).toEqual([
      ...['unknown', 'not known here'],
    ])
  })

  it('other load: beyond 3 %', () => {
    const busy = (foreign: number) =>
      factOf('other-load', virtualMachine, measured({ quiet: { seconds: 1, steal: 0, foreign } }))[0]
    expect([busy(0.03), busy(0.031)]).toEqual(['good', 'poor'])
  })

  it('effect of the other CPU: beyond a tenth', () => {
    const coupled = (median: number) =>
      factOf('coupling', virtualMachine, measured({ coupling: { median, low: 1, high: 2, pairs: 7 } }))[0]
    expect([coupled(1.1), coupled(1.101), coupled(0.98)]).toEqual(['good', 'poor', 'good'])
    expect(factOf('coupling', virtualMachine, measured({ coupling: null }))[0]).toBe('unknown')
  })

  it('interrupts: whom they are charged to, where the kernel configuration does not tell', () => {
    const judged = (charged: number, busy: number, interrupts: number) =>
      factOf('interrupt-time', container, measured({ loopback: { charged, busy, interrupts } }))
    expect(judged(107.5, 108, 27)).toEqual([
      ...['good', 'charged to the process that sends (measured: 27 of 108 ticks in interrupts, 1 not charged)'],
    ])
    expect(judged(80, 107, 27)).toEqual(['poor', 'charged to nobody (measured: 27 of 107 ticks in interrupts, 27 not charged)'])
    // Too few interrupts to tell, and another program on the CPU.
    expect(judged(100, 104, 4)[0]).toBe('unknown')
    expect(judged(56, 117, 15)[0]).toBe('unknown')
    expect(factOf('interrupt-time', container, measured({ loopback: null }))).toEqual(['unknown', 'not known here'])
    // The configuration knows better.
    expect(factOf('interrupt-time', virtualMachine, measured({ loopback: { charged: 80, busy: 107, interrupts: 27 } }))[0]).toBe(
      'good',
    )
  })
})
