import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { familyOf } from '../fixtures/processes.ts'
import { doWork, quickSpeedScore, sharesOf, startWork, timeWork } from './measure-machine.ts'
import { type CpuTicks, ticksBetween } from './procfs.ts'

const ticks = (busy: number, interrupts: number, steal: number, total: number): CpuTicks => ({ busy, interrupts, steal, total })

describe('ticks and shares', () => {
  const before = new Map([
    [0, ticks(10, 1, 0, 100)],
    [1, ticks(20, 2, 5, 100)],
  ])
  const after = new Map([
    [0, ticks(12, 1, 1, 200)],
    [1, ticks(60, 12, 6, 200)],
  ])

  it('are summed over the CPUs requested', () => {
    expect(ticksBetween(before, after, [0, 1])).toEqual(ticks(42, 10, 2, 200))
    expect(ticksBetween(before, after, [1, 7])).toEqual(ticks(40, 10, 1, 100))
  })

  it('leave out what is ours, and are null where the kernel counts nothing', () => {
    expect(sharesOf(ticks(42, 10, 2, 200), 12)).toEqual({ steal: 0.01, foreign: 0.15 })
    expect(sharesOf(ticks(2, 0, 0, 200), 12)).toEqual({ steal: 0, foreign: 0 })
    expect(sharesOf(ticksBetween(new Map(), new Map(), [0]), 0)).toEqual({ steal: null, foreign: null })
  })
})

describe('fixed work in processes', () => {
  it('uses CPU time', async () => {
    expect(await timeWork(null)).toBeGreaterThan(1_000)
    expect((await quickSpeedScore(null))?.processes).toBe(1)
  })

  it('a score that cannot be had is null', async () => {
    // taskset refuses a CPU that there is not; where nothing is pinned there is no taskset either.
    expect(await quickSpeedScore(99_999)).toBeNull()
    await expect(timeWork(99_999)).rejects.toThrow(/fixed work \(work\) ended with exit code|could not be started/)
  })

  it('sends packets over loopback for a second', async () => {
    const { cpuMicroseconds } = await doWork('loopback', null)
    expect(cpuMicroseconds).toBeGreaterThan(10_000)
  })

  it.runIf(existsSync('/proc/self/stat'))('spins until it is stopped', async () => {
    const workers = () => familyOf(process.pid).filter(({ command }) => command.includes('work-process.ts'))
    const { child } = await startWork('spin', null)
    expect(workers()).toHaveLength(1)
    await child.stop()
    expect(workers()).toEqual([])
  })
})
