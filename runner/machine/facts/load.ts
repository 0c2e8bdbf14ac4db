import { readWord } from '../machine-reader.ts'
import type { CpuShare } from '../measured.ts'
import { good, type Probe, poor, unknown } from './probe.ts'

/** One tick of 10 ms in a second of two CPUs is 0.5 %, so this takes several. */
const MOST_STEAL = 0.02
const MOST_FOREIGN = 0.03

/** Who else uses the CPUs right now. */
export const loadProbes: readonly Probe[] = [
  {
    id: 'steal',
    group: 'machine',
    title: 'stolen time',
    good: `at most ${100 * MOST_STEAL} %, quiet and under load`,
    source: '`steal` of `/proc/stat`, of the used CPUs',
    why: 'The hypervisor gave the CPU to another machine: slices get longer, and the caches are cold afterwards.',
    measured: true,
    read({ measured }) {
      const { quiet, loaded } = measured!
      if (quiet.steal === null || loaded.steal === null) return unknown('not known here')
      const value = `${percent(quiet.steal)} of ${duration(quiet)} of rest, ${percent(loaded.steal)} of ${duration(loaded)} under load`
      return Math.max(quiet.steal, loaded.steal) > MOST_STEAL ? poor(value, null) : good(value)
    },
  },
  {
    id: 'other-load',
    group: 'machine',
    title: 'other load',
    good: `others use at most ${100 * MOST_FOREIGN} % of the used CPUs`,
    source: '`/proc/stat` over a second in which the suite does nothing; `/proc/loadavg`',
    why: 'Another program on these CPUs takes turns with the server and empties its caches; `top` shows which it is.',
    measured: true,
    read({ machine, measured }) {
      const { quiet } = measured!
      if (quiet.foreign === null) return unknown('not known here')
      const average = readWord(machine, '/proc/loadavg')?.split(' ').slice(0, 3).join(' ')
      const value = `${percent(quiet.foreign)} of ${duration(quiet)}${average === undefined ? '' : `; load average ${average}`}`
      return quiet.foreign > MOST_FOREIGN ? poor(value, null) : good(value)
    },
  },
]

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function duration({ seconds }: CpuShare): string {
  return `${seconds.toFixed(1)} s`
}
