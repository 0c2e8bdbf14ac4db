import type { HeldAnswers } from '../load/driver.ts'

export const NOTHING_HELD: HeldAnswers = { ns: 0, hastened: 0, released: 0 }

/** Of several slices or rounds; those of which nothing is known held nothing. */
export function sumOfHeld(parts: readonly (HeldAnswers | undefined)[]): HeldAnswers {
  return parts.reduce<HeldAnswers>(
    (sum, part = NOTHING_HELD) => ({
      ns: sum.ns + part.ns,
      hastened: sum.hastened + part.hastened,
      released: sum.released + part.released,
    }),
    NOTHING_HELD,
  )
}
