import { NOT_AFFECTED, type Processor } from '../result/processor.ts'
import type { Machine } from './machine-reader.ts'

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities'

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
