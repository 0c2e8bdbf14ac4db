import type { AppFailure } from './create-server.ts'

/** What a server says of itself, before it is measured. */
export interface Description {
  readonly title: string
  /** npm package whose version counts; null: none. */
  readonly package: string | null
  /** Installed version of `package`; null without a package, or if it cannot be found. */
  readonly version: string | null
  /** What has to be equal for all apps, by name; see `environmentFacts`. */
  readonly facts: Readonly<Record<string, string>>
}

/** What `describe.ts` writes: a description, or why the app cannot be served. */
export type Described =
  | Description
  | { readonly failed: { readonly code: AppFailure; readonly message: string; readonly hint: string | null } }
