import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { compareLanes, decisionOf, type LaneTurn, turnsBetweenLooks } from './lane-decision.ts'

const deployments = ['raw', 'raw#2', 'koa'].map((id) => ({
  id,
  app: id.split('#')[0]!,
  modulePath: '/x.ts',
  transport: 'tcp' as const,
}))
const plan = { baseline: 'raw', deployments, endpoints: ['a', 'b', 'c', 'd'] }

/** Turns in which lane 1 finds each deployment dearer by so much while the others work, as a log. */
function turnsOf(count: number, change: (id: string) => number, { deviation = 0.035, seed = 3 } = {}) {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (): LaneTurn => {
    const costs = (of: (id: string) => number) =>
      new Map(
        plan.endpoints.flatMap((endpoint) =>
          deployments.map(({ id }) => [`${endpoint} ${id}`, of(id) + deviation * random.normal()] as const),
        ),
      )
    return { alone: costs(() => 0), together: costs(change) }
  })
}

/** As a run decides: after 8, 16 and 24 turns. */
function decided(change: (id: string) => number, options?: Parameters<typeof turnsOf>[2]) {
  const turns = turnsOf(24, change, options)
  for (const count of [8, 16, 24]) {
    const look = decisionOf(compareLanes(plan, turns.slice(0, count), 2))
    if (look !== 'open') return look
  }
  return 'open'
}
const shareOfSame = (runs: number, change: (id: string) => number) =>
  Array.from({ length: runs }, (_, seed) => decided(change, { seed })).filter((one) => one === 'same').length / runs

describe('whether several lanes may be used', () => {
  it('is decided by changes alone, each paired by turn', () => {
    const { cost, copies, ratio, turns } = compareLanes(
      plan,
      turnsOf(8, (id) => (id === 'koa' ? 0.1 : 0), { deviation: 0.001 }),
      2,
    )
    expect(turns).toBe(8)
    expect(cost!.value).toBeCloseTo(Math.exp(0.1 / 3), 2)
    expect(copies!.value).toBeCloseTo(1, 2)
    expect(ratio!.value).toBeCloseTo(Math.exp(0.1), 2)
  })

  it('is known after 24 turns of slices that differ by 3.5 %', () => {
    const { cost, copies, ratio } = compareLanes(
      plan,
      turnsOf(24, () => 0),
      2,
    )
    for (const [change, width] of [
      [cost, 0.006],
      [copies, 0.016],
      [ratio, 0.014],
    ] as const) {
      expect((change!.high! - change!.low!) / 2).toBeLessThan(1.5 * width)
    }
  })

  it('is: on a machine where nothing changes, and where costs change by half of the margin', () => {
    expect(shareOfSame(100, () => 0)).toBeGreaterThan(0.9)
    expect(shareOfSame(100, () => 0.01)).toBeGreaterThan(0.8)
  })

  it.each<[string, (id: string) => number]>([
    ['all cost 2 % more, the margin itself', () => 0.02],
    ['the app alone costs 4 % more', (id) => (id === 'koa' ? 0.04 : 0)],
    ['one copy costs 3 % more', (id) => (id === 'raw#2' ? 0.03 : 0)],
  ])('is not where %s, but for one run in twenty or so', (_what, change) => {
    expect(shareOfSame(200, change)).toBeLessThan(0.09)
  })

  it('is decided early where it is plain', () => {
    expect(
      decisionOf(
        compareLanes(
          plan,
          turnsOf(8, () => 0.08),
          2,
        ),
      ),
    ).toBe('other')
    expect(
      decisionOf(
        compareLanes(
          plan,
          turnsOf(8, () => 0, { deviation: 0.005 }),
          2,
        ),
      ),
    ).toBe('same')
    expect(
      decisionOf(
        compareLanes(
          plan,
          turnsOf(8, () => 0, { deviation: 0.2 }),
          2,
        ),
      ),
    ).toBe('open')
  })

  it('is open where nothing is known', () => {
    const none: LaneTurn = { alone: new Map(), together: new Map() }
    expect(compareLanes(plan, [none, none], 2)).toMatchObject({ cost: null, copies: null, ratio: null })
    expect(decisionOf(compareLanes(plan, [none, none], 2))).toBe('open')
  })

  it('takes more turns where there are fewer endpoints', () => {
    expect([1, 2, 4, 8].map(turnsBetweenLooks)).toEqual([32, 16, 8, 8])
  })
})
