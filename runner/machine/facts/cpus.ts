import { type Machine, readWord } from '../machine-reader.ts'
import { choosePlacement, lanesOf } from '../placement.ts'
import { allowedCpus, memoryNodes, onlineCpus, readTopology, threadsOfCore } from '../topology.ts'
import { asRoot, good, graded, type Probe, poor, unknown, usedCpus, writeInto } from './probe.ts'

/** A full core beside us costs some percent by shared cache and power; the second thread of a core costs tens of percent. */
const MOST_COUPLING = 1.1
const HIDDEN = 'not visible, as in most virtual machines'
/** 1: the switch forbids turbo (Intel); 0: the switch grants boost (AMD and acpi-cpufreq). Kernel documentation, admin-guide/pm. */
const TURBO_SWITCHES = [
  { path: '/sys/devices/system/cpu/intel_pstate/no_turbo', off: '1' },
  { path: '/sys/devices/system/cpu/cpufreq/boost', off: '0' },
]

/** Which CPUs there are, who gets which, whether they are independent of each other, and what may change their clock rate. */
export const cpuProbes: readonly Probe[] = [
  {
    id: 'cpus',
    title: 'CPUs to use',
    good: 'two or more',
    source: '`Cpus_allowed_list` of `/proc/self/status`',
    why: 'Servers and load generator need a CPU each, or every cost holds the load generator as well.',
    read({ machine }) {
      const allowed = allowedCpus(machine)
      if (allowed.length === 0) return null
      const list = `${allowed.length} (${shownCpus(allowed)})`
      return allowed.length > 1 ? good(list) : poor(list, withOtherCpus(machine))
    },
  },
  {
    id: 'pinning',
    everywhere: true,
    title: 'pinning',
    good: 'possible',
    source: 'the program `taskset`',
    why: 'Processes that move between CPUs leave their caches behind, and the load generator can end up on the CPU of a server.',
    read({ machine, placement: { serverCpu, loadCpu, moreLanes, notPinnedBecause } }) {
      const further = moreLanes.map((lane) => `; on CPUs ${lane.serverCpu} and ${lane.loadCpu} at the same time`).join('')
      if (notPinnedBecause === null) return good(`servers on CPU ${serverCpu}, load generator on CPU ${loadCpu}${further}`)
      const missing = machine.platform === 'linux' && !machine.hasProgram('taskset')
      return poor(notPinnedBecause, missing ? asRoot(machine, 'apt-get install util-linux') : null)
    },
  },
  {
    id: 'smt',
    title: 'threads of one core (SMT)',
    good: 'servers and load generator on different cores',
    source: '`/sys/devices/system/cpu/cpu*/topology/core_cpus_list`, `thread_siblings_list`',
    why: 'Two threads of a core take turns: what the load generator does would change the CPU time of the server.',
    read({ machine, placement: { serverCpu, loadCpu } }) {
      const ofServer = serverCpu === null ? null : threadsOfCore(machine, serverCpu)
      if (ofServer === null || loadCpu === null) return null
      if (ofServer.length < 2) return good('the kernel knows of one thread per core')
      const core = `CPUs ${shownCpus(ofServer)} are one core`
      // The placement shares a core only where all allowed CPUs are threads of one.
      if (ofServer.includes(loadCpu)) return poor(`${core}, shared by servers and load generator`)
      return good(`${core}; the load generator has another`)
    },
  },
  {
    id: 'coupling',
    title: 'effect of the other CPU',
    good: `fixed work takes at most ${MOST_COUPLING} times the CPU time while the other CPU is busy`,
    source: 'the work of the speed score on the servers’ CPU, in turns with the load generator’s CPU idle and spinning',
    why: 'CPU time that depends on what another CPU does is no property of the app; some virtual machines hide that their CPUs share a core.',
    measured: true,
    read({ placement, measured }) {
      const coupling = measured?.coupling ?? null
      if (coupling === null) return unknown('not measured: there are no two CPUs')
      const { median, low, high, pairs } = coupling
      const range = `(${low.toFixed(3)} to ${high.toFixed(3)}, ${pairs} pairs)`
      const value = `${median.toFixed(3)} times the CPU time while CPU ${placement.loadCpu} spins ${range}`
      return graded(median <= MOST_COUPLING, value)
    },
  },
  {
    id: 'numa',
    title: 'memory nodes (NUMA)',
    good: 'servers and load generator on one node',
    source: '`/sys/devices/system/node`',
    why: 'Packets and memory that cross to another node take longer, more for an app that makes more garbage.',
    read(scene) {
      const nodes = memoryNodes(scene.machine)
      if (nodes.length < 2) return nodes.length === 0 ? null : good('one node')
      const pairs = lanesOf(scene.placement).map(({ serverCpu, loadCpu }) => [serverCpu, loadCpu])
      const pinned = pairs.map((pair) => (pair.every((cpu) => cpu !== null) ? pair : usedCpus(scene)))
      const homes = pinned.map((pair) => nodes.find(({ cpus }) => pair.every((cpu) => cpus.includes(cpu)))?.node)
      // The placement prefers one node: where it has two, none of them has two cores of one kind that may be used.
      if (homes.includes(undefined)) return poor(`${nodes.length} nodes; servers and load generator are on different ones`)
      const different = [...new Set(homes)]
      const where = different.length === 1 ? `on node ${different[0]}` : `together on nodes ${different.join(' and ')}`
      return good(`${nodes.length} nodes; servers and load generator are ${where}`)
    },
  },
  {
    id: 'governor',
    title: 'frequency governor',
    good: '`performance` on the used CPUs',
    source: '`/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor`',
    why: 'CPU time is counted in seconds: a clock rate that follows the load makes the same work cost more or less.',
    read(scene) {
      const { machine } = scene
      const pathOf = (cpu: number | string) => `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`
      const governors = usedCpus(scene).map((cpu) => readWord(machine, pathOf(cpu)))
      const different = [...new Set(governors)].filter((governor) => governor !== null)
      if (different.length === 0) return unknown(HIDDEN)
      const isSteady = different.every((governor) => governor === 'performance')
      return graded(isSteady, different.join(', '), writeInto(machine, 'performance', pathOf('*')))
    },
  },
  {
    id: 'turbo',
    title: 'turbo',
    good: 'off',
    source: TURBO_SWITCHES.map(({ path }) => `\`${path}\``).join(', '),
    why: 'Turbo raises the clock rate while the machine is cool: the first rounds would be faster than the later ones.',
    read({ machine }) {
      for (const { path, off } of TURBO_SWITCHES) {
        const position = readWord(machine, path)
        if (position !== null) return position === off ? good('off') : poor('on', writeInto(machine, off, path))
      }
      return unknown(HIDDEN)
    },
  },
]

/** The command that runs a comparison on the best two CPUs of the machine; null where there are none. */
function withOtherCpus(machine: Machine): string | null {
  const { serverCpu, loadCpu } = choosePlacement(readTopology(machine, onlineCpus(machine)))
  if (serverCpu === null || loadCpu === null) return null
  return `taskset -c ${Math.min(serverCpu, loadCpu)},${Math.max(serverCpu, loadCpu)} npm run compare`
}

/** `0-3` for numbers that follow each other, else `0, 2, 5`. */
function shownCpus(cpus: readonly number[]): string {
  const [first, last] = [cpus[0], cpus.at(-1)]
  const consecutive = cpus.length > 2 && last! - first! === cpus.length - 1
  return consecutive ? `${first}-${last}` : cpus.join(', ')
}
