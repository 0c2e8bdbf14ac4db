/** Why an app cannot be served. */
export type AppFailure =
  | 'module-not-found'
  | 'import-failed'
  | 'no-default-export'
  | 'listens-itself'
  | 'not-an-app'
  | 'create-failed'
  | 'not-a-server'
  | 'already-listening'

/** An app that cannot be served; the message is one sentence, `cause` the error underneath, if any. */
export class AppError extends Error {
  override readonly name: string = 'AppError'
  readonly code: AppFailure
  /** What to do next, one sentence. */
  readonly hint: string | undefined

  constructor(code: AppFailure, message: string, details: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.hint = details.hint
  }
}

/** What an error says, in one line: messages of require() go on with a list of files. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1)[0] ?? ''
}
