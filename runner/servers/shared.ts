import type { Deployment, DeploymentHost, DeploymentPlan, StartOptions } from './deployment.ts'

/** A deployment of a process that runs: behind the proxy of its plan, or the server as it is. */
export async function deployOn(
  host: DeploymentHost,
  process: Deployment,
  plan: DeploymentPlan,
  options: StartOptions,
): Promise<Deployment> {
  if (plan.proxy !== undefined && host.front !== undefined) return host.front(process, plan, options)
  return plan === process.plan ? process : viewOf(process, plan)
}

/** A running process under another plan: the same server, asked in another way. It ends with the process that it is a view of. */
export function viewOf(owner: Deployment, plan: DeploymentPlan): Deployment {
  const { address, startup, facts } = owner
  return {
    ...{ plan, address, startup, facts },
    get lastLines() {
      return owner.lastLines
    },
    cpu: () => owner.cpu(),
    cpuShares: () => owner.cpuShares(),
    childrenCpuNs: () => owner.childrenCpuNs(),
    residentBytes: () => owner.residentBytes(),
    members: (options) => owner.members(options),
    ended: () => owner.ended(),
    stop: async () => {},
  }
}
