/** What a command ends with; a mistake in the call or trouble of the machine brings its own (`errors.ts`). */
export const EXIT = { valid: 0, notValid: 1, usage: 2, interrupted: 130 } as const
