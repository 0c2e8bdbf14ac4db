import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { measuredCell, measuredStudy } from '../../fixtures/measured-study.ts'
import { latency } from './latency.ts'

const BURNING = fileURLToPath(new URL('../../../apps/fixtures/burning-hello.ts', import.meta.url))
const given = { apps: [BURNING], endpoints: ['hello' as const], slice: 60, blocks: 2, warmUp: 0.1 }

/** What theory says of a queue is tested where time is simulated (`measure/open-loop.test.ts`); programs of others would make all of it later. */
it('measures from when a request was due, with real servers, and loses none', async () => {
  const out = mkdtempSync(join(tmpdir(), 'latency-'))
  onTestFinished(() => rmSync(out, { recursive: true }))
  const { result } = await measuredStudy(latency, { given, own: { rate: 400, loadPercent: [30, 80] } }, out)
  const cell = (app: string) => measuredCell(result, app)
  expect(result).toMatchObject({ study: 'latency', rounds: 1, baseline: 'node-http' })
  expect(result.cells.map(({ app, state }) => [app, state])).toEqual(
    ['node-http', 'burning-hello'].flatMap((app) =>
      ['', '@same-rate', '@30', '@80'].map((load) => [`${app}${load}`, 'measured']),
    ),
  )
  for (const load of ['same-rate', '30', '80']) {
    const { openLoop, latencyMicroseconds, requests, perRound } = cell(`burning-hello@${load}`)
    // Nothing is lost, whatever the machine does meanwhile.
    expect(openLoop).toMatchObject({ dropped: 0, scheduled: requests })
    expect(latencyMicroseconds!.samples).toBe(requests)
    expect(perRound.map(({ latencyMicroseconds }) => latencyMicroseconds!.samples).reduce((sum, one) => sum + one)).toBe(requests)
    // An answer takes the time that is burnt at the least.
    expect(latencyMicroseconds!.p50).toBeGreaterThan(0.8 * cell('burning-hello').cost.value)
    expect(openLoop!.sendLagMicroseconds.p50).toBeLessThan(latencyMicroseconds!.p50)
  }
  const rate = (app: string) => cell(app).openLoop!.dueRequestsPerSecond
  expect([rate('node-http@same-rate'), rate('burning-hello@same-rate')]).toEqual([400, 400])
  expect(rate('burning-hello@80') / rate('burning-hello@30')).toBeCloseTo(8 / 3, 0)
  expect(result.answer!.tables.length).toBeLessThanOrEqual(3)
})
