import { isSet, readKernelConfig } from '../kernel-config.ts'
import type { Machine } from '../machine-reader.ts'
import { readNumber, readWord } from '../machine-reader.ts'
import type { LoopbackTicks } from '../measured.ts'
import { asRoot, good, type Probe, poor, type Reading, type Scene, unknown, writeInto } from './probe.ts'

export const CLOCK_SOURCE = '/sys/devices/system/clocksource/clocksource0'
const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage/enabled'
/** Read in user mode; every other takes a system call, or worse, a slow timer chip. */
const FAST_CLOCKS = new Set(['tsc', 'kvm-clock', 'arch_sys_counter', 'hyperv_clocksource_tsc_page', 'timebase', 'tod'])
/** Fewer ticks in interrupts than this do not tell whom they were charged to. */
const LEAST_INTERRUPT_TICKS = 5
const CHARGED = 'charged to the process that sends'
const LEFT_OUT = 'charged to nobody'

/** How the kernel counts time, and what it does on its own. */
export const kernelProbes: readonly Probe[] = [
  {
    id: 'cpu-time-source',
    group: 'kernel',
    everywhere: true,
    title: 'source of CPU time',
    good: 'schedstat',
    source: '`/proc/self/schedstat`',
    why: 'schedstat tells nanoseconds from outside; without it every server is asked for microseconds, and answering costs it CPU time.',
    read({ machine }) {
      const [cpuNs = ''] = (machine.readFile('/proc/self/schedstat') ?? '').split(' ')
      if (Number(cpuNs) > 0) return good('schedstat')
      return machine.platform === 'linux' ? poor('process.cpuUsage: no schedstat', null) : unknown('process.cpuUsage')
    },
  },
  {
    id: 'interrupt-time',
    group: 'kernel',
    title: 'time of delivering packets',
    good: CHARGED,
    source: '`CONFIG_IRQ_TIME_ACCOUNTING` and `/proc/cmdline`, else a second of packets over loopback',
    why: 'Where it is left out, part of the work of `write` is missing from every cost, and ratios come out larger than on other kernels.',
    read: readInterruptTime,
  },
  {
    id: 'timer-tick',
    group: 'kernel',
    title: 'timer tick',
    good: 'known',
    source: '`CONFIG_HZ`, `CONFIG_VIRT_CPU_ACCOUNTING_GEN`',
    why: 'User and system time are told apart by what runs at a tick, so their split needs a whole run; sums are exact.',
    read({ machine }) {
      const config = readKernelConfig(machine)
      const rate = config?.get('HZ')
      if (config === null || rate === undefined) return unknown('the configuration of this kernel cannot be read')
      const exact = isSet(config, 'VIRT_CPU_ACCOUNTING_GEN') ? '; user and system time may be exact' : ''
      return good(`${rate} a second${exact}`)
    },
  },
  {
    id: 'clock-source',
    group: 'kernel',
    title: 'clock',
    good: 'one that is read without a system call',
    source: `\`${CLOCK_SOURCE}\``,
    why: 'Servers and load generator read the clock for every request; a slow clock is a cost that the framework does not cause.',
    read({ machine }) {
      const current = readWord(machine, `${CLOCK_SOURCE}/current_clocksource`)
      if (current === null) return unknown('not known here')
      if (FAST_CLOCKS.has(current)) return good(current)
      const available = readWord(machine, `${CLOCK_SOURCE}/available_clocksource`)?.split(' ') ?? []
      const better = available.find((name) => FAST_CLOCKS.has(name))
      return poor(current, better === undefined ? null : writeInto(machine, better, `${CLOCK_SOURCE}/current_clocksource`))
    },
  },
  {
    id: 'huge-pages',
    group: 'kernel',
    title: 'transparent huge pages',
    good: '`madvise` or `never`',
    source: `\`${HUGE_PAGES}\``,
    why: 'With `always`, chance decides which process gets large pages, and a kernel thread moves memory while slices are measured.',
    read({ machine }) {
      const choice = /\[(\w+)\]/.exec(machine.readFile(HUGE_PAGES) ?? '')?.[1]
      if (choice === undefined) return unknown('not known here')
      return choice === 'always' ? poor(choice, writeInto(machine, 'madvise', HUGE_PAGES)) : good(choice)
    },
  },
  {
    id: 'address-layout',
    group: 'kernel',
    title: 'address layout (ASLR)',
    good: 'random',
    source: '`/proc/sys/kernel/randomize_va_space`',
    why: 'Where code and data lie changes the cost by percents; fresh processes sample that only if the kernel draws a new layout each time.',
    read({ machine }) {
      const level = readNumber(machine, '/proc/sys/kernel/randomize_va_space')
      if (level === null) return unknown('not known here')
      const names = ['fixed', 'random, apart from the heap', 'random']
      const value = `${names[level] ?? 'level'} (${level})`
      return level === 2 ? good(value) : poor(value, asRoot(machine, 'sysctl -w kernel.randomize_va_space=2'))
    },
  },
]

function readInterruptTime({ machine, measured }: Scene): Reading {
  const config = readKernelConfig(machine)
  if (config !== null) {
    // The kernel parameter switches it off at boot: kernel documentation, admin-guide/kernel-parameters, "tsc=".
    const switchedOff = /(^|\s)tsc=noirqtime(\s|$)/.test(machine.readFile('/proc/cmdline') ?? '')
    const leftOut = isSet(config, 'IRQ_TIME_ACCOUNTING') && !switchedOff
    return leftOut ? poor(LEFT_OUT, switchOff(machine)) : good(CHARGED)
  }
  if (measured === null) return unknown('the configuration of this kernel cannot be read; npm run doctor measures it')
  return measured.loopback === null ? unknown('not known here') : judgeLoopback(measured.loopback)
}

/** Adds the kernel parameter the way the distribution does; null where it has no such program, or the clock is another. */
function switchOff(machine: Machine): string | null {
  const clocks = readWord(machine, `${CLOCK_SOURCE}/available_clocksource`)?.split(' ') ?? []
  if (!clocks.includes('tsc')) return null
  const reboot = asRoot(machine, 'reboot')
  if (machine.hasProgram('grubby')) return `${asRoot(machine, 'grubby --update-kernel=ALL --args=tsc=noirqtime')} && ${reboot}`
  if (!machine.hasProgram('update-grub')) return null
  const edit = asRoot(machine, `sed -i 's/^GRUB_CMDLINE_LINUX="/&tsc=noirqtime /' /etc/default/grub`)
  return `${edit} && ${asRoot(machine, 'update-grub')} && ${reboot}`
}

function judgeLoopback({ charged, busy, interrupts }: LoopbackTicks): Reading {
  const missing = busy - charged
  const measured = `(measured: ${interrupts} of ${busy} ticks in interrupts, ${Math.max(0, Math.round(missing))} not charged)`
  if (interrupts < LEAST_INTERRUPT_TICKS || missing > 1.5 * interrupts) return unknown(`cannot be told ${measured}`)
  return missing > interrupts / 2 ? poor(`${LEFT_OUT} ${measured}`, null) : good(`${CHARGED} ${measured}`)
}
