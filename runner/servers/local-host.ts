import type { Description } from '../../apps/description.ts'
import type { CpuReading } from '../machine/cpu-reading.ts'
import { type Member, readChildrenCpuNs, readMembers } from '../machine/members.ts'
import { openMeter } from '../machine/meter.ts'
import { childrenOf } from '../machine/process-tree.ts'
import { type CpuShares, readAllowedCpus, readCpuShares } from '../machine/procfs.ts'
import type { Deployment, DeploymentHost, DeploymentPlan } from './deployment.ts'
import { describeModule, moduleProgram } from './module-program.ts'
import { nginxProgram } from './nginx.ts'
import type { Program } from './program.ts'
import { type RunningProgram, runProgram } from './running-program.ts'

/** Starts servers as processes of this machine. */
export const localHost: DeploymentHost = {
  describe: async (plan) => (plan.program === undefined ? describeModule(plan) : describeNginx(plan.program.name)),
  async start(plan, options) {
    const program = programOf(plan)
    return new LocalDeployment(plan, await runProgram(program, options), program.workers)
  },
  async front(process, plan, options) {
    const { path, connections, keepAlive } = plan.proxy!
    const program = nginxProgram({ connections, serves: { app: process.address, keepAlive } }, { path })
    return inFront(process, plan, new LocalDeployment(plan, await runProgram(program, options), 0))
  },
}

function programOf(plan: DeploymentPlan): Program {
  if (plan.program === undefined) return moduleProgram(plan)
  const { path, connections, locations, files } = plan.program
  return nginxProgram({ connections, serves: { locations } }, { path, transport: plan.transport, files })
}

/** @param name with its version: `nginx 1.22.1` */
function describeNginx(name: string): Description {
  const [title = name, version = null] = name.split(' ')
  return { title, package: null, version, facts: {} }
}

class LocalDeployment implements Deployment {
  readonly plan: DeploymentPlan
  readonly address: Deployment['address']
  readonly startup: Deployment['startup']
  readonly facts: Readonly<Record<string, string>>
  readonly #program: RunningProgram
  readonly #workerPids: readonly number[]
  readonly #meter: ReturnType<typeof openMeter>

  constructor(plan: DeploymentPlan, program: RunningProgram, workers: number) {
    this.plan = plan
    this.address = program.address
    this.startup = program.startup
    const cpus = readAllowedCpus(program.pid)
    this.facts = cpus === null ? {} : { Cpus_allowed_list: cpus }
    this.#program = program
    this.#workerPids = workers === 0 ? [] : childrenOf(program.pid)
    this.#meter = openMeter(program.pid, this.#workerPids)
  }

  get lastLines(): readonly string[] {
    return this.#program.lastLines
  }

  async cpu(): Promise<CpuReading> {
    return this.#meter.read()
  }

  async cpuShares(): Promise<CpuShares | null> {
    const all = [this.#program.pid, ...this.#workerPids].map(readCpuShares)
    const known = all.filter((shares) => shares !== null)
    if (known.length < all.length) return null
    const sum = (of: (shares: CpuShares) => number) => known.reduce((total, shares) => total + of(shares), 0)
    return { userNs: sum(({ userNs }) => userNs), systemNs: sum(({ systemNs }) => systemNs) }
  }

  async childrenCpuNs(): Promise<ReadonlyMap<number, number>> {
    return this.#workerPids.length > 0 ? new Map() : readChildrenCpuNs(this.#program.pid)
  }

  async residentBytes(): Promise<number | null> {
    const members = await this.members()
    return members.length === 0 ? null : members.reduce((sum, { residentBytes }) => sum + residentBytes, 0)
  }

  async members({ connections = false } = {}): Promise<readonly Member[]> {
    const { pid } = this.#program
    const workerPids = this.#workerPids.length === 0 ? undefined : this.#workerPids
    return readMembers(pid, workerPids, connections ? this.address : null)
  }

  ended(): string | null {
    return this.#program.ended()
  }

  async stop(): Promise<void> {
    this.#meter.close()
    await this.#program.stop()
  }
}

/** An app behind a proxy: metered as one. Stopping it leaves the app running. */
function inFront(process: Deployment, plan: DeploymentPlan, proxy: Deployment): Deployment {
  const both = async <T>(of: (one: Deployment) => Promise<T | null>, join: (app: T, proxy: T) => T) => {
    const [app, front] = [await of(process), await of(proxy)]
    return app === null || front === null ? null : join(app, front)
  }
  return {
    ...{ plan, address: proxy.address, startup: proxy.startup, facts: process.facts },
    get lastLines() {
      return [...process.lastLines, ...proxy.lastLines]
    },
    async cpu() {
      const [app, front] = [await process.cpu(), await proxy.cpu()]
      return {
        // The threads are the app's: while nginx runs on their CPU it waits for its own part of the work: no stranger, see `waitNs`.
        ...app,
        cpuNs: app.cpuNs + front.cpuNs,
        runDelayNs: app.runDelayNs + front.runDelayNs,
        proxyCpuNs: front.cpuNs,
      }
    },
    cpuShares: () =>
      both(
        (one) => one.cpuShares(),
        (app, front) => ({ userNs: app.userNs + front.userNs, systemNs: app.systemNs + front.systemNs }),
      ),
    residentBytes: () =>
      both(
        (one) => one.residentBytes(),
        (app, front) => app + front,
      ),
    childrenCpuNs: () => process.childrenCpuNs(),
    members: () => process.members(),
    ended() {
      const lost = proxy.ended()
      return process.ended() ?? (lost === null ? null : `lost its nginx, which ${lost},`)
    },
    stop: () => proxy.stop(),
  }
}
