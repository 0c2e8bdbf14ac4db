import type { Address } from './address.ts'

/** What the runner tells a launcher over Node's IPC channel. */
export type ToLauncher = { readonly type: 'close' } | { readonly type: 'cpu' }

/** The server listens at `address` and answers; sent once. */
export interface ReadyMessage {
  readonly type: 'ready'
  readonly address: Address
  readonly title: string
  readonly package: string | null
  /** Installed version of `package`; null without a package (then the version that counts is `node`) or if it cannot be found. */
  readonly version: string | null
  readonly pid: number
  /** Of the workers, where `pid` is a primary that serves nothing by itself. */
  readonly workerPids?: readonly number[]
  /** `process.version` of the server, with its `v`. */
  readonly node: string
  /** What has to be equal for all apps, by name; see `environmentFacts`. */
  readonly facts: Readonly<Record<string, string>>
}

/** Why a launcher gave up before it was ready. */
export type LaunchFailure =
  | 'bad-arguments'
  | 'module-not-found'
  | 'import-failed'
  | 'no-default-export'
  | 'not-an-app'
  | 'create-failed'
  | 'not-a-server'
  | 'already-listening'
  | 'listen-failed'
  | 'worker-ended'

/** The app cannot be served; the launcher exits with status 1 right after. */
export interface FailedMessage {
  readonly type: 'failed'
  readonly code: LaunchFailure
  /** One sentence. */
  readonly message: string
  /** What to do next, one sentence. */
  readonly hint?: string
  /** Stack of the error underneath, if there was one. */
  readonly stack?: string
}

/** A worker has ended that was not told to; the launcher goes too. */
export interface LostMessage {
  readonly type: 'lost'
  /** The end of a sentence: "lost worker 2 of 4, which was ended by SIGKILL". */
  readonly reason: string
}

/** CPU time the launcher's process has used since it started, with that of its workers; the answer to `cpu`. */
export interface CpuMessage {
  readonly type: 'cpu'
  readonly userMicroseconds: number
  readonly systemMicroseconds: number
}

/** What a launcher tells the runner. */
export type FromLauncher = ReadyMessage | FailedMessage | LostMessage | CpuMessage
