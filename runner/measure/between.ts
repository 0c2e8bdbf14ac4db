import type { Member } from '../machine/process-tree.ts'
import { type Memory, sumOfMemory } from '../machine/procfs.ts'
import type { ProcessRecord } from '../result/model.ts'
import { type Deployment, processOf } from '../servers/deployment.ts'
import { total } from '../statistics/summary.ts'
import type { Plan } from './plan.ts'
import type { BetweenSlices, Slice } from './records.ts'
import type { Rig } from './rig.ts'
import { settledCpu } from './slice.ts'

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

/** Rests of a usual round that are needed for this, milliseconds; during the second the servers of the next round are started. */
export function restsMilliseconds(warmUpMilliseconds: number): number {
  return 2 * LATE_MILLISECONDS * hurryOf(warmUpMilliseconds)
}

function hurryOf(warmUpMilliseconds: number): number {
  return Math.min(1, warmUpMilliseconds / WARM_MILLISECONDS)
}

interface Reading {
  readonly atNs: number
  readonly cpuNs: number
}

type Idle = Pick<BetweenSlices, 'idleNs' | 'idleCpuNs'>

/** What apps do when nobody asks them, over all rounds of a run so far. */
export class IdleWork {
  readonly #byApp = new Map<string, Idle>()

  knows(app: string): boolean {
    return this.#byApp.has(app)
  }

  note(app: string, { idleNs, idleCpuNs }: Idle): void {
    const before = this.#byApp.get(app) ?? NOT_WATCHED
    this.#byApp.set(app, { idleNs: before.idleNs + idleNs, idleCpuNs: before.idleCpuNs + idleCpuNs })
  }

  /** Of a CPU, 0 to 1. */
  shareOf(app: string): number {
    const { idleNs, idleCpuNs } = this.#byApp.get(app) ?? NOT_WATCHED
    return idleNs === 0 ? 0 : idleCpuNs / idleNs
  }
}

const NOT_WATCHED: Idle = { idleNs: 0, idleCpuNs: 0 }

/** One server, and what was seen of it at the moments of its round; undefined: not yet. */
interface Watched {
  readonly server: Deployment
  up?: Reading
  idle?: Idle
  begun?: Reading
  children?: ReadonlyMap<number, number>
}

/** Watches the servers of one round outside their slices. Looks only while no slice is open. */
export class BetweenWatch {
  readonly #rig: Pick<Rig, 'now' | 'rest'>
  readonly #servers: readonly Watched[]
  readonly #idleWork: IdleWork
  readonly #signal: AbortSignal
  readonly #hurry: number
  readonly #startedNs: number

  /** @param servers the processes of the round, each without what stands in front of it; they have just been started */
  constructor(
    rig: Pick<Rig, 'now' | 'rest'>,
    servers: readonly Deployment[],
    idleWork: IdleWork,
    warmUpMilliseconds: number,
    signal: AbortSignal,
  ) {
    this.#rig = rig
    this.#servers = servers.map((server) => ({ server }))
    this.#idleWork = idleWork
    this.#signal = signal
    this.#hurry = hurryOf(warmUpMilliseconds)
    this.#startedNs = rig.now()
  }

