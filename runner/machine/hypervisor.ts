import type { Machine } from './machine-reader.ts'
import { readWord } from './machine-reader.ts'

/** Makers that name their virtual machines in the BIOS tables; needed where the CPU has no flag for it, as on ARM. */
const VIRTUAL_MAKERS =
  /QEMU|KVM|VMware|VirtualBox|innotek|Xen|Microsoft Corporation Virtual|Amazon EC2|Google Compute|Bochs|Parallels|OpenStack/i

/** Whether this is a virtual machine; null where nothing tells. */
export function isVirtual(machine: Machine): boolean | null {
  const cpuinfo = machine.readFile('/proc/cpuinfo')
  if (cpuinfo === null) return null
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]
  if (flags?.split(' ').includes('hypervisor') || machine.readFile('/sys/hypervisor/type') !== null) return true
  const maker = makerOf(machine)
  if (VIRTUAL_MAKERS.test(maker)) return true
  // An x86 processor always says so in its flags; others leave it to the maker.
  return flags !== undefined || maker !== '' ? false : null
}

/** Maker and product of the machine by its BIOS tables; an empty text where there are none. */
export function makerOf(machine: Machine): string {
  return ['sys_vendor', 'product_name']
    .map((name) => readWord(machine, `/sys/class/dmi/id/${name}`) ?? '')
    .join(' ')
    .trim()
}

/** What the machine runs on, as far as it says: `none`, a name, or `unnamed`; null: not known whether there is one. */
export function hypervisorOf(machine: Machine): string | null {
  const virtual = isVirtual(machine)
  if (virtual === null) return null
  return virtual ? makerOf(machine) || readWord(machine, '/sys/hypervisor/type') || 'unnamed' : 'none'
}
