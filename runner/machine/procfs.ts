import { readFileSync } from 'node:fs'

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
export const NANOSECONDS_PER_TICK = 10_000_000
/** Fields of /proc/PID/stat after the closing parenthesis of the name (proc(5): utime is field 14, stime 15; the name is 2). */
const USER_TIME = 11
const SYSTEM_TIME = 12

/** User and system time so far; sampled by the kernel's timer tick, so good for long sums only. Nanoseconds. */
export interface CpuShares {
  readonly userNs: number
  readonly systemNs: number
}

/** User and system time of one process, all threads; null where there is no procfs. */
export function readCpuShares(pid: number): CpuShares | null {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    userNs: Number(fields[USER_TIME]) * NANOSECONDS_PER_TICK,
    systemNs: Number(fields[SYSTEM_TIME]) * NANOSECONDS_PER_TICK,
  }
}

/** Memory of one process, bytes. */
export interface Memory {
  /** All pages in memory; those of the Node binary and its libraries are there once for all processes, and counted in each. */
  readonly residentBytes: number
  /** Those that belong to no file: heap, stacks, compiled code. Nobody shares them. */
  readonly anonymousBytes: number
}

/** From /proc/PID/status, see proc(5); null where there is no procfs, or no process any more. */
export function readMemory(pid: number): Memory | null {
  const status = read(`/proc/${pid}/status`) ?? ''
  const bytes = (field: string) => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
    return kibibytes === undefined ? null : Number(kibibytes) * 1024
  }
  const [residentBytes, anonymousBytes] = [bytes('VmRSS'), bytes('RssAnon')]
  return residentBytes === null ? null : { residentBytes, anonymousBytes: anonymousBytes ?? residentBytes }
}

/** Resident memory of one process in bytes; null where there is no procfs. */
export function readResidentBytes(pid: number): number | null {
  return readMemory(pid)?.residentBytes ?? null
}

/** CPUs a process may run on, as the kernel lists them (`0-3,8`); null where there is no procfs. */
export function readAllowedCpus(pid: number): string | null {
  return parseAllowedCpus(read(`/proc/${pid}/status`) ?? '')
}

/** From the text of /proc/PID/status. */
export function parseAllowedCpus(status: string): string | null {
  return /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? null
}

/** Ticks of one CPU so far, from /proc/stat; hundredths of a second. */
export interface CpuTicks {
  readonly busy: number
  /** Hardware and software interrupts, part of `busy`. */
  readonly interrupts: number
  readonly steal: number
  readonly total: number
}

/** Busy and stolen time per CPU number; empty where there is no procfs. */
export function readCpuTicks(): Map<number, CpuTicks> {
  return parseCpuTicks(read('/proc/stat') ?? '')
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
  const spent = (of: (ticks: CpuTicks) => number) =>
    cpus.reduce((sum, cpu) => {
      const [first, last] = [before.get(cpu), after.get(cpu)]
      return first === undefined || last === undefined ? sum : sum + of(last) - of(first)
    }, 0)
  return {
    busy: spent(({ busy }) => busy),
    interrupts: spent(({ interrupts }) => interrupts),
    steal: spent(({ steal }) => steal),
    total: spent(({ total }) => total),
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
