import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Address } from '../../apps/ask.ts'
import { total } from '../statistics/summary.ts'

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
export const NANOSECONDS_PER_TICK = 10_000_000
/** Fields of /proc/PID/stat after the closing parenthesis of the name (proc(5): utime is field 14, stime 15; the name is 2). */
const USER_TIME = 11
const SYSTEM_TIME = 12

/** Text of a file of the kernel; null when it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

/** Names in a folder; none when it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** User and system time so far; sampled by the kernel's timer tick, so good for long sums only. Nanoseconds. */
export type CpuShares = Readonly<Record<'userNs' | 'systemNs', number>>

/** User and system time of one process, all threads; null where there is no procfs. */
export function readCpuShares(pid: number): CpuShares | null {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const time = (field: number) => Number(fields[field]) * NANOSECONDS_PER_TICK
  return { userNs: time(USER_TIME), systemNs: time(SYSTEM_TIME) }
}

/** CPU time of one process so far, in whole ticks, nanoseconds; null where there is no procfs. */
export function readCpuNs(pid: number): number | null {
  const shares = readCpuShares(pid)
  return shares && shares.userNs + shares.systemNs
}

/** Memory of one process, bytes. */
export interface Memory {
  /** All pages in memory; those of the Node binary and its libraries are there once for all processes, and counted in each. */
  readonly residentBytes: number
  /** Those that belong to no file: heap, stacks, compiled code. Nobody shares them. */
  readonly anonymousBytes: number
}

/** Of several processes together. */
export function sumOfMemory(all: readonly Memory[]): Memory {
  return { residentBytes: total(all, (one) => one.residentBytes), anonymousBytes: total(all, (one) => one.anonymousBytes) }
}

/** From /proc/PID/status, see proc(5); null where there is no procfs, or no process any more. */
export function readMemory(pid: number): Memory | null {
  const status = readText(`/proc/${pid}/status`) ?? ''
  const residentBytes = bytesIn(status, 'VmRSS')
  return residentBytes === null ? null : { residentBytes, anonymousBytes: bytesIn(status, 'RssAnon') ?? residentBytes }
}

/** A field such as `VmRSS:  4 kB` of /proc/PID/status or /proc/meminfo. */
export function bytesIn(text: string, field: string): number | null {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

/** CPUs a process may run on, as the kernel lists them (`0-3,8`); null where there is no procfs. */
export function readAllowedCpus(pid: number): string | null {
  return parseAllowedCpus(readText(`/proc/${pid}/status`) ?? '')
}

/** From the text of /proc/PID/status. */
export function parseAllowedCpus(status: string): string | null {
  return /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? null
}

/** Ticks of one CPU so far, from /proc/stat; hundredths of a second. Hardware and software interrupts are part of `busy`. */
export type CpuTicks = Readonly<Record<'busy' | 'interrupts' | 'steal' | 'total', number>>

/** Busy and stolen time per CPU number; empty where there is no procfs. */
export function readCpuTicks(): Map<number, CpuTicks> {
  return parseCpuTicks(readText('/proc/stat') ?? '')
}

/** The lines `cpu0`, `cpu1`, ... of /proc/stat, see proc(5). */
export function parseCpuTicks(text: string): Map<number, CpuTicks> {
  const ticks = new Map<number, CpuTicks>()
  for (const [, cpu, line] of text.matchAll(/^cpu(\d+) (.*)$/gm)) {
    // user nice system idle iowait irq softirq steal (guest time is part of user)
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupts = 0, soft = 0, steal = 0] = line!.split(' ').map(Number)
    const busy = user + nice + system + interrupts + soft
    ticks.set(Number(cpu), { busy, interrupts: interrupts + soft, steal, total: busy + idle + wait + steal })
  }
  return ticks
}

/** Ticks between two readings, summed over some CPUs; all 0 when none of them is in both. Pure. */
export function ticksBetween(
  before: ReadonlyMap<number, CpuTicks>,
  after: ReadonlyMap<number, CpuTicks>,
  cpus: readonly number[],
): CpuTicks {
  const both = cpus.filter((cpu) => before.has(cpu) && after.has(cpu))
  const spent = (kind: keyof CpuTicks) => total(both, (cpu) => after.get(cpu)![kind] - before.get(cpu)![kind])
  return { busy: spent('busy'), interrupts: spent('interrupts'), steal: spent('steal'), total: spent('total') }
}

