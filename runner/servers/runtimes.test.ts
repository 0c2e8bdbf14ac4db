import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { endpointIds, moreEndpointIds } from '../../apps/app.ts'
import { checkContract } from '../../apps/contract.ts'
import { planFor, START } from '../fixtures/start-app.ts'
import { knownApps } from './find-app.ts'
import { localHost } from './local-host.ts'
import { installRuntime, plainApps } from './runtimes.ts'

const cache = mkdtempSync(join(tmpdir(), 'plain-'))
afterAll(() => rmSync(cache, { recursive: true }))

describe('apps without their types', () => {
  it('are made once, and keep the contract', { timeout: 60_000 }, async () => {
    const apps = await plainApps(cache)
    expect(await plainApps(cache)).toBe(apps)
    expect(readdirSync(cache)).toHaveLength(1)
    for (const id of knownApps()) {
      const runner = { name: 'node', version: process.versions.node, argv: [process.execPath], apps }
      const plan = planFor(join(apps, id, 'app.js'), { runner, more: true })
      expect(await localHost.describe(plan)).toMatchObject({ title: expect.stringMatching(/./) })
      const server = await localHost.start(plan, START)
      const endpoints = [...endpointIds, ...moreEndpointIds]
      const checks = await checkContract(server.address, { endpoints, timeoutMs: 5_000 }).finally(server.stop)
      expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    }
  })
})

it('refuses a runtime that nobody knows', async () => {
  await expect(installRuntime('nod@22')).rejects.toThrow(/unknown runtime "nod"/)
})
