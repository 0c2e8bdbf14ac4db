import { execFileSync } from 'node:child_process'
import { UserError } from '../result/errors.ts'
import { type Machine, thisMachine } from './machine-reader.ts'
import { allowedCpus, readTopology, type TopologyCpu } from './topology.ts'

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
  const pairs = candidates.flatMap((server) =>
    candidates.filter((load) => load !== server).map((load): Pair => ({ server, load, drawbacks: drawbacks(server, load) })),
  )
  if (pairs.length === 0) return notPinned('there is only one CPU')
  const { server, load } = pairs.reduce((best, pair) => (isBetter(pair, best) ? pair : best))
  return { serverCpu: server.cpu, loadCpu: load.cpu, runnerCpu: forRunner(cpus, server, load).cpu, notPinnedBecause: null }
}

interface Pair {
  readonly server: TopologyCpu
  readonly load: TopologyCpu
  readonly drawbacks: readonly number[]
}

/** What speaks against a pair, the most important first. Of pairs that are equal otherwise the one with the highest numbers is taken. */
function drawbacks(server: TopologyCpu, load: TopologyCpu): number[] {
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
  const index = one.drawbacks.findIndex((drawback, place) => drawback !== other.drawbacks[place])
  return index >= 0 && one.drawbacks[index]! < other.drawbacks[index]!
}

/** A third CPU on another core than the servers', on one of its own if possible; else the load generator's. */
function forRunner(cpus: readonly TopologyCpu[], server: TopologyCpu, load: TopologyCpu): TopologyCpu {
  const free = cpus.filter((one) => one.core !== server.core && one !== load)
  return free.findLast(({ core }) => core !== load.core) ?? free.at(-1) ?? load
}

/** What to say before a run that can be suspect at best; null: nothing. */
export function remarkOnPlacement({ notPinnedBecause }: CpuPlacement): string | null {
  if (notPinnedBecause === null) return null
  return `what is measured here will be suspect at best: ${notPinnedBecause}; a valid run needs Linux, two CPUs and the program taskset`
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
