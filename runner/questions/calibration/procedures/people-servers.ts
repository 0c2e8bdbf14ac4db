import { formatAddress } from '../../../../apps/address.ts'
import { endpointPaths } from '../../../../apps/endpoints.ts'
import { unpinRunner } from '../../../machine/cpus.ts'
import { settledCpu } from '../../../measure/slice.ts'
import { RunError } from '../../../result/errors.ts'
import { type Deployment, DeploymentError, type DeploymentHost } from '../../../servers/deployment.ts'
import type { PartContext } from '../part-context.ts'
import type { LoadReport } from './load-programs.ts'
import type { Server } from './procedure.ts'

/** What one run of a load program says of a server, with what the kernel says of the same time. */
export interface LoadedServer extends LoadReport {
  /** CPU time of the server's process tree over the whole run, connecting included. */
  readonly serverCpuNs: number
}

/** The host that starts servers; nothing is pinned from here on, neither servers nor load programs. */
export async function unpinnedHost(context: PartContext, seed: number): Promise<DeploymentHost> {
  // Runs of the suite have pinned this process, and children inherit it.
  unpinRunner(context.placement)
  return (await context.openRig('autocannon', seed, context.placement)).rig.host
}

/** Starts one server as people do. @throws RunError when it does not come up */
export async function startServer(host: DeploymentHost, { name, app }: Server): Promise<Deployment> {
  const plan = { id: name, app: app.id, modulePath: app.modulePath, transport: 'tcp' } as const
  try {
    return await host.start(plan, { cpu: null, environmentPadding: 0, readyPath: endpointPaths.hello })
  } catch (error) {
    if (error instanceof DeploymentError) throw new RunError(error.code, error.message, { cause: error })
    throw error
  }
}

/** Runs a load program on a running server's hello, its CPU counters read before and after. */
export async function load(deployment: Deployment, run: (url: string) => Promise<LoadReport>): Promise<LoadedServer> {
  const before = await deployment.cpu()
  const report = await run(`${formatAddress(deployment.address)}${endpointPaths.hello}`)
  const after = await settledCpu(deployment)
  return { ...report, serverCpuNs: after.cpuNs - before.cpuNs }
}

/** CPU microseconds per request over all the runs. */
export function costMicroseconds(runs: readonly LoadedServer[]): number {
  const total = (of: (run: LoadedServer) => number) => runs.reduce((sum, run) => sum + of(run), 0)
  return total(({ serverCpuNs }) => serverCpuNs) / 1000 / total(({ requests }) => requests)
}
