import type { Member } from '../machine/members.ts'
import type { Memory } from '../machine/procfs.ts'
import type { Deployment } from '../servers/deployment.ts'
import { settledCpu } from './slice.ts'

/** How a process came up, alone on its CPU. */
export interface Start {
  /** From the call to start it until it listens; the start of Node is part of it. */
  readonly startMilliseconds: number
  /** From the same moment to the last byte of its first answer; null: it gave none. */
  readonly firstAnswerMilliseconds: number | null
  /** CPU time of all its threads by then. */
  readonly firstAnswerCpuMilliseconds: number
}

/** A member of a deployment over the measured part of a round. */
export interface WorkedMember extends Memory {
  readonly role: Member['role']
  /** From the end of all warm-ups to the last block. */
  readonly cpuNs: number
  /** At the end of all warm-ups; null: unknown. */
  readonly connections: number | null
}

/** What is known of one process from its start to its end, beside what it costs. Memory is null where the kernel does not say. */
export interface Life extends Start {
  /** At rest, connected, before any load but the first request. */
  readonly idle: Memory | null
  /** The highest of all readings between warm-ups and between blocks. */
  readonly loaded: Memory | null
  /** At rest after the last block; null also when the run was to end. */
  readonly rested: Memory | null
  /** With their memory at the end of the last block. */
  readonly members: readonly WorkedMember[]
}

/** How a process came up that has just answered for the first time. */
export async function startOf(deployment: Deployment): Promise<Start> {
  const { listenedMilliseconds, answeredMilliseconds } = deployment.startup
  const { cpuNs } = await settledCpu(deployment)
  return {
    startMilliseconds: listenedMilliseconds,
    firstAnswerMilliseconds: answeredMilliseconds,
    firstAnswerCpuMilliseconds: cpuNs / 1e6,
  }
}

/** Looks at the processes of one round from time to time; never while a slice is open. */
export class LifeWatch {
  readonly #processes: readonly Deployment[]
  readonly #starts: ReadonlyMap<string, Start>
  readonly #idle = new Map<string, Memory | null>()
  readonly #loaded = new Map<string, Memory | null>()
  readonly #rested = new Map<string, Memory | null>()
  /** At the end of the warm-ups, and at the latest look after it. */
  readonly #before = new Map<string, readonly Member[]>()
  readonly #after = new Map<string, readonly Member[]>()

  constructor({ processes, starts }: { readonly processes: readonly Deployment[]; readonly starts: ReadonlyMap<string, Start> }) {
    this.#processes = processes
    this.#starts = starts
  }

  async idle(): Promise<void> {
    for (const [id, members] of await this.#look()) this.#idle.set(id, together(members))
  }

  async warm(): Promise<void> {
    for (const [id, members] of await this.#look({ connections: true })) {
      this.#before.set(id, members)
      this.#after.set(id, members)
    }
  }

  async loaded(): Promise<void> {
    for (const [id, members] of await this.#look()) {
      this.#after.set(id, members)
      this.#loaded.set(id, higher(this.#loaded.get(id) ?? null, together(members)))
    }
  }

  async rested(): Promise<void> {
    for (const [id, members] of await this.#look()) this.#rested.set(id, together(members))
  }

  /** By deployment id; one for every process. */
  lives(): Map<string, Life> {
    const lives = new Map<string, Life>()
    for (const [id, start] of this.#starts) {
      const at = (readings: ReadonlyMap<string, Memory | null>) => readings.get(id) ?? null
      lives.set(id, {
        ...start,
        ...{ idle: at(this.#idle), loaded: at(this.#loaded), rested: at(this.#rested) },
        members: worked(this.#before.get(id) ?? [], this.#after.get(id) ?? []),
      })
    }
    return lives
  }

  async #look(what?: { connections: boolean }): Promise<(readonly [string, readonly Member[]])[]> {
    const seen: (readonly [string, readonly Member[]])[] = []
    for (const process of this.#processes) seen.push([process.plan.id, await process.members(what)])
    return seen
  }
}

function together(members: readonly Member[]): Memory | null {
  if (members.length === 0) return null
  const sum = (of: (member: Member) => number) => members.reduce((total, member) => total + of(member), 0)
  return { residentBytes: sum((member) => member.residentBytes), anonymousBytes: sum((member) => member.anonymousBytes) }
}

function higher(one: Memory | null, other: Memory | null): Memory | null {
  if (one === null || other === null) return one ?? other
  return {
    residentBytes: Math.max(one.residentBytes, other.residentBytes),
    anonymousBytes: Math.max(one.anonymousBytes, other.anonymousBytes),
  }
}

/** Nothing when a member has come or gone meanwhile: nobody could say whose work it was. */
function worked(before: readonly Member[], after: readonly Member[]): WorkedMember[] {
  if (before.length !== after.length) return []
  return after.map(({ role, cpuNs, residentBytes, anonymousBytes }, index) => ({
    ...{ role, residentBytes, anonymousBytes },
    ...{ cpuNs: cpuNs - before[index]!.cpuNs, connections: before[index]!.connections },
  }))
}
