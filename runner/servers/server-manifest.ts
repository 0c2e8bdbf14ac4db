import { dirname } from 'node:path'
import { z } from 'zod'
import type { Address } from '../../apps/ask.ts'
import { Title, Variables } from '../result/asked-app.ts'
import { readJsonFile } from '../result/json-file.ts'
import type { Files } from './keeper.ts'

/** In a folder that is named in `--apps`: a server in any language. */
export const MANIFEST_NAME = 'server.json'

const MOST_WORDS = 100
const LONGEST_GRACE_MILLISECONDS = 10_000

const words = z.array(z.string().min(1)).min(1).max(MOST_WORDS)

/** How a server is started, which may be a program in any language; written by whoever wants to measure it. */
export const ServerManifest = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  /** As people write it: "Flask on uWSGI". */
  title: Title,
  /**
   * What is executed, without a shell, in the foreground. `{host}`, `{port}`, `{socket}`, `{folder}` and `{workers}` are filled in; HOST, PORT, SOCKET and
   * WORKERS are in its environment as well.
   */
  command: words,
  /** Prints a JSON object with `version`, `package`, `runtime` (all of them texts, none of them needed), and ends. */
  describe: words.optional(),
  env: Variables.default({}),
  /** Where it is started, from the folder of this file on; absent: in that folder. */
  cwd: z.string().min(1).optional(),
  transports: z
    .array(z.enum(['tcp', 'unix']))
    .min(1)
    .default(['tcp']),
  /** `closed`: it closes every connection after its answer, and is measured so. */
  connections: z.enum(['kept', 'closed']).default('kept'),
  /** Which threads answer: what they wait for their CPU is what the server waits. `any-thread`: nobody knows. */
  answering: z.enum(['main-thread', 'main-threads-of-children', 'any-thread']).default('main-thread'),
  stop: z
    .strictObject({
      signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']).default('SIGTERM'),
      graceMilliseconds: z.int().min(0).max(LONGEST_GRACE_MILLISECONDS).default(500),
    })
    .prefault({}),
})
export type ServerManifest = z.output<typeof ServerManifest>

/** What is spoken with a server; what is not HTTP needs a front before it. */
export type Protocol = 'http' | 'fastcgi' | 'uwsgi'

/** Where a program is told to listen, and the private folder that is its own and goes with it. */
export interface Place {
  readonly listen: Address
  readonly folder: string
}

/** A manifest, and the folder that its relative paths start in; with what only servers of the suite itself have. */
export interface ManifestInFolder extends ServerManifest {
  readonly folder: string
  /** Absent: HTTP. */
  readonly speaks?: Protocol
  /** Processes of another user have to get into its private folder; absent: its own user alone does. */
  readonly isEnteredByOthers?: true
  /** Written into its private folder before it starts, such as its configuration; absent: none. */
  files?(place: Place): Files
}

/** @throws UserError `manifest-broken` with the line of the mistake and the name of the field */
export function readManifest(path: string): ManifestInFolder {
  const hint = 'docs/any-server.md has an example, and examples/server.schema.json tells editors what belongs there'
  return { ...readJsonFile(path, ServerManifest, { code: 'manifest-broken', hint }), folder: dirname(path) }
}
