import { isVirtual, makerOf } from '../hypervisor.ts'
import { isSet, readKernelConfig } from '../kernel-config.ts'
import type { Machine } from '../machine-reader.ts'
import { good, type Probe, poor, unknown } from './probe.ts'

const GIBIBYTE = 2 ** 30
/** Runner, load generator and a handful of apps come to some 0.7 GiB. */
const LEAST_AVAILABLE_BYTES = GIBIBYTE
const BARE = 'no virtual machine'

/** What kind of machine it is. */
export const machineProbes: readonly Probe[] = [
  {
    id: 'virtualisation',
    group: 'machine',
    title: 'virtualisation',
    good: 'none, or one that reports stolen time',
    source: 'flag `hypervisor` of `/proc/cpuinfo`, `/sys/class/dmi/id`, `steal` of `/proc/stat`',
    why: 'A virtual machine shares its CPUs; where the hypervisor does not report what it takes, lost time is charged to the server.',
    read({ machine }) {
      const virtual = isVirtual(machine)
      if (virtual === null) return unknown('not known here')
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
    id: 'stolen-time-accounting',
    group: 'kernel',
    title: 'stolen time in CPU time',
    good: 'left out, or no virtual machine',
    source: '`CONFIG_PARAVIRT_TIME_ACCOUNTING` of the kernel',
    why: 'Without it, time in which the hypervisor ran somebody else counts as CPU time of the server.',
    read({ machine }) {
      if (isVirtual(machine) === false) return good(BARE)
      const config = readKernelConfig(machine)
      if (config === null) return unknown('the configuration of this kernel cannot be read')
      return isSet(config, 'PARAVIRT_TIME_ACCOUNTING')
        ? good('left out of CPU time')
        : poor('this kernel leaves it in the CPU time of the server', null)
    },
  },
  {
    id: 'memory',
    group: 'machine',
    title: 'memory',
    good: '1 GiB or more available',
    source: '`/proc/meminfo`',
    why: 'A round has the runner, the load generator and every app in memory; swapping would be measured as the cost of an app.',
    read({ machine }) {
      const text = machine.readFile('/proc/meminfo') ?? ''
      const bytesOf = (name: string) => {
        const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
        return kibibytes === undefined ? null : Number(kibibytes) * 1024
      }
      const [total, available, swap, swapFree] = ['MemTotal', 'MemAvailable', 'SwapTotal', 'SwapFree'].map(bytesOf)
      if (total == null || available == null) return unknown('not known here')
      const swapUse = swap ? `${gibibytes(swap - (swapFree ?? swap))} of ${gibibytes(swap)} swap used` : 'no swap'
      const value = `${gibibytes(available)} of ${gibibytes(total)} available, ${swapUse}`
      return available < LEAST_AVAILABLE_BYTES ? poor(value, null) : good(value)
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
