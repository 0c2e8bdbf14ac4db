import type { Deployment, DeploymentPlan } from './deployment.ts'

/** A running process under another plan: the same server, asked in another way. It ends with the process that it is a view of. */
export function viewOf(owner: Deployment, plan: DeploymentPlan): Deployment {
  const { address, title, package: packageName, version, facts, meteredFromOutside } = owner
  return {
    ...{ plan, address, title, package: packageName, version, facts, meteredFromOutside },
    get lastLines() {
      return owner.lastLines
    },
    cpu: () => owner.cpu(),
    cpuShares: () => owner.cpuShares(),
    residentBytes: () => owner.residentBytes(),
    ended: () => owner.ended(),
    stop: async () => {},
  }
}
