import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FromLauncher } from '../../apps/messages.ts'
import { atExit } from './at-exit.ts'
import { Child, describeExit } from './child.ts'
import type { CpuReading } from './cpu-reading.ts'
import {
  type CpuShares,
  type Deployment,
  DeploymentError,
  type DeploymentHost,
  type DeploymentPlan,
  type StartOptions,
  workersOf,
} from './deployment.ts'
import { type Member, readMembers } from './members.ts'
import { canReadProcessTree, ProcessTree } from './process-tree.ts'
import { readAllowedCpus, readCpuShares } from './procfs.ts'

const LAUNCHER = fileURLToPath(new URL('../../apps/launcher.ts', import.meta.url))
const READY_LIMIT_MILLISECONDS = 10_000
/** Workers that start at once on one CPU wait for each other. */
const READY_LIMIT_MORE_MILLISECONDS = 2_000
const STOP_GRACE_MILLISECONDS = 700
const REPLY_LIMIT_MILLISECONDS = 2_000

type Ready = Extract<FromLauncher, { type: 'ready' }>

/** Starts apps as child processes of this machine, one launcher each. */
export const launchedHost: DeploymentHost = {
  async start(plan, options) {
    const socket = plan.transport === 'unix' ? privateSocket() : null
    const child = new Child({
      script: LAUNCHER,
      args: [...launcherArguments(plan), ...(socket?.args ?? [])],
      cpu: options.cpu,
      env: { PADDING: 'x'.repeat(options.environmentPadding) },
    })
    try {
      const ready = await readyMessage(child, plan)
      return new LaunchedDeployment(plan, child, ready, () => socket?.remove())
    } catch (error) {
      await child.stop(null, 0)
      socket?.remove()
      throw error
    }
  },
} satisfies { start(plan: DeploymentPlan, options: StartOptions): Promise<Deployment> }

function launcherArguments({ modulePath, transport, team }: DeploymentPlan): string[] {
  return [
    ...['--module', modulePath, '--transport', transport],
    ...(team === undefined ? [] : ['--workers', String(team.workers), '--scheduling', team.scheduling]),
  ]
}

class LaunchedDeployment implements Deployment {
  readonly plan: DeploymentPlan
  readonly address: Ready['address']
  readonly title: string
  readonly package: string | null
  readonly version: string | null
  readonly facts: Readonly<Record<string, string>>
  readonly #child: Child
  readonly #tree: ProcessTree | null
  readonly #workerPids: Ready['workerPids']
  readonly #cleanUp: () => void
  readonly meteredFromOutside: boolean
  /** Why the launcher is about to go, in its own words. */
  #lost: string | null = null
  #lastWord: CpuReading = { cpuNs: 0, runDelayNs: 0, mainThread: null }
  #hearCpu: (reading: CpuReading) => void = () => {}

  constructor(plan: DeploymentPlan, child: Child, ready: Ready, cleanUp: () => void) {
    this.plan = plan
    this.address = ready.address
    this.title = ready.title
    this.package = ready.package
    this.version = ready.version
    const cpus = readAllowedCpus(child.pid)
    this.facts = cpus === null ? ready.facts : { ...ready.facts, Cpus_allowed_list: cpus }
    this.#child = child
    this.#tree = canReadProcessTree() ? new ProcessTree(child.pid, ready.workerPids) : null
    this.#workerPids = ready.workerPids
    this.#cleanUp = cleanUp
    this.meteredFromOutside = this.#tree !== null
    child.onMessage((received) => {
      const message = received as FromLauncher
      if (message.type === 'lost') this.#lost = message.reason
      if (message.type !== 'cpu') return
      this.#hearCpu({ cpuNs: (message.userMicroseconds + message.systemMicroseconds) * 1000, runDelayNs: 0, mainThread: null })
    })
  }

  get lastLines(): readonly string[] {
    return this.#child.lastLines
  }

  async cpu(): Promise<CpuReading> {
    return this.#tree?.read() ?? this.#askCpu()
  }

  async cpuShares(): Promise<CpuShares | null> {
    const all = [this.#child.pid, ...(this.#workerPids ?? [])].map(readCpuShares)
    const known = all.filter((shares) => shares !== null)
    if (known.length < all.length) return null
    const sum = (of: (shares: CpuShares) => number) => known.reduce((total, shares) => total + of(shares), 0)
    return { userNs: sum(({ userNs }) => userNs), systemNs: sum(({ systemNs }) => systemNs) }
  }

  async residentBytes(): Promise<number | null> {
    const members = await this.members()
    return members.length === 0 ? null : members.reduce((sum, { residentBytes }) => sum + residentBytes, 0)
  }

  async members({ connections = false } = {}): Promise<readonly Member[]> {
    return readMembers(this.#child.pid, this.#workerPids, connections ? this.address : null)
  }

  ended(): string | null {
    return this.#lost ?? (this.#child.exit === null ? null : describeExit(this.#child.exit))
  }

  async stop(): Promise<void> {
    this.#tree?.close()
    await this.#child.stop({ type: 'close' }, STOP_GRACE_MILLISECONDS)
    this.#cleanUp()
  }

  /**
   * Where the kernel does not tell, the server tells itself, in microseconds. One that keeps silent or is gone has used what it last
   * said: the load on it fails at the same moment, and that is reported.
   */
  #askCpu(): Promise<CpuReading> {
    return new Promise((resolve) => {
      const limit = setTimeout(() => resolve(this.#lastWord), REPLY_LIMIT_MILLISECONDS)
      this.#hearCpu = (reading) => {
        clearTimeout(limit)
        this.#lastWord = reading
        resolve(reading)
      }
      this.#child.send({ type: 'cpu' })
    })
  }
}

/** Waits for the launcher's word; a launcher that dies or keeps silent is a DeploymentError. */
async function readyMessage(child: Child, plan: DeploymentPlan): Promise<Ready> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>()
  const fail = (code: string, message: string, hint: string | null = null) =>
    reject(new DeploymentError(code, message, { hint, lastLines: child.lastLines }))
  const limitMs = READY_LIMIT_MILLISECONDS + READY_LIMIT_MORE_MILLISECONDS * (workersOf(plan) - 1)
  const limit = setTimeout(() => fail('not-ready', `${plan.id} did not listen within ${limitMs / 1000} s`, byHand(plan)), limitMs)
  child.onMessage((received) => {
    const message = received as FromLauncher
    if (message.type === 'ready') resolve(message)
    if (message.type === 'failed')
      fail(message.code, `${plan.id} did not start: ${message.message}`, message.hint ?? byHand(plan))
  })
  child.exited.then((exit) => fail('exited', `${plan.id} ${describeExit(exit)} before it listened`, byHand(plan)))
  return promise.finally(() => clearTimeout(limit))
}

function byHand(plan: DeploymentPlan): string {
  return `start it alone: node apps/launcher.ts --print --module ${plan.modulePath}`
}

/**
 * A socket in a folder that only this user can enter. Made and handed over without waiting in between: should the runner be killed, the
 * launcher takes the folder away.
 */
function privateSocket() {
  const folder = mkdtempSync(join(tmpdir(), 'framework-cost-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const removed = atExit(remove)
  return {
    args: ['--socket', join(folder, 'app.sock'), '--remove-folder'],
    remove() {
      remove()
      removed()
    },
  }
}
