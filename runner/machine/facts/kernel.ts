import { isVirtual, type Machine, readOnce, readWord } from '../machine-reader.ts'
import type { Measured } from '../measure-machine.ts'
import { BARE } from './machine.ts'
import { asRoot, good, graded, type Probe, poor, type Reading, type Scene, setting, unknown, writeInto } from './probe.ts'

export const CLOCK_SOURCE = '/sys/devices/system/clocksource/clocksource0'
const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage/enabled'
/** Read in user mode; every other takes a system call, or worse, a slow timer chip. */
const FAST_CLOCKS = new Set(['tsc', 'kvm-clock', 'arch_sys_counter', 'hyperv_clocksource_tsc_page', 'timebase', 'tod'])
/** Fewer ticks in interrupts than this do not tell whom they were charged to. */
const LEAST_INTERRUPT_TICKS = 5
const CHARGED = 'charged to the process that sends'
const LEFT_OUT = 'charged to nobody'
const NO_CONFIG = 'the configuration of this kernel cannot be read'

/** How the kernel counts time, and what it does on its own. */
export const kernelProbes: readonly Probe[] = [
  {
    id: 'stolen-time-accounting',
    title: 'stolen time in CPU time',
    good: 'left out, or no virtual machine',
    source: '`CONFIG_PARAVIRT_TIME_ACCOUNTING` of the kernel',
    why: 'Without it, time in which the hypervisor ran another guest counts as CPU time of the server.',
    read({ machine }) {
      if (isVirtual(machine) === false) return good(BARE)
      const config = readKernelConfig(machine)
      if (config === null) return unknown(NO_CONFIG)
      if (isSet(config, 'PARAVIRT_TIME_ACCOUNTING')) return good('left out of CPU time')
      return poor('this kernel leaves it in the CPU time of the server')
    },
  },
  {
    id: 'cpu-time-source',
    everywhere: true,
    title: 'source of CPU time',
    good: 'schedstat',
    source: '`/proc/self/schedstat`',
    why: 'schedstat counts nanoseconds; without it CPU time is counted in ticks of 10 ms, which are too coarse for a slice.',
    read({ machine }) {
      const [cpuNs = ''] = (machine.readFile('/proc/self/schedstat') ?? '').split(' ')
      if (Number(cpuNs) > 0) return good('schedstat')
      return machine.platform === 'linux' ? poor('ticks of 10 ms: no schedstat') : unknown('ticks of 10 ms')
    },
  },
  {
    id: 'interrupt-time',
    title: 'time of delivering packets',
    good: CHARGED,
    source: '`CONFIG_IRQ_TIME_ACCOUNTING` and `/proc/cmdline`, else a second of packets over loopback',
    why: 'Where it is left out, part of the work of `write` is missing from every cost, and ratios come out larger than on other kernels.',
    read: readInterruptTime,
  },
  {
    id: 'timer-tick',
    title: 'timer tick',
    good: 'known',
    source: '`CONFIG_HZ`, `CONFIG_VIRT_CPU_ACCOUNTING_GEN`',
    why: 'User and system time are split by what runs at a tick, so their split needs a whole run; sums are exact.',
    read({ machine }) {
      const config = readKernelConfig(machine)
      const rate = config?.get('HZ')
      if (config === null || rate === undefined) return unknown(NO_CONFIG)
      const exact = isSet(config, 'VIRT_CPU_ACCOUNTING_GEN') ? '; user and system time may be exact' : ''
      return good(`${rate} a second${exact}`)
    },
  },
  {
    id: 'clock-source',
    title: 'clock',
    good: 'one that is read without a system call',
    source: `\`${CLOCK_SOURCE}\``,
    why: 'Servers and load generator read the clock for every request; a slow clock is a cost that the framework does not cause.',
    read({ machine }) {
      const current = readWord(machine, `${CLOCK_SOURCE}/current_clocksource`)
      if (current === null) return null
      const better = availableClocks(machine).find((name) => FAST_CLOCKS.has(name))
      const change = better === undefined ? null : writeInto(machine, better, `${CLOCK_SOURCE}/current_clocksource`)
      return graded(FAST_CLOCKS.has(current), current, change)
    },
  },
  {
    id: 'huge-pages',
    title: 'transparent huge pages',
    good: '`madvise` or `never`',
    source: `\`${HUGE_PAGES}\``,
    why: 'With `always`, chance decides which process gets large pages, and a kernel thread moves memory while slices are measured.',
    read({ machine }) {
      const choice = /\[(\w+)\]/.exec(machine.readFile(HUGE_PAGES) ?? '')?.[1]
      return choice === undefined ? null : graded(choice !== 'always', choice, writeInto(machine, 'madvise', HUGE_PAGES))
    },
  },
  {
    id: 'address-layout',
    title: 'address layout (ASLR)',
    good: 'random',
    why: 'Where code and data lie changes the cost by percents; fresh processes sample that only if the kernel draws a new layout each time.',
    ...setting('kernel.randomize_va_space', '2', (level) => {
      const names = ['fixed', 'random, apart from the heap', 'random']
      return [level === 2, `${names[level] ?? 'level'} (${level})`]
    }),
  },
]

