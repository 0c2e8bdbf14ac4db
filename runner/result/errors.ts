/**
 * A mistake in how the suite was called: shown as one sentence and a hint, never with a stack trace.
 * The command ends with exit status 2 before anything is measured.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError'
  readonly code: string
  readonly hint: string | undefined
  readonly exitStatus: number = 2

  /** @param hint what the user can do next, as one sentence */
  constructor(code: string, message: string, { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause })
    this.code = code
    this.hint = hint
  }
}

/** Something outside the user's control went wrong (a process died, a disk is full): exit status 1. */
export class RunError extends UserError {
  override readonly name: string = 'RunError'
  override readonly exitStatus: number = 1
}
