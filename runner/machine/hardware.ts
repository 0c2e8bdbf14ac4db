import { NOT_AFFECTED, type Processor } from '../result/processor.ts'
import { type Machine, readWord } from './machine-reader.ts'

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities'
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

/** The processor that a CPU belongs to (null: the first CPU); null where the kernel does not say. Cores of one chip may differ. */
export function readProcessor(machine: Machine, cpu: number | null): Processor | null {
  const cpuinfo = machine.readFile('/proc/cpuinfo')
  if (cpuinfo === null) return null
  const sections = cpuinfo.split(/\n\s*\n/).map(fieldsOf)
  const own = sections.find((section) => section.get('processor') === String(cpu)) ?? sections[0]!
  const field = (name: string) => own.get(name) ?? null
  const common = { microcode: field('microcode'), mitigations: mitigations(machine) }
  if (!own.has('CPU implementer')) {
    return {
      vendor: field('vendor_id'),
      family: field('cpu family'),
      model: field('model'),
      stepping: field('stepping'),
      ...common,
    }
  }
  const [variant, revision] = [field('CPU variant'), field('CPU revision')]
  const stepping = variant === null || revision === null ? null : `r${Number(variant)}p${revision}`
  const type = { vendor: field('CPU implementer'), family: field('CPU architecture'), model: field('CPU part') }
  return { ...type, stepping, ...common }
}

function fieldsOf(section: string): Map<string, string> {
  return new Map([...section.matchAll(/^([^:\n]*?)\s*:[ \t]*(.*)$/gm)].map(([, name, value]) => [name!, value!.trim()]))
}

function mitigations(machine: Machine): Record<string, string> | null {
  const known = machine.listFolder(VULNERABILITIES).flatMap((name): [string, string][] => {
    const text = readWord(machine, `${VULNERABILITIES}/${name}`)
    return text === null ? [] : [[name, text]]
  })
  return known.length === 0 ? null : Object.fromEntries(known.filter(([, text]) => text !== NOT_AFFECTED))
}