function readInterruptTime({ machine, measured }: Scene): Reading | null {
  const config = readKernelConfig(machine)
  if (config !== null) {
    // The kernel parameter switches it off at boot: kernel documentation, admin-guide/kernel-parameters, "tsc=".
    const switchedOff = /(^|\s)tsc=noirqtime(\s|$)/.test(machine.readFile('/proc/cmdline') ?? '')
    const leftOut = isSet(config, 'IRQ_TIME_ACCOUNTING') && !switchedOff
    return leftOut ? poor(LEFT_OUT, switchOff(machine)) : good(CHARGED)
  }
  if (measured === null) return unknown(`${NO_CONFIG}; npm run doctor measures it`)
  return measured.loopback && judgeLoopback(measured.loopback)
}

/** Adds the kernel parameter the way the distribution does; null where it has no such program, or the clock is another. */
function switchOff(machine: Machine): string | null {
  if (!availableClocks(machine).includes('tsc')) return null
  const reboot = asRoot(machine, 'reboot')
  if (machine.hasProgram('grubby')) return `${asRoot(machine, 'grubby --update-kernel=ALL --args=tsc=noirqtime')} && ${reboot}`
  if (!machine.hasProgram('update-grub')) return null
  const edit = asRoot(machine, `sed -i 's/^GRUB_CMDLINE_LINUX="/&tsc=noirqtime /' /etc/default/grub`)
  return `${edit} && ${asRoot(machine, 'update-grub')} && ${reboot}`
}

function judgeLoopback({ charged, busy, interrupts }: NonNullable<Measured['loopback']>): Reading {
  const missing = busy - charged
  const measured = `(measured: ${interrupts} of ${busy} ticks in interrupts, ${Math.max(0, Math.round(missing))} not charged)`
  if (interrupts < LEAST_INTERRUPT_TICKS || missing > 1.5 * interrupts) return unknown(`not known ${measured}`)
  return missing > interrupts / 2 ? poor(`${LEFT_OUT} ${measured}`) : good(`${CHARGED} ${measured}`)
}

function availableClocks(machine: Machine): string[] {
  return readWord(machine, `${CLOCK_SOURCE}/available_clocksource`)?.split(' ') ?? []
}

/** The options a kernel was built with: `y`, `m`, a number, or `n` for an option that is not set. */
type KernelConfig = ReadonlyMap<string, string>

/** Reads /proc/config.gz, or the file a distribution keeps in /boot; null where there is neither. */
export const readKernelConfig = readOnce(({ readFile, kernelRelease }): KernelConfig | null => {
  const places = ['/proc/config.gz', `/boot/config-${kernelRelease}`, `/lib/modules/${kernelRelease}/config`]
  const text = places.map(readFile).find((found) => found?.includes('CONFIG_'))
  return text == null ? null : parseKernelConfig(text)
})

/** `CONFIG_HZ=250` and `# CONFIG_HZ_1000 is not set`; names without `CONFIG_`. */
export function parseKernelConfig(text: string): KernelConfig {
  const options = new Map<string, string>()
  for (const [, unset, name, value] of text.matchAll(/^(?:# CONFIG_(\w+) is not set|CONFIG_(\w+)=(.*))$/gm)) {
    options.set(unset ?? name!, unset === undefined ? value! : 'n')
  }
  return options
}

/** An option that a kernel's configuration does not mention does not exist in that kernel. */
export function isSet(config: KernelConfig, name: string): boolean {
  return config.get(name) === 'y'
}