  /**
   * Before any load: lets servers come up, and watches them idle for a while; each goes on until its own load begins. Once every app has been
   * watched, nothing is waited for: then most servers are watched while those before them are warmed up.
   */
  async idle(): Promise<void> {
    if (this.#servers.every(({ server }) => this.#idleWork.knows(server.plan.app))) return
    await this.#rest(COMING_UP_MILLISECONDS)
    await this.#watchThoseUp()
    await this.#rest(IDLE_MILLISECONDS)
  }

  /** The load of one process is about to begin. */
  async loading(process: string): Promise<void> {
    await this.#watchThoseUp()
    const watched = this.#servers.find(({ server }) => processOf(server.plan) === process)
    if (watched?.up === undefined) return
    const { atNs, cpuNs } = await this.#read(watched)
    watched.idle = { idleNs: atNs - watched.up.atNs, idleCpuNs: cpuNs - watched.up.cpuNs }
    this.#idleWork.note(watched.server.plan.app, watched.idle)
  }

  async #watchThoseUp(): Promise<void> {
    if (this.#rig.now() - this.#startedNs < COMING_UP_MILLISECONDS * this.#hurry * 1e6) return
    for (const watched of this.#servers) watched.up ??= await this.#read(watched)
  }

  /** All warm-ups are over. */
  async begin(): Promise<void> {
    await this.#untilQuiet()
    for (const watched of this.#servers) {
      watched.begun = await this.#read(watched)
      watched.children = await watched.server.childrenCpuNs()
    }
  }

  /** All slices have been measured. @param slices with the loads before them, which the server has worked for as well */
  async end(slices: readonly Slice[], plan: Plan): Promise<BetweenSlices[]> {
    await this.#untilQuiet()
    const processes = new Map(plan.deployments.map((deployment) => [deployment.id, processOf(deployment)]))
    const bySlices = Map.groupBy(slices, ({ deployment }) => processes.get(deployment)!)
    const records: BetweenSlices[] = []
    for (const watched of this.#servers) {
      const { server, begun, idle = NOT_WATCHED, children } = watched
      if (begun === undefined) continue
      const { atNs, cpuNs } = await this.#read(watched)
      const process = processOf(server.plan)
      const sum = (of: (slice: Slice) => number) => total(bySlices.get(process) ?? [], of)
      const busy = ([child, childNs]: [number, number]) =>
        childNs - (children?.get(child) ?? 0) > BUSY_CHILD_SHARE * (cpuNs - begun.cpuNs)
      records.push({
        process,
        app: server.plan.app,
        ...idle,
        outsideNs: atNs - begun.atNs - sum(({ elapsedNs }) => elapsedNs),
        outsideCpuNs: cpuNs - begun.cpuNs - sum(({ serverCpuNs, proxyCpuNs }) => serverCpuNs - (proxyCpuNs ?? 0)),
        requests: sum(({ requests }) => requests),
        busyChildren: [...(await server.childrenCpuNs())].filter(busy).length,
      })
    }
    return records
  }

  async #read({ server }: Watched): Promise<Reading> {
    return { atNs: this.#rig.now(), cpuNs: (await server.cpu()).cpuNs }
  }

  /** Rests until no server works more than it does by itself. */
  async #untilQuiet(): Promise<void> {
    const readAll = () => Promise.all(this.#servers.map((watched) => this.#read(watched)))
    await this.#rest(LATE_MILLISECONDS)
    for (let rested = LATE_MILLISECONDS; rested < MOST_MILLISECONDS && !this.#signal.aborted; rested += LOOK_MILLISECONDS) {
      const before = await readAll()
      await this.#rest(LOOK_MILLISECONDS)
      const after = await readAll()
      const works = this.#servers.some(({ server }, index) => {
        const [first, last] = [before[index]!, after[index]!]
        const usual = this.#idleWork.shareOf(server.plan.app)
        return last.cpuNs - first.cpuNs > (STILL_WORKING + 2 * usual) * (last.atNs - first.atNs)
      })
      if (!works) return
    }
  }

  #rest(milliseconds: number): Promise<void> {
    return this.#rig.rest(milliseconds * this.#hurry, this.#signal)
  }
}

export type ProcessStart = Pick<ProcessRecord, 'startMilliseconds' | 'firstAnswerMilliseconds' | 'firstAnswerCpuMilliseconds'>

/** How a process came up that has just answered for the first time, alone on its CPU. */
export async function startOf(deployment: Deployment): Promise<ProcessStart> {
  const { listenedMilliseconds: startMilliseconds, answeredMilliseconds: firstAnswerMilliseconds } = deployment.startup
  const { cpuNs } = await settledCpu(deployment)
  return { startMilliseconds, firstAnswerMilliseconds, firstAnswerCpuMilliseconds: cpuNs / 1e6 }
}

/** Looks at the processes of one round from time to time; never while a slice is open. */
export class ProcessWatch {
  readonly #processes: readonly Deployment[]
  /** By deployment id; one for every process. */
  readonly records: ReadonlyMap<string, ProcessRecord>
  /** At the end of the warm-ups. */
  readonly #warm = new Map<string, readonly Member[]>()

  constructor(processes: readonly Deployment[], starts: ReadonlyMap<string, ProcessStart>) {
    this.#processes = processes
    const nothingYet = { idle: null, loaded: null, rested: null, members: [] }
    this.records = new Map([...starts].map(([id, start]) => [id, { ...start, ...nothingYet }]))
  }

  async look(moment: 'idle' | 'warm' | 'loaded' | 'rested'): Promise<void> {
    for (const process of this.#processes) {
      const { id } = process.plan
      const record = this.records.get(id)!
      const members = await process.members({ connections: moment === 'warm' })
      if (moment === 'warm') this.#warm.set(id, members)
      else if (members.length > 0) record[moment] = higher(record[moment], sumOfMemory(members))
      if (moment === 'warm' || moment === 'loaded') record.members = worked(this.#warm.get(id) ?? [], members)
    }
  }
}

function higher(before: Memory | null, now: Memory): Memory {
  const { residentBytes, anonymousBytes } = before ?? now
  return {
    residentBytes: Math.max(residentBytes, now.residentBytes),
    anonymousBytes: Math.max(anonymousBytes, now.anonymousBytes),
  }
}

/** Nothing when a member has come or gone meanwhile: nobody could say whose work it was. */
function worked(before: readonly Member[], after: readonly Member[]): ProcessRecord['members'] {
  if (before.length !== after.length) return []
  return after.map((member, index) => {
    const { cpuNs, connections } = before[index]!
    return { ...member, cpuNs: member.cpuNs - cpuNs, connections }
  })
}
