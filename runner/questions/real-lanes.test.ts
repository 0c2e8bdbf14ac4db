import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BASELINE } from '../../apps/app.ts'
import { familyOf } from '../fixtures/processes.ts'
import { unaware } from '../fixtures/unaware-rig.ts'
import { thisMachine } from '../machine/machine-reader.ts'
import { lanesOf, placeOnCpus } from '../machine/placement.ts'
import { type ConductOptions, conduct } from '../measure/conduct.ts'
import { withDefaults } from '../measure/options.ts'
import { type RoundRecord, type RunState, UNSIZED } from '../measure/records.ts'
import { allListeners } from '../measure/rig.ts'
import { planOf, resolveApps } from './resolve.ts'
import { openRig } from './rigs.ts'

const placement = placeOnCpus(thisMachine, 2)

/** Two real lanes; what rounds cost nobody looks at. */
async function measured(change: Partial<ConductOptions> = {}) {
  const options = withDefaults({ apps: ['koa'], endpoints: ['hello'], blocks: 3, warmUp: 0.1, rounds: 4 }, [], 7)
  const plan = planOf(options, resolveApps([BASELINE, 'koa'], process.cwd()))
  const opened = await openRig(options.driver, options.seed, placement)
  const [rig, ...moreLanes] = [opened.rig, ...opened.moreLanes].map((lane) => ({ ...lane, ...unaware(lane) }))
  const records: RoundRecord[] = []
  const pins = new Map<string, Set<string>>()
  const look = () => {
    // What has not become a program yet is not pinned yet.
    const programs = familyOf(process.pid).filter(({ command }) => !command.startsWith('taskset'))
    for (const { pid, command } of programs) {
      const kind = command.includes('serve.ts') ? 'server' : command.includes('autocannon/process.ts') ? 'load' : null
      const cpus = kind && /^Cpus_allowed_list:\t(.*)$/m.exec(statusOf(pid))?.[1]
      if (kind && cpus) pins.set(kind, (pins.get(kind) ?? new Set()).add(cpus))
    }
  }
  try {
    const record = await conduct(rig!, plan, {
      ...{ rounds: options.rounds, precision: null, minimumRounds: 6, maximumNs: 300e9 },
      listener: allListeners([{ progress: look }]),
      signal: new AbortController().signal,
      moreLanes,
      resumed: null,
      roundFinished: async (round) => {
        records.push(round)
        return null
      },
      ...change,
    })
    return { record, records, pins }
  } finally {
    await opened.close()
  }
}

/** Empty for a process that has ended. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

describe.skipIf(placement.moreLanes.length === 0)('two lanes, for which a machine needs four cores', () => {
  it('have rounds, servers and load generators of their own', async () => {
    const cut = { leastWarmUpMilliseconds: 100, warmUpMilliseconds: 100, wantedWarmUpMilliseconds: 100, blocksPerRound: 3 }
    const state: RunState = { ...UNSIZED, ...cut, preflight: [], failures: [], lanes: 2, laneCheck: null }
    // As a run that was in two lanes goes on: nothing is left to be decided.
    const resumed = { rounds: 1, lastRound: 1, elapsedNs: 3e9, state, precision: null, assertSame: () => {} }
    const { record, records, pins } = await measured({ resumed, rounds: 5 })
    expect(record).toMatchObject({ stoppedBecause: 'rounds', failures: [] })
    expect(records).toHaveLength(4)
    expect(new Set(records.map(({ lane }) => lane))).toEqual(new Set([undefined, 1]))
    for (const { slices } of records) expect(slices.every(({ requests, drained }) => drained && requests > 0)).toBe(true)
    const lanes = lanesOf(placement)
    expect(pins.get('server')).toEqual(new Set(lanes.map(({ serverCpu }) => String(serverCpu))))
    expect(pins.get('load')).toEqual(new Set(lanes.map(({ loadCpu }) => String(loadCpu))))
  })

  it('are checked before they are used, and the rounds agree with what was decided', async () => {
    const { record, records } = await measured()
    expect(record.failures).toEqual([])
    expect(record.laneCheck).toMatchObject({ lanes: 2, turns: expect.any(Number), cost: { value: expect.any(Number) } })
    expect(records).toHaveLength(4)
    expect(records.some(({ lane }) => lane === 1)).toBe(record.lanes === 2)
  })
})
