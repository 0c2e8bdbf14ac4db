import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BASELINE } from '../../../apps/app.ts'
import { PLAINLY_BUSY, unaware } from '../../fixtures/unaware-rig.ts'
import { placeOnCpus } from '../../machine/placement.ts'
import { type CompareOptions, withDefaults } from '../../measure/options.ts'
import type { Rig } from '../../measure/rig.ts'
import { planOf, resolveApps } from '../../questions/resolve.ts'
import { type OpenedRig, openRig } from '../../questions/rigs.ts'
import { runPlan } from '../../questions/run.ts'
import type { Finding, Result } from '../../result/model.ts'
import type { FindingCode } from './judge.ts'

const placement = placeOnCpus()
const fixture = (name: string) => join(import.meta.dirname, '..', '..', '..', 'apps', 'fixtures', `${name}.ts`)

/** A short real run of the baseline and perhaps another app on hello. */
async function measured(given: Partial<CompareOptions>, change: (rig: Rig) => Partial<Rig> = () => ({})): Promise<Result> {
  const options = withDefaults(
    { apps: [BASELINE], endpoints: ['hello'], rounds: 1, blocks: 5, warmUp: 0.1, maxMinutes: 5, ...given },
    [],
    7,
  )
  const apps = resolveApps(options.apps, process.cwd())
  const real = await openRig('autocannon', options.seed, placement)
  const opened: OpenedRig = { ...real, rig: { ...real.rig, ...change(real.rig) } }
  const order = { options, apps, plan: planOf(options, apps), placement, opened, startedAt: new Date() }
  try {
    const outcome = await runPlan(order, { listener: {}, signal: new AbortController().signal })
    expect(outcome.problem).toBeNull()
    return outcome.result
  } finally {
    await opened.close()
  }
}

/** A process that does nothing but run on one CPU, until it is disposed of. */
function hog(cpu: number | null): Disposable {
  const child = spawn('taskset', ['-c', String(cpu), process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  return { [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

const of = (result: Result, app: string): Finding[] => result.cells.find((cell) => cell.app === app)?.findings ?? []
const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code as FindingCode)

/** Programs of others can make a fast machine look slow; they are not what is tested. */
const AGAIN = { retry: 2 }

describe('an app', AGAIN, () => {
  const attempts: Promise<Result>[] = []
  /** Both in one run; a test that is repeated gets another one. */
  const sharedRun = (attempt = 0) => {
    attempts[attempt] ??= measured({ apps: [fixture('two-writes'), fixture('development-mode')] }, unaware)
    return attempts[attempt]
  }

  it('that answers in two writes with Nagle on stalls', async ({ task }) => {
    const result = await sharedRun(task.result?.retryCount)
    expect(codes(of(result, 'two-writes'))).toContain('stall')
    expect(codes(of(result, 'two-writes'))).not.toContain('connections-bound')
    expect(codes(of(result, BASELINE))).not.toContain('stall')
  })

  it('that waits for something that is no CPU needs more connections, however long it takes and whatever it sends first', async () => {
    const result = await measured({ apps: [fixture('waits')], endpoints: ['hello', 'template', 'table'], warmUp: 0.3 })
    const cells = result.cells.filter(({ app }) => app === 'waits')
    expect(cells.map(({ endpoint }) => endpoint)).toEqual(['hello', 'template', 'table'])
    for (const { findings } of cells) {
      expect(codes(findings)).not.toContain('stall')
      const found = findings.find(({ code }) => code === 'connections-bound')
      // Where other programs take the CPUs it idles because of them too, or nothing counts: then the suite must not say that it knows.
      if (found === undefined && result.environment.foreignShare! > PLAINLY_BUSY) {
        expect(codes(findings).some((code) => code === 'server-idle' || code === 'not-measured')).toBe(true)
        continue
      }
      expect(found?.message).toMatch(
        /^the connections are the limit: a request takes \d+\.\d ms, .*; try --connections (64|128|256|512|1024)/,
      )
    }
  })

  it('that leaks time drifts', async () => {
    const result = await measured({ apps: [fixture('leaks-time')], rounds: 6, blocks: 10, warmUp: 0.2, maxMinutes: 0.5 }, unaware)
    const found = of(result, 'leaks-time').find(({ code }) => code === 'still-warming')
    expect(found?.message).toMatch(/^the cost drifts by \+\d.*each request is more expensive than the one before$/)
    expect(Number(found?.facts.low)).toBeGreaterThan(1)
  })

  it('that changes NODE_ENV is not measured under the same conditions', async ({ task }) => {
    const result = await sharedRun(task.result?.retryCount)
    const found = of(result, 'development-mode').find(({ code }) => code === 'unequal-environment')
    expect(found?.message).toMatch(/NODE_ENV is development, production for node-http/)
    expect(codes(of(result, BASELINE))).not.toContain('unequal-environment')
    expect(result.cells.find(({ app }) => app === 'development-mode')?.verdict).toBe('invalid')
    expect(result.verdict).toBe('invalid')
  })
})

describe.skipIf(placement.serverCpu === null)('a program', AGAIN, () => {
  it("on the servers' CPU makes the machine too busy", async () => {
    // The kernel gives a server that has slept its CPU at once, so some of its slices get by: two hogs, and many slices.
    using _hog = hog(placement.serverCpu)
    using _other = hog(placement.serverCpu)
    const result = await measured({ blocks: 12 })
    expect(codes(result.findings)).toContain('foreign-cpu')
    // How many blocks are disturbed is for the kernel to decide; that some are, and by whom, is told in any case.
    const told = result.findings.find(({ code }) => code === 'machine-too-busy' || code === 'blocks-repeated')
    expect(told?.message).toMatch(/\d+ foreign-cpu/)
    expect(result.verdict).not.toBe('valid')
  })

  it("on the load generator's CPU makes it too slow for the servers", async () => {
    using _hog = hog(placement.loadCpu)
    const found = codes(of(await measured({}, unaware), BASELINE))
    expect(found.some((code) => code === 'load-generator-bound' || code === 'server-idle')).toBe(true)
  })
})

it('a load generator with one connection leaves the server waiting', async () => {
  const found = codes(of(await measured({ connections: 1 }, unaware), BASELINE))
  expect(found.some((code) => code === 'load-generator-bound' || code === 'server-idle')).toBe(true)
})
