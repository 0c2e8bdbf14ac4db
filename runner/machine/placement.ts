import { execFileSync } from 'node:child_process'
import { UserError } from '../result/errors.ts'
import { type Machine, thisMachine } from './machine-reader.ts'
import { allowedCpus, readTopology, type TopologyCpu } from './topology.ts'

/** A CPU for the servers and one for the load generator, which measure rounds of their own. */
export interface Lane {
  readonly serverCpu: number
  readonly loadCpu: number
}

/** Which CPU does what; nulls with a reason where nothing is pinned. */
export interface CpuPlacement {
  readonly serverCpu: number | null
  readonly loadCpu: number | null
  /** Beside the lane of these two; none where there is no room. */
  readonly moreLanes: readonly Lane[]
  /** For the runner itself: a CPU of its own, or the load generator's, which is idle while the runner works. */
  readonly runnerCpu: number | null
  readonly notPinnedBecause: string | null
}

/**
 * Chooses a CPU for the servers and another for the load generator, among those this process may use.
 * @param mostLanes how many such pairs at the most, each for rounds of its own
 * @throws UserError on Windows, where servers could not be ended with certainty
 */
export function placeOnCpus(machine: Machine = thisMachine, mostLanes = 1): CpuPlacement {
  if (machine.platform === 'win32') {
    const message = 'nothing can be measured on Windows: it has no process groups and no signals to end servers with'
    const hint = 'measure on Linux, also in a virtual machine or WSL 2; --help, report, diff and history work here'
    throw new UserError('platform', message, { hint })
  }
  if (machine.platform !== 'linux') return notPinned(`this is ${machine.platform}, and pinning needs Linux`)
  if (machine.run('taskset', ['--version'])?.status !== 0) return notPinned('the program taskset is not installed')
  return choosePlacement(readTopology(machine, allowedCpus(machine)), mostLanes)
}

/** More lanes than these leave the runner so much to do that it needs a CPU of its own. */
const LANES_WITHOUT_RUNNER = 2

/**
 * Servers and load generator on two cores of one kind, the fastest that has two; close to each other if possible. Where there is only
 * one core, on two threads of it, which the fact `smt` then calls poor. The runner is never on the core of a server.
 * @param cpus those that may be used, in the order of their numbers
 * @param mostLanes further lanes are on cores of the same kind, and their two as close as those of the first
 */
export function choosePlacement(cpus: readonly TopologyCpu[], mostLanes = 1): CpuPlacement {
  // The last thread of a core: CPU 0 is where most kernels handle most interrupts.
  const cores = [...new Map(cpus.map((one) => [one.core, one])).values()]
  const first = bestPair(cores.length === 1 ? cpus : cores)
  if (first === null) return notPinned('there is only one CPU')
  const pairs = [first]
  while (pairs.length < mostLanes) {
    const taken = pairs.flatMap(({ server, load }) => [server.core, load.core])
    const next = bestPair(cores.filter(({ core }) => !taken.includes(core)))
    if (next === null || !isLike(next, first)) break
    if (pairs.length >= LANES_WITHOUT_RUNNER && spareCpu(cpus, [...pairs, next]) === null) break
    pairs.push(next)
  }
  const [lane, ...moreLanes] = pairs.map(({ server, load }) => ({ serverCpu: server.cpu, loadCpu: load.cpu }))
  return { ...lane!, moreLanes, runnerCpu: spareCpu(cpus, pairs) ?? first.load.cpu, notPinnedBecause: null }
}

/** The pairs of servers and load generator, one for every lane; nulls where nothing is pinned. */
export function lanesOf({ serverCpu, loadCpu, moreLanes }: CpuPlacement): readonly (Lane | Record<keyof Lane, null>)[] {
  return serverCpu === null || loadCpu === null ? [{ serverCpu: null, loadCpu: null }] : [{ serverCpu, loadCpu }, ...moreLanes]
}

type Pair = Readonly<Record<'server' | 'load', TopologyCpu>>

/** null: there are no two. */
function bestPair(cpus: readonly TopologyCpu[]): Pair | null {
  const pairs = cpus.flatMap((server) => cpus.filter((load) => load !== server).map((load) => ({ server, load })))
  return pairs.length === 0 ? null : pairs.reduce((best, pair) => (isBetter(pair, best) ? pair : best))
}

/** Rounds of one pair are worth what those of the other are: the cores are of the same kinds, and the two not farther apart. */
function isLike(pair: Pair, first: Pair): boolean {
  const isCrossing = ({ server, load }: Pair, where: 'node' | 'cache') => server[where] !== load[where]
  return (
    pair.server.kind === first.server.kind &&
    pair.load.kind === first.load.kind &&
    (['node', 'cache'] as const).every((where) => !isCrossing(pair, where) || isCrossing(first, where))
  )
}

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

/** A CPU that no lane has, on another core than the servers', on one of its own if possible; null: there is none. */
function spareCpu(cpus: readonly TopologyCpu[], pairs: readonly Pair[]): number | null {
  const free = cpus.filter((one) => pairs.every(({ server, load }) => one.core !== server.core && one !== load))
  const alone = free.findLast(({ core }) => pairs.every(({ load }) => core !== load.core))
  return (alone ?? free.at(-1))?.cpu ?? null
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
  return { serverCpu: null, loadCpu: null, moreLanes: [], runnerCpu: null, notPinnedBecause: reason }
}
