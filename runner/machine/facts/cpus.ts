import { choosePlacement } from '../cpus.ts'
import type { Machine } from '../machine-reader.ts'
import { allowedCpus, memoryNodes, onlineCpus, readTopology, threadsOfCore } from '../topology.ts'
import { asRoot, good, type Probe, poor, type Scene, unknown, usedCpus } from './probe.ts'

/** A full core beside us costs some percent by shared cache and power; the second thread of a core costs tens of percent. */
const MOST_COUPLING = 1.1

/** Which CPUs there are, who gets which, and whether they are independent of each other. */
export const cpuProbes: readonly Probe[] = [
  {
    id: 'cpus',
    group: 'CPU',
    title: 'CPUs to use',
    good: 'two or more',
    source: '`Cpus_allowed_list` of `/proc/self/status`',
    why: 'Servers and load generator need a CPU each, or every cost holds the load generator as well.',
    read({ machine }) {
      const allowed = allowedCpus(machine)
      if (allowed.length === 0) return unknown('not known here')
      const list = `${allowed.length} (${shownCpus(allowed)})`
      if (allowed.length > 1) return good(list)
      return poor(list, withOtherCpus(machine))
    },
  },
  {
    id: 'pinning',
    group: 'CPU',
    everywhere: true,
    title: 'pinning',
    good: 'possible',
    source: 'the program `taskset`',
    why: 'Processes that move between CPUs leave their caches behind, and the load generator can end up on the CPU of a server.',
    read({ machine, placement: { serverCpu, loadCpu, notPinnedBecause } }) {
      if (notPinnedBecause === null) return good(`servers on CPU ${serverCpu}, load generator on CPU ${loadCpu}`)
      const missing = machine.platform === 'linux' && !machine.hasProgram('taskset')
      return poor(notPinnedBecause, missing ? asRoot(machine, 'apt-get install util-linux') : null)
    },
  },
  {
    id: 'smt',
    group: 'CPU',
    title: 'threads of one core (SMT)',
    good: 'servers and load generator on different cores',
    source: '`/sys/devices/system/cpu/cpu*/topology/core_cpus_list`, `thread_siblings_list`',
    why: 'Two threads of a core take turns: what the load generator does would change the CPU time of the server.',
    read: readSiblings,
  },
  {
    id: 'coupling',
    group: 'CPU',
    title: 'effect of the other CPU',
    good: `fixed work takes at most ${MOST_COUPLING} times the CPU time while the other CPU is busy`,
    source: 'the work of the speed score on the servers’ CPU, in turns with the load generator’s CPU idle and spinning',
    why: 'CPU time that depends on what another CPU does is no property of the app; some virtual machines hide that their CPUs share a core.',
    measured: true,
    read({ placement, measured }) {
      const coupling = measured?.coupling ?? null
      if (coupling === null) return unknown('not measured: there are no two CPUs')
      const { median, low, high, pairs } = coupling
      const value = `${median.toFixed(3)} times the CPU time while CPU ${placement.loadCpu} spins (${low.toFixed(3)} to ${high.toFixed(3)}, ${pairs} pairs)`
      return median > MOST_COUPLING ? poor(value, null) : good(value)
    },
  },
  {
    id: 'numa',
    group: 'CPU',
    title: 'memory nodes (NUMA)',
    good: 'servers and load generator on one node',
    source: '`/sys/devices/system/node`',
    why: 'Packets and memory that cross to another node take longer, more for an app that makes more garbage.',
    read: readNodes,
  },
]

function readSiblings({ machine, placement: { serverCpu, loadCpu } }: Scene) {
  const ofServer = serverCpu === null ? null : threadsOfCore(machine, serverCpu)
  if (ofServer === null || loadCpu === null) return unknown('not known here')
  if (ofServer.length < 2) return good('the kernel knows of one thread per core')
  const core = `CPUs ${shownCpus(ofServer)} are one core`
  // The placement shares a core only where all allowed CPUs are threads of one.
  if (ofServer.includes(loadCpu)) return poor(`${core}, shared by servers and load generator`, null)
  return good(`${core}; the load generator has another`)
}

function readNodes({ machine, placement }: Scene) {
  const nodes = memoryNodes(machine)
  if (nodes.length === 0) return unknown('not known here')
  if (nodes.length === 1) return good('one node')
  const used = usedCpus(placement, allowedCpus(machine))
  const home = nodes.find(({ cpus }) => used.every((cpu) => cpus.includes(cpu)))
  // The placement prefers one node: where it has two, none of them has two cores of one kind that may be used.
  if (home === undefined) return poor(`${nodes.length} nodes; servers and load generator are on different ones`, null)
  return good(`${nodes.length} nodes; servers and load generator are on node ${home.node}`)
}

/** The command that runs a comparison on the best two CPUs of the machine; null where there are none. */
function withOtherCpus(machine: Machine): string | null {
  const { serverCpu, loadCpu } = choosePlacement(readTopology(machine, onlineCpus(machine)))
  return serverCpu === null || loadCpu === null
    ? null
    : `taskset -c ${Math.min(serverCpu, loadCpu)},${Math.max(serverCpu, loadCpu)} npm run compare`
}

/** `0-3` for numbers that follow each other, else `0, 2, 5`. */
function shownCpus(cpus: readonly number[]): string {
  const [first, last] = [cpus[0], cpus.at(-1)]
  const consecutive = cpus.length > 2 && last! - first! === cpus.length - 1
  return consecutive ? `${first}-${last}` : cpus.join(', ')
}
