import { openMeter, readChildrenCpuNs, readMembers } from '../machine/process-tree.ts'
import { type CpuShares, childrenOf, readAllowedCpus, readCpuShares } from '../machine/procfs.ts'
import { total } from '../statistics/summary.ts'
import { type Deployment, type DeploymentHost, type DeploymentPlan, manifestOf } from './deployment.ts'
import { frontProgram } from './fronts.ts'
import { describeManifest, manifestProgram } from './manifest-program.ts'
import { describeModule, moduleProgram } from './module-program.ts'
import { nginxProgram } from './nginx.ts'
import { type Program, type RunningProgram, runProgram } from './running-program.ts'
import type { ServerManifest } from './server-manifest.ts'

type Answering = ServerManifest['answering']

/** Starts servers as processes of this machine. */
export const localHost: DeploymentHost = {
  async describe(plan) {
    const { program } = plan
    if (program === undefined) return describeModule(plan)
    if ('command' in program) return describeManifest(plan, program)
    // With its version: `nginx 1.22.1`.
    const [title = program.name, version = null] = program.name.split(' ')
    return { title, package: null, version, facts: {} }
  },
  async start(plan, options) {
    const program = programOf(plan)
    return deploymentOf(plan, await runProgram(program, options), answeringIn(plan, program))
  },
  async front(process, plan, options) {
    const program = frontProgram(plan.proxy!, { app: process.address, speaks: manifestOf(plan)?.speaks ?? 'http' })
    return inFront(process, deploymentOf(plan, await runProgram(program, options), 'main-thread'))
  },
}

function programOf(plan: DeploymentPlan): Program {
  const { program, transport } = plan
  if (program === undefined) return moduleProgram(plan)
  return 'command' in program ? manifestProgram(plan, program) : nginxProgram({ ...program, serves: program }, transport)
}

/** Which threads answer: the wait of these for their CPU is the server's. */
function answeringIn(plan: DeploymentPlan, { workers }: Program): Answering {
  return manifestOf(plan)?.answering ?? (workers === 0 ? 'main-thread' : 'main-threads-of-children')
}

function deploymentOf(plan: DeploymentPlan, { process, address, startup }: RunningProgram, answering: Answering): Deployment {
  const { pid } = process
  const workerPids = answering === 'main-threads-of-children' ? childrenOf(pid) : []
  const meter = openMeter(pid, workerPids)
  const cpus = readAllowedCpus(pid)
  const members: Deployment['members'] = async ({ connections = false } = {}) =>
    readMembers(pid, workerPids, connections ? address : null)
  return {
    plan,
    address,
    startup,
    facts: cpus === null ? {} : { Cpus_allowed_list: cpus },
    // Where any thread may answer, nobody knows whose wait was the server's.
    cpu: async () => (answering === 'any-thread' ? { ...meter.read(), mainThread: null } : meter.read()),
    cpuShares: async () => sumOfShares([pid, ...workerPids].map(readCpuShares)),
    childrenCpuNs: async () => (workerPids.length > 0 ? new Map() : readChildrenCpuNs(pid)),
    members,
    ended: () => process.ended(),
    lastLines: () => process.lastLines,
    async stop() {
      meter.close()
      await process.stop()
    },
  }
}

/** null where one of them is not known. */
function sumOfShares(all: readonly (CpuShares | null)[]): CpuShares | null {
  const known = all.filter((one) => one !== null)
  if (known.length < all.length) return null
  return { userNs: total(known, ({ userNs }) => userNs), systemNs: total(known, ({ systemNs }) => systemNs) }
}

/** An app behind a proxy: metered as one. Stopping it leaves the app running. */
function inFront(process: Deployment, proxy: Deployment): Deployment {
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
      return process.ended() ?? (lost === null ? null : `lost its nginx, which ${lost},`)
    },
    lastLines: () => [...process.lastLines(), ...proxy.lastLines()],
  }
}
