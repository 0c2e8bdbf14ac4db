import type { Deployment } from '../servers/deployment.ts'
import type { Rig } from './rig.ts'
import type { Slice } from './sample.ts'

/** One server outside its slices: what it works when nobody asks it, and what it works for requests that have been answered. */
export interface BetweenSlices {
  /** Name of the process. */
  readonly process: string
  readonly app: string
  /** Before its first load, once it has come up: what it does by itself. Nanoseconds. */
  readonly idleNs: number
  readonly idleCpuNs: number
  /** From the end of all warm-ups to the end of the round, without its own slices. Nanoseconds. */
  readonly outsideNs: number
  readonly outsideCpuNs: number
  /** All that it has answered in that time, in slices that count and in those that do not. */
  readonly requests: number
  /** Processes that it has started itself and that did a part of its work. */
  readonly busyChildren: number
}

/** V8 collects garbage and compiles for about a second after a start; that is neither idling nor a request's. */
const COMING_UP_MILLISECONDS = 1_000
const IDLE_MILLISECONDS = 500
/**
 * After the last warm-up, so that what it has left to timers is not charged to what is measured; and after the last slice, so that what is
 * left of it is. Longer than a second, which is a usual time to put work off for.
 */
const LATE_MILLISECONDS = 1_200
/** A server that still works then is waited for, so long at the most. */
const MOST_MILLISECONDS = 6_000
const LOOK_MILLISECONDS = 100
/** Of the CPU time of a server with all that it has started. */
const BUSY_CHILD_SHARE = 0.1
/** Of the time of a look, beyond what it does when nobody asks it. */
const STILL_WORKING = 0.02

/** Who warms up for less than this is in a hurry, and gets shorter rests as well. */
const WARM_MILLISECONDS = 1_000

/** Rests of a round that are needed for this, milliseconds. */
export function restsMilliseconds(warmUpMilliseconds: number): number {
  return (COMING_UP_MILLISECONDS + IDLE_MILLISECONDS + 2 * LATE_MILLISECONDS) * hurryOf(warmUpMilliseconds)
}

function hurryOf(warmUpMilliseconds: number): number {
  return Math.min(1, warmUpMilliseconds / WARM_MILLISECONDS)
}

interface Reading {
  readonly atNs: number
  readonly cpuNs: number
}

/** Watches the servers of one round outside their slices. Looks only while no slice is open. */
export class BetweenWatch {
  readonly #rig: Pick<Rig, 'now' | 'rest'>
  readonly #servers: readonly Deployment[]
  readonly #signal: AbortSignal
  readonly #hurry: number
  readonly #up = new Map<string, Reading>()
  readonly #idle = new Map<string, { idleNs: number; idleCpuNs: number }>()
  readonly #begun = new Map<string, Reading>()
  readonly #children = new Map<string, ReadonlyMap<number, number>>()

  /** @param servers the processes of the round, each without what stands in front of it */
  constructor(
    rig: Pick<Rig, 'now' | 'rest'>,
    servers: readonly Deployment[],
    { warmUpMilliseconds, signal }: { readonly warmUpMilliseconds: number; readonly signal: AbortSignal },
  ) {
    this.#rig = rig
    this.#servers = servers
    this.#signal = signal
    this.#hurry = hurryOf(warmUpMilliseconds)
  }

  /** Before any load: lets servers come up, and watches them idle for a while; each goes on until its own load begins. */
  async idle(): Promise<void> {
    await this.#rest(COMING_UP_MILLISECONDS)
    for (const server of this.#servers) this.#up.set(server.plan.id, await this.#read(server))
    await this.#rest(IDLE_MILLISECONDS)
  }

  /** The load of one server is about to begin. */
  async loading(server: Deployment): Promise<void> {
    const up = this.#up.get(server.plan.id)
    if (up === undefined) return
    const { atNs, cpuNs } = await this.#read(server)
    this.#idle.set(server.plan.id, { idleNs: atNs - up.atNs, idleCpuNs: cpuNs - up.cpuNs })
  }

  /** All warm-ups are over. */
  async begin(): Promise<void> {
    await this.#untilQuiet()
    for (const server of this.#servers) {
      this.#begun.set(server.plan.id, await this.#read(server))
      this.#children.set(server.plan.id, await server.childrenCpuNs())
    }
  }

  /**
   * All slices have been measured.
   * @param nameOf the process that a deployment of a slice runs in
   */
  async end(slices: readonly Slice[], nameOf: (deployment: string) => string): Promise<BetweenSlices[]> {
    await this.#untilQuiet()
    const bySlices = Map.groupBy(slices, ({ deployment }) => nameOf(deployment))
    const records: BetweenSlices[] = []
    for (const server of this.#servers) {
      const { id, app } = server.plan
      const [begun, idle] = [this.#begun.get(id), this.#idle.get(id)]
      if (begun === undefined || idle === undefined) continue
      const { atNs, cpuNs } = await this.#read(server)
      const process = nameOf(id)
      const own = bySlices.get(process) ?? []
      const sum = (of: (slice: Slice) => number) => own.reduce((total, slice) => total + of(slice), 0)
      records.push({
        ...{ process, app, ...idle },
        outsideNs: atNs - begun.atNs - sum(({ elapsedNs }) => elapsedNs),
        outsideCpuNs: cpuNs - begun.cpuNs - sum(({ serverCpuNs, proxyCpuNs }) => serverCpuNs - (proxyCpuNs ?? 0)),
        requests: sum(({ requests }) => requests),
        busyChildren: this.#busyChildren(server, cpuNs - begun.cpuNs, await server.childrenCpuNs()),
      })
    }
    return records
  }

  /** Children that have used a good part of what the whole server has. */
  #busyChildren({ plan }: Deployment, serverCpuNs: number, now: ReadonlyMap<number, number>): number {
    const before = this.#children.get(plan.id)
    return [...now].filter(([child, cpuNs]) => cpuNs - (before?.get(child) ?? 0) > BUSY_CHILD_SHARE * serverCpuNs).length
  }

  async #read(server: Deployment): Promise<Reading> {
    return { atNs: this.#rig.now(), cpuNs: (await server.cpu()).cpuNs }
  }

  /** Rests until no server works more than it does by itself. */
  async #untilQuiet(): Promise<void> {
    await this.#rest(LATE_MILLISECONDS)
    for (let rested = LATE_MILLISECONDS; rested < MOST_MILLISECONDS && !this.#signal.aborted; rested += LOOK_MILLISECONDS) {
      const before = await Promise.all(this.#servers.map((server) => this.#read(server)))
      await this.#rest(LOOK_MILLISECONDS)
      const after = await Promise.all(this.#servers.map((server) => this.#read(server)))
      const works = this.#servers.some(({ plan }, index) => {
        const [first, last] = [before[index]!, after[index]!]
        const { idleNs = 0, idleCpuNs = 0 } = this.#idle.get(plan.id) ?? {}
        const usual = idleNs > 0 ? idleCpuNs / idleNs : 0
        return last.cpuNs - first.cpuNs > (STILL_WORKING + 2 * usual) * (last.atNs - first.atNs)
      })
      if (!works) return
    }
  }

  #rest(milliseconds: number): Promise<void> {
    return this.#rig.rest(milliseconds * this.#hurry, this.#signal)
  }
}
