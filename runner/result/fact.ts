import { z } from 'zod'

/** `unknown`: the machine does not say, or it does not matter enough to be called poor. */
export const Grade = z.enum(['good', 'poor', 'unknown'])
export type Grade = z.infer<typeof Grade>

/** In the order in which reports show them. */
export const FactGroup = z.enum(['machine', 'CPU', 'kernel', 'network', 'limits', 'software'])
export type FactGroup = z.infer<typeof FactGroup>

/** One thing about the machine that matters for measuring, or was found not to. */
export const Fact = z.object({
  id: z.string(),
  group: FactGroup,
  title: z.string(),
  value: z.string(),
  grade: Grade,
  /** Why it matters for this measurement, one sentence. */
  why: z.string(),
  /** The command that would change it, for a person to run; null when there is none or no need. */
  change: z.string().nullable(),
})
export type Fact = z.infer<typeof Fact>

/** How fast fixed work in plain JavaScript runs here, by CPU time: 100 on the machine the reference was taken from, 200 is twice as fast. */
export const SpeedScore = z.object({
  /** Scores of different versions of the work are not comparable. */
  version: z.int(),
  /** By the median process. */
  score: z.number(),
  /** Slowest and fastest process. */
  low: z.number(),
  high: z.number(),
  /** Fresh processes that did the work. */
  processes: z.int(),
  /** CPU time of the median process, milliseconds. */
  cpuMilliseconds: z.number(),
})
export type SpeedScore = z.infer<typeof SpeedScore>

/** What `npm run doctor` finds; printed by `--json`. */
export const Examination = z.object({
  format: z.literal(1),
  takenAt: z.iso.datetime(),
  seconds: z.number(),
  suiteVersion: z.string(),
  node: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  /** True when a run can have full trust: a CPU for the servers and another for the load generator. Poor points are allowed. */
  fit: z.boolean(),
  /** Why it is not fit; null when it is. */
  notFitBecause: z.string().nullable(),
  facts: z.array(Fact),
  speedScore: SpeedScore,
})
export type Examination = z.infer<typeof Examination>

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
