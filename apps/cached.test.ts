import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CacheClock, cached, KEPT_MILLISECONDS, withCache } from './cached.ts'
import { contract } from './contract.ts'
import nodeHttp from './node-http/app.ts'
import { workload } from './workload/workload.ts'

const VISITORS = 4

/** A workload that counts how often it renders, behind a cache with a clock of its own. */
function counted() {
  const renders = { hello: 0, template: 0, table: 0, lookup: 0 }
  const count = (endpoint: keyof typeof renders) => () => `${endpoint} ${++renders[endpoint]}`
  let now = 1_000
  const clock: CacheClock = { now: () => now }
  const behind = withCache(
    { hello: count('hello'), template: count('template'), table: count('table'), lookup: count('lookup') },
    clock,
  )
  /** Time passes, for the cache and for the timers it sets. */
  const pass = (milliseconds: number) => {
    now += milliseconds
    vi.advanceTimersByTime(milliseconds)
  }
  const askedByEveryVisitor = (endpoint: keyof typeof renders) => Array.from({ length: VISITORS }, () => behind[endpoint]())
  return { renders, pass, askedByEveryVisitor }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('withCache', () => {
  it('renders a page once for every visitor, and answers from the cache for ten seconds', () => {
    const { renders, pass, askedByEveryVisitor } = counted()
    const first = askedByEveryVisitor('table')
    expect(first).toEqual(['table 1', 'table 2', 'table 3', 'table 4'])
    for (let second = 0; second < 9; second++) {
      pass(1_000)
      expect(askedByEveryVisitor('table')).toEqual(first)
    }
    pass(999)
    expect(askedByEveryVisitor('table')).toEqual(first)
    expect(renders.table).toBe(VISITORS)
  })

  it('renders again when ten seconds are over, and keeps that for ten more', () => {
    const { renders, pass, askedByEveryVisitor } = counted()
    askedByEveryVisitor('template')
    pass(KEPT_MILLISECONDS + 1)
    const second = askedByEveryVisitor('template')
    expect(renders.template).toBe(2 * VISITORS)
    pass(KEPT_MILLISECONDS - 1)
    expect(askedByEveryVisitor('template')).toEqual(second)
    expect(renders.template).toBe(2 * VISITORS)
    pass(2)
    askedByEveryVisitor('template')
    expect(renders.template).toBe(3 * VISITORS)
  })

  it('does not start the ten seconds again when a page is requested', () => {
    const { renders, pass, askedByEveryVisitor } = counted()
    for (let turn = 0; turn < 30; turn++) {
      askedByEveryVisitor('table')
      pass(1_000)
    }
    expect(renders.table).toBe(VISITORS * 3)
  })

  it('keeps the two pages apart, and neither hello nor lookup', () => {
    const { renders, askedByEveryVisitor } = counted()
    for (const endpoint of ['hello', 'template', 'table', 'lookup', 'template', 'table', 'hello', 'lookup'] as const)
      askedByEveryVisitor(endpoint)
    expect(renders).toEqual({ hello: 8, template: 4, table: 4, lookup: 8 })
  })

  it('tells the time by itself, and answers what the contract says, rendered and kept', () => {
    const behind = withCache(workload)
    for (let turn = 0; turn < 2 * VISITORS; turn++) {
      expect(behind.template()).toBe(contract.template.body)
      expect(behind.table()).toBe(contract.table.body)
    }
  })
})

describe('cached', () => {
  it('is the app with another title, and says nothing of a package', () => {
    expect(cached(nodeHttp)).toMatchObject({ title: 'node:http, cached', package: null })
  })
})
