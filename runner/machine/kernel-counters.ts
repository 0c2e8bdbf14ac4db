import { openSync, readSync } from 'node:fs'
import { total } from '../statistics/summary.ts'
import { type Machine, thisMachine } from './machine-reader.ts'
import { type CpuTicks, parseCpuTicks } from './procfs.ts'

/** Where control groups of version 1 and 2 are mounted by systemd and in containers, see cgroups(7). */
const ROOT = '/sys/fs/cgroup'

/**
 * A file of this process' own control group and of all groups above it, the nearest first: a limit anywhere on the way up holds.
 * @param controller of version 1, for example `cpu`
 * @param names of the file in version 2 and in version 1
 */
export function cgroupFiles({ readFile }: Machine, controller: string, names: { v2: string; v1: string }) {
  // Lines are `number:controllers:path`; version 2 has number 0 and no controllers.
  const groups = [...(readFile('/proc/self/cgroup') ?? '').matchAll(/^\d+:([^:]*):(\/.*)$/gm)]
  const upwards = (mount: string, controllerOfGroup: string, name: string) => {
    const group = groups.find(([, controllers]) => controllers!.split(',').includes(controllerOfGroup))?.[2]
    const parts = group?.split('/').filter((part) => part !== '') ?? []
    // In a container the path is the host's, while the container's own group is mounted as the root.
    const depths = group === undefined ? [] : [...parts.keys(), parts.length].reverse()
    return depths.flatMap((depth) => {
      const path = [mount, ...parts.slice(0, depth), name].join('/')
      const text = readFile(path)
      return text === null ? [] : [{ path, text: text.trim() }]
    })
  }
  const ofV1 = upwards(`${ROOT}/${controller}`, controller, names.v1)
  return ofV1.length > 0 ? ofV1 : upwards(ROOT, '', names.v2)
}

/**
 * What the kernel has counted so far of things that disturb a measurement. Only differences mean something; null where the kernel does
 * not say. The TCP counters are those of the whole network namespace: a lossy connection of somebody else counts as well.
 */
export interface KernelCounters {
  /** Time the hypervisor took from the CPUs in use, hundredths of a second. */
  readonly stealTicks: number | null
  /** Periods in which a CPU quota stopped this control group or one above it. */
  readonly throttledPeriods: number | null
  /** Segments sent again (RFC 1213, tcpRetransSegs). */
  readonly retransmits: number | null
  /** Retransmission timers that ran out. */
  readonly timeouts: number | null
  /** Connections refused because the queue of a listening socket was full, and those dropped for any reason. */
  readonly listenOverflows: number | null
  readonly listenDrops: number | null
}

/** `netstat` is the longest, with about 4 KiB. */
const LONGEST_FILE_BYTES = 65_536

/** By path, from the first reading to the end of the process: opening a file costs more than reading it. null: cannot be opened. */
const openFiles = new Map<string, number | null>()
const buffer = Buffer.alloc(LONGEST_FILE_BYTES)

/**
 * A function that reads all counters; one reading costs about a tenth of a millisecond.
 * @param cpus whose stolen time counts; nulls are left out
 */
export function kernelCounters(cpus: readonly (number | null)[]): () => KernelCounters {
  const quotas = cgroupFiles(thisMachine, 'cpu', { v2: 'cpu.stat', v1: 'cpu.stat' }).map(({ path }) => path)
  return () => {
    const tcp = parseProtocol(read('/proc/net/snmp'), 'Tcp')
    const extended = parseProtocol(read('/proc/net/netstat'), 'TcpExt')
    return {
      stealTicks: stolenTicks(parseCpuTicks(read('/proc/stat')), cpus),
      throttledPeriods: sumOfKnown(quotas.map((path) => parseThrottledPeriods(read(path)))),
      retransmits: tcp.get('RetransSegs') ?? null,
      timeouts: extended.get('TCPTimeouts') ?? null,
      listenOverflows: extended.get('ListenOverflows') ?? null,
      listenDrops: extended.get('ListenDrops') ?? null,
    }
  }
}

/** `Tcp: names` above `Tcp: numbers`, as in /proc/net/snmp and /proc/net/netstat; empty when the protocol is not there. */
export function parseProtocol(text: string, protocol: string): Map<string, number> {
  const [names, values] = text.split('\n').filter((line) => line.startsWith(`${protocol}: `))
  if (names === undefined || values === undefined) return new Map()
  const numbers = values.split(' ').map(Number)
  return new Map([...names.split(' ').entries()].slice(1).map(([index, name]) => [name, numbers[index]!]))
}

/** `nr_throttled` of a cpu.stat of either version of control groups; null where no quota can be set. */
export function parseThrottledPeriods(text: string): number | null {
  const periods = /^nr_throttled (\d+)$/m.exec(text)?.[1]
  return periods === undefined ? null : Number(periods)
}

/** Sum over the CPUs requested; null when none of them is known. */
export function stolenTicks(ticks: ReadonlyMap<number, CpuTicks>, cpus: readonly (number | null)[]): number | null {
  return sumOfKnown(cpus.map((cpu) => (cpu === null ? null : (ticks.get(cpu)?.steal ?? null))))
}

function sumOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : total(known, (value) => value)
}

/** Text of a file that stays open; nothing where it cannot be read, which is not tried again. */
function read(path: string): string {
  try {
    const file = openFiles.has(path) ? openFiles.get(path)! : openSync(path, 'r')
    openFiles.set(path, file)
    return file === null ? '' : buffer.toString('latin1', 0, readSync(file, buffer, 0, LONGEST_FILE_BYTES, 0))
  } catch {
    openFiles.set(path, null)
    return ''
  }
}
