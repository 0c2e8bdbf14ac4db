import { type Machine, readNumber, readWord, thisMachine } from './machine-reader.ts'
import { parseAllowedCpus } from './procfs.ts'

const CPUS = '/sys/devices/system/cpu'
const NODES = '/sys/devices/system/node'
/** Intel's hybrid processors: the CPUs that are threads of performance cores. */
const PERFORMANCE_CORES = '/sys/devices/cpu_core/cpus'
/** Cores of one kind have not quite the same highest clock rate: the best ones of a chip are allowed some percent more. */
const SLOWEST_OF_A_KIND = 0.85

/** Where one CPU is among the others, as the kernel has it. A CPU is a hardware thread. */
export interface TopologyCpu {
  readonly cpu: number
  /** Name of its core: the lowest number of the CPUs that are its threads. */
  readonly core: number
  /** 0 is the fastest kind of core among the CPUs that were requested. */
  readonly kind: number
  /** Memory node (NUMA); null: not known. */
  readonly node: number | null
  /** Name of its last-level cache, which is that of its package where the caches are hidden; null: not known. */
  readonly cache: string | null
}

/** CPU numbers this process may use, as it was started, without those that are switched off; empty where the kernel does not say. */
export function allowedCpus(machine: Machine = thisMachine): number[] {
  const allowed = parseCpuList(parseAllowedCpus(machine.readFile('/proc/self/status') ?? '') ?? '')
  const online = onlineCpus(machine)
  return online.length === 0 ? allowed : allowed.filter((cpu) => online.includes(cpu))
}

/** All CPUs of the machine that are switched on; empty where the kernel does not say. */
export const onlineCpus = (machine: Machine) => cpusIn(machine, `${CPUS}/online`)

/** The CPUs given and where they are, in their order. Without a word of the kernel each is a core of its own, of one kind. */
export function readTopology(machine: Machine, cpus: readonly number[]): TopologyCpu[] {
  const kinds = kindsOf(machine, cpus)
  const nodes = memoryNodes(machine)
  return cpus.map((cpu, index) => ({
    cpu,
    core: Math.min(...(threadsOfCore(machine, cpu) ?? [cpu])),
    kind: kinds[index]!,
    node: nodes.find((node) => node.cpus.includes(cpu))?.node ?? null,
    cache: lastLevelCache(machine, cpu),
  }))
}

/** CPUs that are threads of the same core, itself among them; null where the kernel does not say. */
export function threadsOfCore(machine: Machine, cpu: number): number[] | null {
  const lists = ['core_cpus_list', 'thread_siblings_list'].map((name) => cpusIn(machine, `${CPUS}/cpu${cpu}/topology/${name}`))
  return lists.find((list) => list.includes(cpu)) ?? null
}

/** Memory nodes and their CPUs; none where the kernel does not say. */
export function memoryNodes(machine: Machine): { node: number; cpus: number[] }[] {
  return cpusIn(machine, `${NODES}/online`).map((node) => ({ node, cpus: cpusIn(machine, `${NODES}/node${node}/cpulist`) }))
}

/** `0-3,8` to [0, 1, 2, 3, 8]: the format of cpusets, see cpuset(7). */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number)
      return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index)
    })
}

function cpusIn(machine: Machine, path: string): number[] {
  return parseCpuList(readWord(machine, path) ?? '')
}

/** The cache of the highest index is the last one. */
function lastLevelCache(machine: Machine, cpu: number): string | null {
  const folder = `${CPUS}/cpu${cpu}`
  const caches = [4, 3, 2, 1, 0].map((index) => `cache/index${index}/shared_cpu_list`)
  const lists = [...caches, 'topology/package_cpus_list', 'topology/core_siblings_list']
  return lists.map((name) => readWord(machine, `${folder}/${name}`)).find((list) => list !== null && list !== '') ?? null
}

/** By the first of three readings that tells the CPUs apart: Intel's list, capacities (ARM and others), the highest clock rates. */
function kindsOf(machine: Machine, cpus: readonly number[]): number[] {
  const performance = cpusIn(machine, PERFORMANCE_CORES)
  const readings: readonly ((cpu: number) => number | null)[] = [
    (cpu) => (performance.length === 0 ? null : Number(performance.includes(cpu))),
    (cpu) => readNumber(machine, `${CPUS}/cpu${cpu}/cpu_capacity`),
    (cpu) => readNumber(machine, `${CPUS}/cpu${cpu}/cpufreq/cpuinfo_max_freq`),
  ]
  for (const read of readings) {
    const speeds = cpus.map(read)
    const known = speeds.filter((speed) => speed !== null)
    const kinds = known.length < cpus.length ? [] : kindsBySpeed(known)
    if (kinds.some((kind) => kind > 0)) return kinds
  }
  return cpus.map(() => 0)
}

function kindsBySpeed(speeds: readonly number[]): number[] {
  const fastestOfKinds: number[] = []
  for (const speed of [...speeds].sort((a, b) => b - a)) {
    if (speed < SLOWEST_OF_A_KIND * (fastestOfKinds.at(-1) ?? Number.POSITIVE_INFINITY)) fastestOfKinds.push(speed)
  }
  return speeds.map((speed) => fastestOfKinds.findLastIndex((fastest) => speed <= fastest))
}
