import { isVirtual, type Machine, makerOf, readWord } from '../machine-reader.ts'
import type { CpuShare } from '../measure-machine.ts'
import { bytesIn } from '../procfs.ts'
import { good, graded, type Probe, unknown } from './probe.ts'

const GIBIBYTE = 2 ** 30
/** Runner, load generator and a handful of apps come to some 0.7 GiB. */
const LEAST_AVAILABLE_BYTES = GIBIBYTE
/** One tick of 10 ms in a second of two CPUs is 0.5 %, so this takes several. */
const MOST_STEAL = 0.02
const MOST_FOREIGN = 0.03
export const BARE = 'no virtual machine'

/** What kind of machine it is, and who else uses its CPUs right now. */
export const machineProbes: readonly Probe[] = [
  {
    id: 'virtualisation',
    title: 'virtualisation',
    good: 'none, or one that reports stolen time',
    source: 'flag `hypervisor` of `/proc/cpuinfo`, `/sys/class/dmi/id`, `steal` of `/proc/stat`',
    why: 'A virtual machine shares its CPUs; where the hypervisor does not report what it takes, lost time is charged to the server.',
    read({ machine }) {
      const virtual = isVirtual(machine)
      if (virtual === null) return null
      const container = isContainer(machine) ? ', in a container' : ''
      if (!virtual) return good(BARE + container)
      const vendor = makerOf(machine)
      const name = `virtual machine${vendor === '' ? '' : ` (${vendor})`}${container}`
      return reportsSteal(machine)
        ? good(`${name}; it reports stolen time`)
        : unknown(`${name}; no stolen time seen since it started`)
    },
  },
  {
    id: 'memory',
    title: 'memory',
    good: '1 GiB or more available',
    source: '`/proc/meminfo`',
    why: 'A round has the runner, the load generator and every app in memory; swapping would be measured as the cost of an app.',
    read({ machine }) {
      const text = machine.readFile('/proc/meminfo') ?? ''
      const names = ['MemTotal', 'MemAvailable', 'SwapTotal', 'SwapFree']
      const [total, available, swap, swapFree] = names.map((name) => bytesIn(text, name))
      if (total == null || available == null) return null
      const swapUse = swap ? `${gibibytes(swap - (swapFree ?? swap))} of ${gibibytes(swap)} swap used` : 'no swap'
      return graded(available >= LEAST_AVAILABLE_BYTES, `${gibibytes(available)} of ${gibibytes(total)} available, ${swapUse}`)
    },
  },
  {
    id: 'steal',
    title: 'stolen time',
    good: `at most ${100 * MOST_STEAL} %, quiet and under load`,
    source: '`steal` of `/proc/stat`, of the used CPUs',
    why: 'The hypervisor gave the CPU to another machine: slices get longer, and the caches are cold afterwards.',
    measured: true,
    read({ measured }) {
      const { quiet, loaded } = measured!
      if (quiet.steal === null || loaded.steal === null) return null
      const value = `${percent(quiet.steal)} of ${duration(quiet)} of rest, ${percent(loaded.steal)} of ${duration(loaded)} under load`
      return graded(Math.max(quiet.steal, loaded.steal) <= MOST_STEAL, value)
    },
  },
  {
    id: 'other-load',
    title: 'other load',
    good: `others use at most ${100 * MOST_FOREIGN} % of the used CPUs`,
    source: '`/proc/stat` over a second in which the suite does nothing; `/proc/loadavg`',
    why: 'Another program on these CPUs takes turns with the server and empties its caches; `top` shows which it is.',
    measured: true,
    read({ machine, measured }) {
      const { quiet } = measured!
      if (quiet.foreign === null) return null
      const average = readWord(machine, '/proc/loadavg')?.split(' ').slice(0, 3).join(' ')
      const value = `${percent(quiet.foreign)} of ${duration(quiet)}${average === undefined ? '' : `; load average ${average}`}`
      return graded(quiet.foreign <= MOST_FOREIGN, value)
    },
  },
]

function isContainer({ readFile, variables }: Machine): boolean {
  return variables.container !== undefined || readFile('/.dockerenv') !== null || readFile('/run/.containerenv') !== null
}

/** Steal is the eighth number of the line of all CPUs, proc_stat(5). A hypervisor that reports none leaves it at 0 for ever. */
function reportsSteal({ readFile }: Machine): boolean {
  const sums = /^cpu\s+(.*)$/m.exec(readFile('/proc/stat') ?? '')?.[1]
  return Number(sums?.split(' ')[7] ?? 0) > 0
}

function gibibytes(bytes: number): string {
  return `${(bytes / GIBIBYTE).toFixed(1)} GiB`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function duration({ seconds }: CpuShare): string {
  return `${seconds.toFixed(1)} s`
}
