import { describe, expect, it } from 'vitest'
import type { KernelCounters } from '../machine/kernel-counters.ts'
import { type Attempt, disturbanceOf, disturbanceRules, type JudgedSlice } from './disturbance.ts'

const MILLISECOND = 1e6
const zero: KernelCounters = {
  stealTicks: 100,
  throttledPeriods: 100,
  retransmits: 100,
  timeouts: 100,
  listenOverflows: 100,
  listenDrops: 100,
}
const plus = (of: Partial<Record<keyof KernelCounters, number>>): KernelCounters => {
  const counters = { ...zero }
  for (const [name, count] of Object.entries(of)) Object.assign(counters, { [name]: zero[name as keyof KernelCounters]! + count })
  return counters
}
const slice = (of: Partial<JudgedSlice> = {}): JudgedSlice => ({
  elapsedNs: 20 * MILLISECOND,
  serverWaitNs: 0,
  loadWaitNs: 0,
  reconnects: 0,
  ...of,
})
const attempt = (of: Partial<Attempt> = {}): Attempt => ({
  slices: [slice(), slice(), slice()],
  spilledNs: 0,
  before: zero,
  after: zero,
  ...of,
})
const withSlice = (of: Partial<JudgedSlice>) => attempt({ slices: [slice(), slice(of), slice()] })

describe('an attempt at a block', () => {
  it('counts when nothing was seen', () => {
    expect(disturbanceOf(attempt())).toBeNull()
  })

  it('counts where the kernel tells nothing', () => {
    const unknown = Object.fromEntries(Object.keys(zero).map((name) => [name, null])) as unknown as KernelCounters
    const slices = [slice({ serverWaitNs: null, loadWaitNs: null })]
    expect(disturbanceOf({ slices, spilledNs: 0, before: unknown, after: unknown })).toBeNull()
    expect(disturbanceOf({ slices, spilledNs: 0, before: unknown, after: zero })).toBeNull()
  })

  it.each([
    ['throttled', { throttledPeriods: 1 }],
    ['listen-overflow', { listenOverflows: 1 }],
    ['listen-overflow', { listenDrops: 1 }],
    ['retransmits', { retransmits: 1 }],
    ['retransmits', { timeouts: 1 }],
    ['steal', { stealTicks: 2 }],
  ])('is disturbed by %s: %j', (code, counted) => {
    expect(disturbanceOf(attempt({ after: plus(counted) }))).toBe(code)
  })

  it('is not disturbed by one tick of steal, which may be the end of an older one', () => {
    expect(disturbanceOf(attempt({ after: plus({ stealTicks: 1 }) }))).toBeNull()
  })

  it('may have two per cent of its time stolen when it is long', () => {
    const slices = [slice({ elapsedNs: 2_500 * MILLISECOND }), slice({ elapsedNs: 2_500 * MILLISECOND })]
    expect(disturbanceOf({ slices, spilledNs: 0, before: zero, after: plus({ stealTicks: 10 }) })).toBeNull()
    expect(disturbanceOf({ slices, spilledNs: 0, before: zero, after: plus({ stealTicks: 11 }) })).toBe('steal')
  })

  it.each([
    // A daemon's turn in a short slice, and a share of a long one.
    ['foreign-cpu', 'serverWaitNs', 20, 10],
    ['foreign-cpu', 'serverWaitNs', 1_000, 50],
    ['load-disturbed', 'loadWaitNs', 20, 10],
    ['load-disturbed', 'loadWaitNs', 1_000, 100],
  ] as const)('is %s when in one slice %s of %i ms is more than %i ms', (code, field, elapsed, limit) => {
    const waited = { elapsedNs: elapsed * MILLISECOND, [field]: limit * MILLISECOND }
    expect(disturbanceOf(withSlice(waited))).toBeNull()
    expect(disturbanceOf(withSlice({ ...waited, [field]: limit * MILLISECOND + 1 }))).toBe(code)
  })

  it('may have one slice in twenty that waits longer, though not as long as a neighbour makes it wait', () => {
    const among = (count: number, ...waits: number[]) => {
      const waiting = waits.map((milliseconds) => slice({ serverWaitNs: milliseconds * MILLISECOND }))
      return attempt({ slices: [...waiting, ...Array.from({ length: count - waits.length }, () => slice())] })
    }
    expect(disturbanceOf(among(19, 11))).toBe('foreign-cpu')
    expect(disturbanceOf(among(20, 20))).toBeNull()
    expect(disturbanceOf(among(20, 20.1))).toBe('foreign-cpu')
    expect(disturbanceOf(among(39, 11, 11))).toBe('foreign-cpu')
    expect(disturbanceOf(among(40, 11, 11))).toBeNull()
  })

  it('is not disturbed by garbage that another server of the run collects late', () => {
    const waited = withSlice({ serverWaitNs: 17 * MILLISECOND })
    expect(disturbanceOf({ ...waited, spilledNs: 7 * MILLISECOND })).toBeNull()
    expect(disturbanceOf({ ...waited, spilledNs: 6.9 * MILLISECOND })).toBe('foreign-cpu')
  })

  it('is disturbed by a connection that was opened again', () => {
    expect(disturbanceOf(withSlice({ reconnects: 1 }))).toBe('reconnects')
  })

  it('is named after the gravest of several', () => {
    const after = plus({ throttledPeriods: 1, listenDrops: 1, retransmits: 1, stealTicks: 9 })
    const slices = [slice({ serverWaitNs: 11 * MILLISECOND, loadWaitNs: 11 * MILLISECOND, reconnects: 3 })]
    expect(disturbanceOf({ slices, spilledNs: 0, before: zero, after })).toBe('throttled')
    expect(disturbanceOf({ slices, spilledNs: 0, before: zero, after: zero })).toBe('foreign-cpu')
    expect(disturbanceOf({ slices: [{ ...slices[0]!, serverWaitNs: 0 }], spilledNs: 0, before: zero, after: zero })).toBe(
      'load-disturbed',
    )
  })
})

describe('the rules', () => {
  it('are named once each, and say why', () => {
    expect(new Set(disturbanceRules.map(({ code }) => code)).size).toBe(disturbanceRules.length)
    for (const { because } of disturbanceRules) expect(because).toMatch(/^\S.{20,}[^.]$/)
  })

  it('see nothing of what is measured', () => {
    const seen = new Set<string>()
    const watched = new Proxy(slice(), {
      get(target, name) {
        seen.add(String(name))
        return Reflect.get(target, name)
      },
    })
    for (const rule of disturbanceRules) rule.isBroken(attempt({ slices: [watched] }))
    expect([...seen].sort()).toEqual(['elapsedNs', 'loadWaitNs', 'reconnects', 'serverWaitNs'])
  })
})
