import { openMeter, readChildrenCpuNs, readMembers } from '../machine/process-tree.ts'
import { childrenOf, readAllowedCpus, readCpuShares } from '../machine/procfs.ts'
import { asOne, inFront, sumOfShares } from './composed.ts'
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
    const started: Deployment[] = []
    try {
      while (started.length < (plan.proxy?.backs ?? 1))
        started.push(deploymentOf(plan, await runProgram(program, options), answeringIn(plan, program)))
      return asOne(started)
    } catch (error) {
      await Promise.all(started.map((one) => one.stop()))
      throw error
    }
  },
  async front(process, plan, options) {
    const apps = [process.address, ...(process.otherAddresses ?? [])]
    const program = frontProgram(plan.proxy!, { apps, speaks: manifestOf(plan)?.speaks ?? 'http' })
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
