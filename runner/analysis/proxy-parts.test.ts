import { describe, expect, it } from 'vitest'
import { slice } from '../fixtures/slices.ts'
import type { Slice } from '../measure/records.ts'
import type { DeploymentPlan } from '../servers/deployment.ts'
import { proxyParts } from './proxy-parts.ts'

const proxy = { name: 'nginx 1', path: 'nginx', connections: 4, keepAlive: true }
const deployment = (id: string, of: Partial<DeploymentPlan> = {}): DeploymentPlan => ({
  ...{ id, app: id, modulePath: `/${id}.ts`, transport: 'tcp' },
  partsOver: { direct: id === 'alone' ? null : 'direct', alone: 'alone' },
  ...of,
})
const plan = [
  ...[deployment('direct', { process: 'one' }), deployment('direct#2', { app: 'direct', process: 'two' })],
  deployment('proxied', { process: 'one', proxy }),
  ...[
    deployment('proxied#2', { app: 'proxied', process: 'two', proxy }),
    deployment('elsewhere', { proxy }),
    deployment('alone'),
  ],
]
/** So many microseconds per request, so many of them nginx's. */
const of = (id: string, whole: number, nginx: number | null, more: Partial<Slice> = {}) =>
  [0, 1, 2].map((block) => slice(id, block, whole, { proxyCpuNs: nginx === null ? null : nginx * 100_000, ...more }))

function figures(slices: readonly Slice[], app: string) {
  const counted = slices.filter(({ disturbance }) => disturbance === null)
  return proxyParts({ deployments: plan }, app, counted)
}

describe('proxyParts', () => {
  it('compares with the copy in the same process, and both copies count alike', () => {
    const slices = [...of('direct', 10, null), ...of('direct#2', 20, null), ...of('proxied', 30, 10), ...of('proxied#2', 60, 20)]
    expect(figures([...slices, ...of('alone', 5, null)], 'proxied')).toEqual({
      // 3 times in both processes; nginx takes 2 and 4 times what it takes alone.
      share: expect.closeTo(1 / 3),
      overDirect: expect.closeTo(3),
      appOverDirect: expect.closeTo(2),
      overAlone: expect.closeTo(Math.sqrt(8)),
    })
  })

  it('is asked for by the plan', () => {
    expect(proxyParts({ deployments: [{ ...plan[0]!, partsOver: undefined }] }, 'direct', of('direct', 10, null))).toBeNull()
  })

  it('compares with all copies where none shares the process', () => {
    const slices = [...of('direct', 10, null), ...of('direct#2', 40, null), ...of('elsewhere', 40, 20)]
    expect(figures(slices, 'elsewhere')).toEqual({
      share: 0.5,
      overDirect: expect.closeTo(2),
      appOverDirect: expect.closeTo(1),
      overAlone: null,
    })
  })

  it('has nothing to say of nginx where there is none', () => {
    const slices = [...of('direct', 10, null), ...of('alone', 5, null)]
    expect(figures(slices, 'direct')).toEqual({
      share: null,
      overDirect: expect.closeTo(1),
      appOverDirect: expect.closeTo(1),
      overAlone: null,
    })
    expect(figures(slices, 'alone')).toEqual({ share: null, overDirect: null, appOverDirect: null, overAlone: null })
    expect(figures(slices, 'proxied')).toEqual({ share: null, overDirect: null, appOverDirect: null, overAlone: null })
  })

  it('leaves out what does not count, and pairs by block', () => {
    const slices = [
      ...of('direct', 10, null),
      ...of('proxied', 90, 80, { disturbance: 'steal' }),
      ...of('proxied', 90, 80, { drained: false }),
      slice('proxied', 1, 20, { proxyCpuNs: 1e6 }),
    ]
    expect(figures(slices, 'proxied')).toEqual({
      share: 0.5,
      overDirect: expect.closeTo(2),
      appOverDirect: expect.closeTo(1),
      overAlone: null,
    })
  })
})
