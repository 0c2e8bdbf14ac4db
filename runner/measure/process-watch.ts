import type { Member } from '../machine/members.ts'
import type { Memory } from '../machine/procfs.ts'
import type { ProcessRecord } from '../result/model.ts'
import type { Deployment } from '../servers/deployment.ts'
import { total } from '../statistics/summary.ts'
import { settledCpu } from './slice.ts'

export type ProcessStart = Pick<ProcessRecord, 'startMilliseconds' | 'firstAnswerMilliseconds' | 'firstAnswerCpuMilliseconds'>

/** How a process came up that has just answered for the first time, alone on its CPU. */
export async function startOf(deployment: Deployment): Promise<ProcessStart> {
  const { listenedMilliseconds, answeredMilliseconds } = deployment.startup
  const { cpuNs } = await settledCpu(deployment)
  return {
    startMilliseconds: listenedMilliseconds,
    firstAnswerMilliseconds: answeredMilliseconds,
    firstAnswerCpuMilliseconds: cpuNs / 1e6,
  }
}

/** Looks at the processes of one round from time to time; never while a slice is open. */
export class ProcessWatch {
  readonly #processes: readonly Deployment[]
  /** By deployment id; one for every process. */
  readonly records: ReadonlyMap<string, ProcessRecord>
  /** At the end of the warm-ups. */
  readonly #warm = new Map<string, readonly Member[]>()

  constructor({
    processes,
    starts,
  }: { readonly processes: readonly Deployment[]; readonly starts: ReadonlyMap<string, ProcessStart> }) {
    this.#processes = processes
    this.records = new Map(
      [...starts].map(([id, start]) => [id, { ...start, idle: null, loaded: null, rested: null, members: [] }]),
    )
  }

  async look(moment: 'idle' | 'warm' | 'loaded' | 'rested'): Promise<void> {
    for (const process of this.#processes) {
      const { id } = process.plan
      const record = this.records.get(id)!
      const members = await process.members({ connections: moment === 'warm' })
      if (moment === 'warm') this.#warm.set(id, members)
      else if (moment === 'loaded') record.loaded = higher(record.loaded, together(members))
      else record[moment] = together(members)
      if (moment === 'warm' || moment === 'loaded') record.members = worked(this.#warm.get(id) ?? [], members)
    }
  }
}

function together(members: readonly Member[]): Memory | null {
  if (members.length === 0) return null
  const sum = (of: (member: Member) => number) => total(members, of)
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
function worked(before: readonly Member[], after: readonly Member[]): ProcessRecord['members'] {
  if (before.length !== after.length) return []
  return after.map((member, index) => {
    const { cpuNs, connections } = before[index]!
    return { ...member, cpuNs: member.cpuNs - cpuNs, connections }
  })
}
