import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkContract } from '../../apps/contract.ts'
import { launchedHost } from '../deployment/launched.ts'
import { resolveApps } from '../resolve.ts'
import { writePlantedApps } from './planted-apps.ts'

const WORKS = [
  { microseconds: 0, turns: 0 },
  { microseconds: 0.5, turns: 2_500 },
]

describe('writePlantedApps', () => {
  it('writes apps of their own for every base, which keep the contract, and removes them', async () => {
    const bases = resolveApps(['node-http', 'koa'], process.cwd())
    const { byBase, remove } = await writePlantedApps(bases, WORKS)
    const apps = [...byBase.values()].flat()
    try {
      expect(apps.map(({ id }) => id)).toEqual(['node-http+0us', 'node-http+0.5us', 'koa+0us', 'koa+0.5us'])
      for (const { id, modulePath } of apps) {
        const plan = { id, app: id, modulePath, transport: 'tcp' as const }
        const deployment = await launchedHost.start(plan, { cpu: null, environmentPadding: 0 })
        try {
          const checks = await checkContract(deployment.address, { endpoints: ['hello', 'table'], timeoutMs: 2_000 })
          expect(checks.flatMap(({ violations }) => violations)).toEqual([])
          expect(deployment.title).toBe(`${id.startsWith('koa') ? 'Koa' : 'node:http'}, ${id.includes('0.5') ? 2_500 : 0} turns`)
        } finally {
          await deployment.stop()
        }
      }
    } finally {
      await remove()
    }
    expect(existsSync(dirname(apps[0]!.modulePath))).toBe(false)
  })
})
