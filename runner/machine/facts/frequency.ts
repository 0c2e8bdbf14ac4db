import { readWord } from '../machine-reader.ts'
import { allowedCpus } from '../topology.ts'
import { good, type Probe, poor, unknown, usedCpus, writeInto } from './probe.ts'

const HIDDEN = 'not visible, as in most virtual machines'
/** 1: the switch forbids turbo (Intel); 0: the switch grants boost (AMD and acpi-cpufreq). Kernel documentation, admin-guide/pm. */
const TURBO_SWITCHES = [
  { path: '/sys/devices/system/cpu/intel_pstate/no_turbo', off: '1' },
  { path: '/sys/devices/system/cpu/cpufreq/boost', off: '0' },
]

/** What may change the clock rate while something is measured. */
export const frequencyProbes: readonly Probe[] = [
  {
    id: 'governor',
    group: 'CPU',
    title: 'frequency governor',
    good: '`performance` on the used CPUs',
    source: '`/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor`',
    why: 'CPU time is counted in seconds: a clock rate that follows the load makes the same work cost more or less.',
    read({ machine, placement }) {
      const governors = usedCpus(placement, allowedCpus(machine)).flatMap((cpu) => {
        const governor = readWord(machine, `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`)
        return governor === null ? [] : [governor]
      })
      const different = [...new Set(governors)]
      if (different.length === 0) return unknown(HIDDEN)
      if (different.every((governor) => governor === 'performance')) return good('performance')
      return poor(
        different.join(', '),
        writeInto(machine, 'performance', '/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'),
      )
    },
  },
  {
    id: 'turbo',
    group: 'CPU',
    title: 'turbo',
    good: 'off',
    source: '`/sys/devices/system/cpu/intel_pstate/no_turbo`, `/sys/devices/system/cpu/cpufreq/boost`',
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
