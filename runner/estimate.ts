import { z } from 'zod'

/** A number with its interval. `low` and `high` are null when there are too few rounds to say. */
export const Estimate = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Two-sided confidence level of the interval, 0.95 for 95 %. */
  level: z.number(),
})
export type Estimate = z.infer<typeof Estimate>
