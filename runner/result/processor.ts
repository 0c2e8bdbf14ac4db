import { z } from 'zod'

/** How the kernel says that a vulnerability is none here. */
export const NOT_AFFECTED = 'Not affected'

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
