import type { CpuReading } from '../machine/process-tree.ts'
import type { CpuShares } from '../machine/procfs.ts'
import { total } from '../statistics/summary.ts'
import type { Deployment } from './deployment.ts'

/** null where one of them is not known. */
export function sumOfShares(all: readonly (CpuShares | null)[]): CpuShares | null {
  const known = all.filter((one) => one !== null)
  if (known.length < all.length) return null
  return { userNs: total(known, ({ userNs }) => userNs), systemNs: total(known, ({ systemNs }) => systemNs) }
}

/**
 * Several processes of one app that share its requests: metered as one. The main threads of all but the first count as those of workers,
 * since they wait for each other where they share a CPU.
 */
export function asOne([first, ...others]: readonly Deployment[]): Deployment {
  if (others.length === 0) return first!
  const all = [first!, ...others]
  return {
    ...first!,
    otherAddresses: others.map(({ address }) => address),
    async cpu() {
      const [own, ...more] = (await Promise.all(all.map((one) => one.cpu()))) as [CpuReading, ...CpuReading[]]
      const loops = more.flatMap(({ mainThread, workerThreads = [] }) =>
        mainThread === null ? [] : [mainThread, ...workerThreads],
      )
      return {
        ...own,
        cpuNs: own.cpuNs + total(more, ({ cpuNs }) => cpuNs),
        runDelayNs: own.runDelayNs + total(more, ({ runDelayNs }) => runDelayNs),
        workerThreads: [...(own.workerThreads ?? []), ...loops],
      }
    },
    cpuShares: async () => sumOfShares(await Promise.all(all.map((one) => one.cpuShares()))),
    childrenCpuNs: async () => new Map((await Promise.all(all.map((one) => one.childrenCpuNs()))).flatMap((one) => [...one])),
    members: async (options) => (await Promise.all(all.map((one) => one.members(options)))).flat(),
    ended: () => all.map((one) => one.ended()).find((why) => why !== null) ?? null,
    lastLines: () => all.flatMap((one) => one.lastLines()),
    stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
  }
}

/** An app behind a proxy: metered as one. Stopping it leaves the app running. */
export function inFront(process: Deployment, proxy: Deployment): Deployment {
  return {
    ...proxy,
    facts: process.facts,
    async cpu() {
      const [app, front] = [await process.cpu(), await proxy.cpu()]
      const sums = { cpuNs: app.cpuNs + front.cpuNs, runDelayNs: app.runDelayNs + front.runDelayNs }
      // The threads are the app's: while nginx runs on their CPU it waits for its own part of the work: no stranger, see `waitNs`.
      return { ...app, ...sums, proxyCpuNs: front.cpuNs }
    },
    cpuShares: async () => sumOfShares([await process.cpuShares(), await proxy.cpuShares()]),
    childrenCpuNs: process.childrenCpuNs,
    members: async () => [...(await process.members()), ...(await proxy.members())],
    ended() {
      const lost = proxy.ended()
      return process.ended() ?? (lost === null ? null : `lost its ${proxy.plan.proxy?.kind ?? 'nginx'}, which ${lost},`)
    },
    lastLines: () => [...process.lastLines(), ...proxy.lastLines()],
  }
}
