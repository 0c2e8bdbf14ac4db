import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { Child } from './child.ts'
import { placeOnCpus } from './placement.ts'
import { canReadProcessTree, ProcessTree, waitNs } from './process-tree.ts'
import { readCpuShares, readCpuTicks, readMemory } from './procfs.ts'

const script = fileURLToPath(new URL('../fixtures/child-script.ts', import.meta.url))
let child: Child | undefined
let tree: ProcessTree | undefined

interface Used {
  readonly usedMicroseconds: number
  readonly childMicroseconds: number
}

/** A process with a worker thread and a forked child; `order` makes them burn CPU and says what they used since they started. */
async function family(cpu: number | null = null) {
  const started = new Child(script, ['family'], cpu)
  child = started
  const waiting: ((message: unknown) => void)[] = []
  started.onMessage((message) => waiting.shift()?.(message))
  const next = <T>() => new Promise<T>((resolve) => waiting.push(resolve as (message: unknown) => void))
  const { grandchild } = await next<{ grandchild: number }>()
  const order = (what: object) => {
    const reply = next<Used>()
    started.send(what)
    return reply
  }
  tree = new ProcessTree(started.pid)
  return { order, tree, grandchild }
}

/** What an order makes the tree use, milliseconds: by its meter, and by what the processes say themselves. */
async function usedBy({ order, tree }: Awaited<ReturnType<typeof family>>, what: object) {
  const nothing = { main: 0, worker: 0, child: 0 }
  const start = await order(nothing)
  const before = await settled(tree)
  const end = await order({ ...nothing, ...what })
  const metered = (await settled(tree)) - before
  const microseconds = end.usedMicroseconds - start.usedMicroseconds + end.childMicroseconds - start.childMicroseconds
  return { metered, used: microseconds / 1000 }
}

/** Reads once everybody has gone to sleep: a running thread's time is booked late. */
async function settled(of: ProcessTree): Promise<number> {
  await sleep(30)
  return of.read().cpuNs / 1e6
}

afterEach(async () => {
  tree?.close()
  await child?.stop()
})

describe.runIf(canReadProcessTree())('ProcessTree', () => {
  it('meters main thread, worker thread and forked child, like process.cpuUsage', async () => {
    const { metered, used } = await usedBy(await family(), { main: 100, worker: 60, child: 60 })
    expect(used).toBeGreaterThan(220)
    expect(metered / used).toBeGreaterThan(0.96)
    expect(metered / used).toBeLessThan(1.04)
  })

  it.each([
    ['main', { main: 60 }],
    ['worker', { worker: 60 }],
    ['child', { child: 60 }],
  ])('meters each of them: %s', async (_who, what) => {
    const { metered, used } = await usedBy(await family(), what)
    expect(metered).toBeGreaterThan(59)
    // The rest is what they do for the order itself; counted twice, it would be 2.
    expect(metered / used).toBeLessThan(1.3)
  })

  it('counts next to nothing while nobody works', async () => {
    const { tree } = await family()
    const before = await settled(tree)
    await sleep(100)
    expect(tree.read().cpuNs / 1e6 - before).toBeLessThan(5)
  })

  it('never counts backwards: what is gone is not lost', async () => {
    const { order, tree } = await family()
    await order({ worker: 50, child: 50 })
    const before = await settled(tree)
    await order({ endWorker: true, endChild: true })
    const after = await settled(tree)
    expect(after).toBeGreaterThanOrEqual(before)
    await order({ main: 20 })
    expect(await settled(tree)).toBeGreaterThanOrEqual(after + 19)
    await child!.stop()
    expect(tree.read().cpuNs / 1e6).toBeGreaterThanOrEqual(after + 19)
  })

  it('is not surprised by a process that is not there', () => {
    expect(new ProcessTree(2 ** 22 + 1).read()).toEqual({ cpuNs: 0, runDelayNs: 0, mainThread: null })
  })
})

const { serverCpu } = placeOnCpus()
describe.runIf(canReadProcessTree() && serverCpu !== null)('the wait of a main thread that shares its CPU', () => {
  let hog: Child | undefined
  afterEach(() => hog?.stop())

  it('is long beside a stranger', async () => {
    const { order, tree } = await family(serverCpu)
    hog = new Child(script, ['burner'], serverCpu)
    await new Promise((resolve) => hog!.onMessage(resolve))
    await settled(tree)
    const before = tree.read()
    hog.send({ burn: 2_000 })
    await order({ main: 60 })
    const after = tree.read()
    // Both want the CPU, and half of it is 60 ms in 120.
    expect(waitNs(before, after)! / 1e6).toBeGreaterThan(20)
    expect(after.mainThread!.cpuNs - before.mainThread!.cpuNs).toBeGreaterThan(55e6)
  })

  it('does not come from its own worker threads and children', async () => {
    const { order, tree } = await family(serverCpu)
    await settled(tree)
    const before = tree.read()
    await Promise.all([order({ worker: 60 }), order({ child: 60 }), order({ main: 60 })])
    await settled(tree)
    const after = tree.read()
    const delayNs = after.mainThread!.runDelayNs - before.mainThread!.runDelayNs
    // Three want one CPU for 60 ms each: the main thread waits for 120 ms, and for longer if strangers want it too.
    expect(delayNs / 1e6).toBeGreaterThan(60)
    expect((delayNs - waitNs(before, after)!) / 1e6).toBeGreaterThan(60)
  })

  it('is told of the main thread, not of the others', async () => {
    const { order, tree } = await family()
    const before = tree.read().mainThread!
    await order({ worker: 60, child: 60 })
    const after = tree.read().mainThread!
    expect(after.cpuNs - before.cpuNs).toBeLessThan(50e6)
    await order({ main: 60 })
    await sleep(30)
    expect(tree.read().mainThread!.cpuNs - after.cpuNs).toBeGreaterThan(55e6)
  })
})

describe.runIf(process.platform === 'linux')('procfs', () => {
  it('tells user and system time of a process in whole ticks', async () => {
    const { order } = await family()
    const before = readCpuShares(child!.pid)!
    await order({ main: 100 })
    await sleep(20)
    const after = readCpuShares(child!.pid)!
    const used = (after.userNs + after.systemNs - before.userNs - before.systemNs) / 1e6
    expect(used).toBeGreaterThanOrEqual(80)
    expect(used % 10).toBe(0)
    expect(after.userNs).toBeGreaterThanOrEqual(before.userNs)
  })

  it('tells resident memory in bytes', () => {
    const bytes = readMemory(process.pid)!.residentBytes
    expect(Math.abs(bytes / process.memoryUsage.rss() - 1)).toBeLessThan(0.2)
  })

  it('says null of a process that is not there', () => {
    expect(readCpuShares(2 ** 22 + 1)).toBeNull()
    expect(readMemory(2 ** 22 + 1)).toBeNull()
  })

  it('tells busy, stolen and all time of every CPU', async () => {
    const before = readCpuTicks()
    await sleep(60)
    const after = readCpuTicks()
    expect(after.size).toBeGreaterThan(0)
    for (const [cpu, { busy, steal, total }] of after) {
      expect(total).toBeGreaterThan(before.get(cpu)!.total)
      expect(total).toBeGreaterThanOrEqual(busy + steal)
      expect(busy).toBeGreaterThan(0)
    }
  })
})
