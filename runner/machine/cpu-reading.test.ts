import { describe, expect, it } from 'vitest'
import { type CpuReading, helperNs, waitNs } from './process-tree.ts'

const reading = (treeNs: number, mainNs: number, delayNs: number): CpuReading => ({
  cpuNs: treeNs,
  // Of all threads together; the wait is the main thread's alone.
  runDelayNs: delayNs * 7,
  mainThread: { cpuNs: mainNs, runDelayNs: delayNs },
})
const start = reading(500, 400, 30)

describe('waitNs', () => {
  it('is the delay of the main thread where nothing else of the tree ran', () => {
    expect(waitNs(start, reading(1_500, 1_400, 80))).toBe(50)
  })

  it('leaves out what other threads and children of the tree used', () => {
    // 1,000 in all, 600 of it by the main thread; it waited for 450.
    expect(waitNs(start, reading(1_500, 1_000, 480))).toBe(50)
  })

  it('leaves out what the runner used where it shares the CPU', () => {
    expect(waitNs(start, reading(1_500, 1_000, 480), 20)).toBe(30)
  })

  it('is the longest one of several workers, which wait for each other as well', () => {
    const team = (treeNs: number, ...workers: [cpuNs: number, runDelayNs: number][]): CpuReading => ({
      ...reading(treeNs, 0, 0),
      workerThreads: workers.map(([cpuNs, runDelayNs]) => ({ cpuNs, runDelayNs })),
    })
    const before = team(0, [0, 0], [0, 0])
    // 1,000 in all on one CPU; each has waited while the other one ran, and the second one for 70 more.
    expect(waitNs(before, team(1_000, [400, 600], [600, 400]))).toBe(0)
    expect(waitNs(before, team(1_000, [400, 600], [600, 470]))).toBe(70)
    expect(waitNs(before, team(1_000, [400, 600]))).toBeNull()
  })

  it('is never negative: others may have run while the main thread slept', () => {
    expect(waitNs(start, reading(1_500, 1_000, 40))).toBe(0)
    expect(waitNs(start, reading(1_500, 1_400, 80), 60)).toBe(0)
  })

  it.each([
    ['nobody tells', null, start],
    ['the load generator is gone', start, null],
    ['the kernel does not say', { ...start, mainThread: null }, start],
    ['the main thread is gone', start, { ...start, mainThread: null }],
  ])('is unknown when %s', (_why, before, after) => {
    expect(waitNs(before, after)).toBeNull()
  })
})

describe('helperNs', () => {
  it('is what the tree used beside its main thread', () => {
    expect(helperNs(start, reading(1_500, 1_000, 0))).toBe(400)
    expect(helperNs(start, reading(1_500, 1_400, 0))).toBe(0)
  })

  it('is without what stands in front of the app', () => {
    expect(helperNs({ ...start, proxyCpuNs: 10 }, { ...reading(1_500, 1_000, 0), proxyCpuNs: 260 })).toBe(150)
  })

  it('is without the event loops of workers', () => {
    const team = (treeNs: number, ...loops: number[]) => ({
      ...reading(treeNs, 0, 0),
      workerThreads: loops.map((cpuNs) => ({ cpuNs, runDelayNs: 0 })),
    })
    expect(helperNs(team(0, 0, 0), team(1_000, 400, 500))).toBe(100)
    expect(helperNs(team(0, 0, 0), team(1_000, 400))).toBeNull()
  })

  it('is never negative: threads are read one after the other', () => {
    expect(helperNs(start, reading(1_500, 1_401, 0))).toBe(0)
  })

  it('is unknown where the kernel does not say, or the main thread is gone', () => {
    expect(helperNs({ ...start, mainThread: null }, start)).toBeNull()
    expect(helperNs(start, { ...start, mainThread: null })).toBeNull()
  })
})