/** A process and all that descend from it by now, itself first. */
export function descendants(pid: number): number[] {
  return [...new Set([pid, ...Array.from(threadsBelow(pid), (thread) => thread.pid)])]
}

/** The processes that a process has started and that are still there. */
export function childrenOf(pid: number): number[] {
  return namesIn(`/proc/${pid}/task`).flatMap((thread) => startedBy(threadFolder(pid, thread)))
}

/** All threads of a process and its descendants. */
export function* threadsBelow(root: number): Generator<{ readonly pid: number; readonly path: string }> {
  const processes = [root]
  for (const pid of processes) {
    for (const thread of namesIn(`/proc/${pid}/task`)) {
      const path = threadFolder(pid, thread)
      yield { pid, path }
      processes.push(...startedBy(path))
    }
  }
}

/** The main thread has the number of its process. */
export function threadFolder(pid: number, thread: number | string): string {
  return `/proc/${pid}/task/${thread}`
}

function startedBy(task: string): number[] {
  return (readText(`${task}/children`) ?? '').trim().split(' ').filter(Boolean).map(Number)
}

/** States of a socket that talks to somebody: /proc/net/tcp (TCP_ESTABLISHED) and /proc/net/unix (SS_CONNECTED). */
const ESTABLISHED = '01'
const CONNECTED = '03'
const LISTENING = '0A'

/** How many connections to an address every one of some processes has open; null where there is no procfs. */
export function openConnections(address: Address, pids: readonly number[]): number[] | null {
  const accepted = address.transport === 'unix' ? acceptedUnix(address.path) : socketsAt(address.port, ESTABLISHED)
  return accepted && pids.map((pid) => socketsOf(pid).filter((inode) => accepted.has(inode)).length)
}

/** Whether one of some processes listens at a TCP port; null where there is no procfs. */
export function isListening(port: number, pids: readonly number[]): boolean | null {
  const listening = socketsAt(port, LISTENING)
  return listening && pids.some((pid) => socketsOf(pid).some((inode) => listening.has(inode)))
}

/** Inodes of the sockets that a process holds; none of one that is gone. */
export function socketsOf(pid: number): string[] {
  return namesIn(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode === undefined ? [] : [inode]
    } catch {
      // It was closed meanwhile.
      return []
    }
  })
}

/** Ports at which some processes listen, in ascending order. */
export function listeningPorts(pids: readonly number[]): number[] {
  const sockets = new Set(pids.flatMap(socketsOf))
  const own = tcpRows()?.filter(({ state, inode }) => state === LISTENING && sockets.has(inode)) ?? []
  return [...new Set(own.map(({ port }) => port))].sort((a, b) => a - b)
}

/** Inodes of the sockets of a state on the server's side of a port: their local port is that one. */
function socketsAt(port: number, wanted: string): Set<string> | null {
  const rows = tcpRows()?.filter((row) => row.port === port && row.state === wanted)
  return rows === undefined ? null : new Set(rows.map(({ inode }) => inode))
}

/** Of both families: a socket that listens at all addresses of version 6 is asked at those of version 4, too. */
function tcpRows(): { readonly port: number; readonly state: string; readonly inode: string }[] | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => rowsOf(table) ?? [])
  if (tables.length === 0 && readText('/proc/net/tcp') === null) return undefined
  return tables.map(([, local = '', , state = '', , , , , , inode = '']) => {
    return { port: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16), state, inode }
  })
}

// Sockets that were accepted have the path of the one that listens; those of the other side have none. node:cluster makes a path
// relative where that is shorter; servers are in the folder that the runner is in.
function acceptedUnix(path: string): Set<string> | null {
  const isThere = (bound: string | undefined) => bound !== undefined && resolve(bound) === path
  const accepted = rowsOf('/proc/net/unix')?.filter((columns) => isThere(columns[7]) && columns[5] === CONNECTED)
  return accepted === undefined ? null : new Set(accepted.map((columns) => columns[6] ?? ''))
}

function rowsOf(table: string): string[][] | undefined {
  return readText(table)
    ?.split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
}
