import { z } from 'zod'
import type { Machine } from './machine-reader.ts'

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities'
const NOT_AFFECTED = 'Not affected'

/** A processor as the kernel has it: on x86 `AuthenticAMD`, `25`, `17`, `1`; on ARM the codes of implementer, architecture and part. */
export const Processor = z.object({
  /** null: not known, as in all fields. */
  vendor: z.string().nullable(),
  family: z.string().nullable(),
  model: z.string().nullable(),
  /** On ARM variant and revision, as `r3p1`. */
  stepping: z.string().nullable(),
  /** Its revision; a virtual machine may see none, or one that the hypervisor made up. */
  microcode: z.string().nullable(),
  /** By vulnerability, as the kernel names it: what the kernel does about it. Those that do not affect this processor are left out. */
  mitigations: z.record(z.string(), z.string()).nullable(),
})
export type Processor = z.infer<typeof Processor>

/** The processor that a CPU belongs to (null: the first CPU); null where the kernel does not say. Cores of one chip may differ. */
export function readProcessor(machine: Machine, cpu: number | null): Processor | null {
  const cpuinfo = machine.readFile('/proc/cpuinfo')
  if (cpuinfo === null) return null
  const sections = cpuinfo.split(/\n\s*\n/).map(fieldsOf)
  const own = sections.find((section) => section.get('processor') === String(cpu)) ?? sections[0]!
  const field = (name: string) => own.get(name) ?? null
  const common = { microcode: field('microcode'), mitigations: mitigations(machine) }
  if (own.has('CPU implementer')) {
    const [variant, revision] = [field('CPU variant'), field('CPU revision')]
    return {
      ...{ vendor: field('CPU implementer'), family: field('CPU architecture'), model: field('CPU part') },
      stepping: variant === null || revision === null ? null : `r${Number(variant)}p${revision}`,
      ...common,
    }
  }
  return {
    ...{ vendor: field('vendor_id'), family: field('cpu family'), model: field('model'), stepping: field('stepping') },
    ...common,
  }
}

/** `AuthenticAMD family 25 model 17 stepping 1`; null where no part of it is known. */
export function processorType(processor: Processor | null): string | null {
  if (processor === null) return null
  const { vendor, family, model, stepping } = processor
  const parts = [
    ['', vendor],
    ['family ', family],
    ['model ', model],
    ['stepping ', stepping],
  ] as const
  const known = parts.flatMap(([name, value]) => (value === null ? [] : [`${name}${value}`]))
  return known.length === 0 ? null : known.join(' ')
}

/** What the kernel does about a vulnerability; `processor` must know its mitigations. */
export function mitigationOf({ mitigations }: Processor, vulnerability: string): string {
  return mitigations?.[vulnerability] ?? NOT_AFFECTED
}

function fieldsOf(section: string): Map<string, string> {
  return new Map([...section.matchAll(/^([^:\n]*?)\s*:[ \t]*(.*)$/gm)].map(([, name, value]) => [name!, value!.trim()]))
}

function mitigations({ listFolder, readFile }: Machine): Record<string, string> | null {
  const known = listFolder(VULNERABILITIES).flatMap((name): [string, string][] => {
    const text = readFile(`${VULNERABILITIES}/${name}`)?.trim()
    return text === undefined ? [] : [[name, text]]
  })
  return known.length === 0 ? null : Object.fromEntries(known.filter(([, text]) => text !== NOT_AFFECTED))
}
