import { execFileSync } from 'node:child_process'
import { UserError } from '../result/errors.ts'
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

/** Which CPU does what; nulls with a reason where nothing is pinned. */
export interface CpuPlacement {
  readonly serverCpu: number | null
  readonly loadCpu: number | null
  /** For the runner itself: a third CPU, or the load generator's, which is idle while the runner works. */
  readonly runnerCpu: number | null
  readonly notPinnedBecause: string | null
}

/**
 * Chooses a CPU for the servers and another for the load generator, among those this process may use.
 * @throws UserError on Windows, where servers could not be ended with certainty
 */
export function placeOnCpus(machine: Machine = thisMachine): CpuPlacement {
  if (machine.platform === 'win32') {
    const message = 'nothing can be measured on Windows: it has no process groups and no signals to end servers with'
    const hint = 'measure on Linux, also in a virtual machine or WSL 2; --help, report, diff and history work here'
    throw new UserError('platform', message, { hint })
  }
  if (machine.platform !== 'linux') return notPinned(`this is ${machine.platform}, and pinning needs Linux`)
  if (machine.run('taskset', ['--version'])?.status !== 0) return notPinned('the program taskset is not installed')
  return choosePlacement(readTopology(machine, allowedCpus(machine)))
}

/**
 * Servers and load generator on two cores of one kind, the fastest that has two; close to each other if possible. Where there is only
 * one core, on two threads of it, which the fact `smt` then calls poor. The runner is never on the servers' core.
 * @param cpus those that may be used, in the order of their numbers
 */
export function choosePlacement(cpus: readonly TopologyCpu[]): CpuPlacement {
  // The last thread of a core: CPU 0 is where most kernels handle most interrupts.
  const cores = [...new Map(cpus.map((one) => [one.core, one])).values()]
  const candidates = cores.length === 1 ? cpus : cores
  const pairs = candidates.flatMap((server) => candidates.filter((load) => load !== server).map((load) => ({ server, load })))
  if (pairs.length === 0) return notPinned('there is only one CPU')
  const { server, load } = pairs.reduce((best, pair) => (isBetter(pair, best) ? pair : best))
  return { serverCpu: server.cpu, loadCpu: load.cpu, runnerCpu: forRunner(cpus, server, load).cpu, notPinnedBecause: null }
}

type Pair = Readonly<Record<'server' | 'load', TopologyCpu>>

/** What speaks against a pair, the most important first. Of pairs that are equal otherwise the one with the highest numbers is taken. */
function drawbacksOf({ server, load }: Pair): number[] {
  return [
    Number(server.kind !== load.kind),
    server.kind,
    load.kind,
    Number(server.node !== load.node),
    Number(server.cache !== load.cache),
    Number(server.core === 0),
    -server.cpu,
    -load.cpu,
  ]
}

function isBetter(one: Pair, other: Pair): boolean {
  const [mine, its] = [drawbacksOf(one), drawbacksOf(other)]
  const index = mine.findIndex((drawback, place) => drawback !== its[place])
  return index >= 0 && mine[index]! < its[index]!
}

/** A third CPU on another core than the servers', on one of its own if possible; else the load generator's. */
function forRunner(cpus: readonly TopologyCpu[], server: TopologyCpu, load: TopologyCpu): TopologyCpu {
  const free = cpus.filter((one) => one.core !== server.core && one !== load)
  return free.findLast(({ core }) => core !== load.core) ?? free.at(-1) ?? load
}

/** What to say before a run that can be suspect at best; null: nothing. */
export function remarkOnPlacement({ notPinnedBecause: because }: CpuPlacement): string | null {
  const needed = 'a valid run needs Linux, two CPUs and the program taskset'
  return because && `what is measured here will be suspect at best: ${because}; ${needed}`
}

/** What an app of several workers may use: every allowed CPU that neither load generator nor runner has; null: not pinned. */
export function cpusForWorkers({ serverCpu, loadCpu, runnerCpu }: CpuPlacement, allowed: readonly number[]): number[] | null {
  return serverCpu === null ? null : allowed.filter((cpu) => cpu !== loadCpu && cpu !== runnerCpu)
}

/** Keeps every thread of the runner off the servers' CPU. */
export function pinRunner({ runnerCpu }: CpuPlacement): void {
  if (runnerCpu !== null) pinThisProcess(String(runnerCpu))
}

/** Gives the runner back the CPUs it was started with; children that it starts inherit what it has. */
export function unpinRunner({ runnerCpu }: CpuPlacement): void {
  if (runnerCpu !== null) pinThisProcess(allowedCpus().join(','))
}

function pinThisProcess(cpus: string): void {
  execFileSync('taskset', ['-a', '-c', '-p', cpus, String(process.pid)], { stdio: 'ignore' })
}

/** No placement, and why. */
export function notPinned(reason: string): CpuPlacement {
  return { serverCpu: null, loadCpu: null, runnerCpu: null, notPinnedBecause: reason }
}
