import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeWorld, type FakeWorldOptions } from '../load/fake.ts'
import { notPinned } from '../machine/placement.ts'
import { withDefaults } from '../measure/options.ts'
import type { Rig } from '../measure/rig.ts'
import { openRunFolder } from '../report/files.ts'
import { RunError } from '../result/errors.ts'
import { DeploymentError } from '../servers/deployment.ts'
import { knownApps } from '../servers/find-app.ts'
import { keepRun } from './keep-run.ts'
import { planOf, resolveApps } from './resolve.ts'
import { fakeRig } from './rigs.ts'

const NOTHING = 'stopped before the first round was finished: nothing was measured'

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'keep-run-'))
})
afterEach(() => rmSync(out, { recursive: true }))

interface Circumstances {
  readonly world?: Partial<FakeWorldOptions>
  /** Replaces parts of the rig. */
  readonly rig?: (rig: Rig) => Partial<Rig>
  readonly signal?: AbortSignal
}

/** A simulated run of two rounds into a fresh folder. */
async function kept({ world, rig = () => ({}), signal = new AbortController().signal }: Circumstances) {
  const options = withDefaults({ apps: ['koa'], endpoints: ['hello'], rounds: 2, driver: 'fake', out }, knownApps(), 5)
  const apps = resolveApps(options.apps, '.')
  const opened = fakeRig(new FakeWorld({ seed: 5, ...world }))
  const order = {
    ...{ options, apps, plan: planOf(options, apps), startedAt: new Date(0), placement: notPinned('nothing runs') },
    opened: { ...opened, rig: { ...opened.rig, ...rig(opened.rig) } },
  }
  const folder = await openRunFolder(out, 'compare', new Date(0))
  const remarks: string[] = []
  const listener = { remark: (sentence: string) => void remarks.push(sentence) }
  const run = keepRun(order, folder, { listener, signal }).finally(() => folder.close())
  const [outcome] = await Promise.allSettled([run])
  return { outcome, remarks, entries: readdirSync(out) }
}

describe('a run that ends before its first round was finished', () => {
  it.each<[string, Circumstances, 'interrupted' | 'failed']>([
    ['by Ctrl-C', { signal: AbortSignal.abort() }, 'interrupted'],
    ['because the baseline cannot be started', { world: { beforeStart: broken } }, 'failed'],
  ])('%s: says so, and leaves no folder', async (_, circumstances, stoppedBecause) => {
    const { outcome, remarks, entries } = await kept(circumstances)
    expect(outcome).toMatchObject({
      status: 'fulfilled',
      value: { folder: null, mayGoOn: false, result: { rounds: 0, stoppedBecause } },
    })
    expect(remarks).toContain(NOTHING)
    expect(entries).toEqual([])
  })

  it('by an error of the machine: the error, and the same', async () => {
    const lost = new RunError('load-generator-gone', 'the load generator was ended by SIGKILL')
    const { outcome, remarks, entries } = await kept({
      rig: ({ driver }) => ({ driver: { ...driver, open: () => Promise.reject(lost) } }),
    })
    expect(outcome).toEqual({ status: 'rejected', reason: lost })
    expect(remarks.at(-1)).toBe(NOTHING)
    expect(entries).toEqual([])
  })

  it('by a bug: no more is claimed than that', async () => {
    const bug = new TypeError('x is not a function')
    const { outcome, remarks, entries } = await kept({
      rig: ({ driver }) => ({ driver: { ...driver, open: () => Promise.reject(bug) } }),
    })
    expect(outcome).toEqual({ status: 'rejected', reason: bug })
    expect(remarks).not.toContain(NOTHING)
    expect(entries).toEqual([])
  })
})

it('a run with rounds is kept', async () => {
  const { outcome, remarks, entries } = await kept({})
  expect(outcome).toMatchObject({ status: 'fulfilled', value: { result: { rounds: 2 }, mayGoOn: true } })
  expect(remarks).not.toContain(NOTHING)
  expect(entries.sort()).toEqual(['1970-01-01T00-00-00Z-compare', 'latest'])
})

function broken(deployment: string): void {
  if (deployment.startsWith('node-http')) throw new DeploymentError('not-ready', 'it did not listen')
}
