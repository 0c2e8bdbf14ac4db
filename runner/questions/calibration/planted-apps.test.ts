import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { zeroOnKernelClock } from '../../../apps/burning/burn-samples.ts'
import { checkContract } from '../../../apps/contract.ts'
import { slice } from '../../fixtures/slices.ts'
import { START } from '../../fixtures/start-app.ts'
import { localHost } from '../../servers/local-host.ts'
import { resolveApps } from '../resolve.ts'
import { takeSampleFiles, timingOf } from './known-work.ts'
import { writePlantedApps } from './planted.ts'

const WORKS = [
  { microseconds: 0, turns: 0 },
  { microseconds: 0.5, turns: 2_500 },
]

describe('writePlantedApps', () => {
  // A process that does not get its CPU is killed before it has written what it knows.
  it('writes apps of their own for every base, which keep the contract and time their work, and removes them', {
    retry: 2,
  }, async () => {
    const bases = resolveApps(['node-http', 'koa'], process.cwd())
    const stack = new AsyncDisposableStack()
    const apps = await writePlantedApps(bases, WORKS, stack)
    try {
      expect(apps.map(({ id }) => id)).toEqual(['node-http+0us', 'node-http+0.5us', 'koa+0us', 'koa+0.5us'])
      for (const { id, modulePath, folder } of apps) {
        const plan = { id, app: id, modulePath, transport: 'tcp' as const }
        const startedNs = performance.now() * 1e6
        const deployment = await localHost.start(plan, START)
        try {
          const checks = await checkContract(deployment.address, { endpoints: ['hello', 'table'], timeoutMs: 2_000 })
          expect(checks.flatMap(({ violations }) => violations)).toEqual([])
          expect((await localHost.describe(plan)).title).toBe(
            `${id.startsWith('koa') ? 'Koa' : 'node:http'}, ${id.includes('0.5') ? 2_500 : 0} turns`,
          )
        } finally {
          await deployment.stop()
        }
        // The server has ended, and left what it knows; the first call of all is always timed.
        const elapsedNs = performance.now() * 1e6 - startedNs
        const samples = takeSampleFiles(
          folder,
          zeroOnKernelClock(() => performance.now() * 1e6),
        )
        expect(readdirSync(folder)).toEqual([])
        expect(samples.length).toBeGreaterThanOrEqual(1)
        for (const { tookNs } of samples) expect(tookNs).toBeGreaterThan(0)
        // A call on a disturbed machine may take longer than what counts.
        const seen = samples.map((sample) => ({ ...sample, tookNs: Math.min(sample.tookNs, 1e6) }))
        const timing = timingOf(1, seen, [slice(id, 0, 20, { startedNs, elapsedNs })])
        expect(timing).toEqual({
          ...{ round: 1, samples: samples.length, leftOut: 0, value: expect.any(Number), cpuDistanceNanoseconds: null },
          requestNs: expect.any(Map),
        })
        expect(timing!.value).toBeGreaterThan(0)
        expect(Number.isFinite(timing!.value)).toBe(true)
      }
    } finally {
      await stack.disposeAsync()
    }
    expect(existsSync(dirname(apps[0]!.modulePath))).toBe(false)
  })
})
