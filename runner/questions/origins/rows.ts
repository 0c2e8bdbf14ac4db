import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { CompareOptions } from '../../measure/options.ts'
import { UserError } from '../../result/errors.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { DeploymentPlan, FrontKind, NginxAlone, ProxyPlan } from '../../servers/deployment.ts'
import { type ResolvedApp, resolveApp } from '../../servers/find-app.ts'
import { findFront } from '../../servers/fronts.ts'
import { findNginx } from '../../servers/nginx.ts'
import { installRuntime } from '../../servers/runtimes.ts'
import { readManifest } from '../../servers/server-manifest.ts'
import { type Variant, variantOf } from '../studies/study.ts'
import type { OriginServer, Transport } from './origin-server.ts'
import { originServers } from './servers.ts'

/** One way of serving: a row of a table. */
export interface OriginRow {
  /** In files and tables; unique in the table. */
  readonly key: string
  /** Of `originServers`, an app of the suite, `bun`, `deno`, or `nginx`, which answers by itself. */
  readonly server: string
  /** What stands in front; absent: nothing. */
  readonly front?: FrontKind
  /** Servers that the front shares requests out to; absent: one. */
  readonly backs?: number
  /** Between the server and whoever asks it; absent: tcp. */
  readonly transport?: Transport
  /** Requests per second as one of the texts has published them; absent: none. */
  readonly published?: number
  readonly deployment?: Partial<DeploymentPlan>
  /** What nginx answers by itself, where that is not hello. */
  readonly nginx?: Pick<NginxAlone, 'locations' | 'files'>
}

/** A row that can be measured here. */
export type FoundRow = OriginRow & Variant

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples')
const RUNTIMES = ['bun', 'deno']
export const NGINX = 'nginx'
const NGINX_ALONE: ResolvedApp = {
  ...{ id: NGINX, given: NGINX, insideProject: true },
  modulePath: join(import.meta.dirname, '..', '..', '..', 'apps', 'nginx', 'hello.conf'),
}

/** What can be measured of the rows, in their order; what is missing is said with the command that brings it. */
export async function findRows(
  rows: readonly OriginRow[],
  { connections }: Pick<CompareOptions, 'connections'>,
  remark: (sentence: string) => void,
): Promise<FoundRow[]> {
  const missing = missingOf(rows)
  if (missing.rows.length === rows.length)
    throw new UserError('program-missing', 'nothing of this table is installed', { hint: missing.command })
  if (missing.rows.length > 0) remark(`left out: ${inWords(missing)}`)
  const found: FoundRow[] = []
  for (const row of rows.filter((one) => !missing.rows.includes(one))) found.push(await foundRow(row, connections))
  return found
}

/** What cannot be had here, as a sentence; null: nothing. */
export function lackingIn(rows: readonly OriginRow[]): string | null {
  const missing = missingOf(rows)
  return missing.rows.length === 0 ? null : inWords(missing)
}

function inWords({ rows, command }: ReturnType<typeof missingOf>): string {
  return `${listInWords(rows.map(({ key }) => key))}. ${command}`
}

/** Rows that cannot be had here, and the one command that brings what they need. */
export function missingOf(rows: readonly OriginRow[]): { readonly rows: readonly OriginRow[]; readonly command: string } {
  const needs = rows.map((row) => ({ row, packages: neededBy(row) }))
  const lacking = needs.filter(({ packages }) => packages.length > 0)
  const packages = [...new Set(lacking.flatMap((one) => one.packages))].sort()
  return {
    rows: lacking.map(({ row }) => row),
    command: `On Debian: apt-get install --no-install-recommends ${packages.join(' ')}`,
  }
}

function neededBy({ server, front }: OriginRow): string[] {
  const known = originServers.get(server)
  const fronts: FrontKind[] = [...(front === undefined ? [] : [front]), ...(server === NGINX ? (['nginx'] as const) : [])]
  // Debian calls the packages as the programs.
  const lacking = fronts.filter((kind) => installed(kind) === null)
  return [...lacking, ...(known === undefined || isThere(known) ? [] : known.needs)]
}

/** Whether its program is found, and says what it is; each is asked once. */
const isThere = onceEach(({ program, built }: OriginServer): boolean => {
  if (built !== undefined) return isFound(built.by)
  const { command, describe, folder, env } = program('tcp', 1)
  if (!isFound(command[0]!)) return false
  if (describe === undefined) return true
  return spawnSync(describe[0]!, describe.slice(1), { cwd: folder, env: { ...process.env, ...env } }).status === 0
})

/** Programs are started to say their versions: rows share servers and fronts. */
function onceEach<Key, Value>(of: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    if (!known.has(key)) known.set(key, of(key))
    return known.get(key)!
  }
}

/** Programs for the administrator are in no usual user's PATH on Debian. */
function isFound(program: string): boolean {
  if (isAbsolute(program)) return existsSync(program)
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}

const installed = onceEach((kind: FrontKind) => (kind === 'nginx' ? findNginx() : findFront(kind)))

async function foundRow(row: OriginRow, connections: number): Promise<FoundRow> {
  const { key, server, front, backs, transport = 'tcp' } = row
  const known = originServers.get(server)
  const app = server === NGINX ? NGINX_ALONE : await appOf(row, connections)
  const nginxAlone = server === NGINX ? aloneOf(connections) : {}
  const parts = { partsOver: { direct: null, alone: null } }
  // Whether the server keeps connections is the front's affair then.
  const proxied =
    front === undefined
      ? {}
      : { proxy: { ...proxyOf(front, connections, app), ...(backs !== undefined && { backs }) }, load: {}, ...parts }
  const deployment: Partial<DeploymentPlan> = {
    transport,
    ...(known?.warmUpMilliseconds !== undefined && { warmUpMilliseconds: known.warmUpMilliseconds }),
    ...nginxAlone,
    ...(row.nginx && { program: { ...nginxAlone.program, ...row.nginx } as DeploymentPlan['program'] }),
    ...proxied,
    ...row.deployment,
  }
  return { ...row, ...variantOf({ ...app, id: key }), deployment }
}

/** nginx in place of a server; it may well be faster than the load generator. */
function aloneOf(connections: number): Partial<DeploymentPlan> {
  const { path, version } = installed(NGINX)!
  const name = `nginx ${version}`
  const locations = readFileSync(NGINX_ALONE.modulePath, 'utf8')
  return { runtime: name, program: { name, path, connections, locations }, load: { saturates: false } }
}

/** uWSGI closes the connection after every answer, so there is nothing to keep. */
function proxyOf(kind: FrontKind, connections: number, { program }: ResolvedApp): ProxyPlan {
  const { path, version } = installed(kind)!
  return { kind, name: `${kind} ${version}`, path, connections, keepAlive: program?.connections !== 'closed' }
}

async function appOf({ server, transport = 'tcp' }: OriginRow, connections: number): Promise<ResolvedApp> {
  const known = originServers.get(server)
  if (known !== undefined) {
    const program = known.program(transport, connections)
    const folder = (await known.built?.folder()) ?? program.folder
    return { id: server, given: server, insideProject: true, modulePath: folder, program: { ...program, folder } }
  }
  if (RUNTIMES.includes(server)) {
    const { argv } = await installRuntime(server)
    const path = join(EXAMPLES, server, 'server.json')
    const manifest = readManifest(path)
    const run = (words: readonly string[]) => [argv[0]!, ...words.slice(1)]
    const program = { ...manifest, command: run(manifest.command), describe: run(manifest.describe!) }
    return { id: server, given: server, insideProject: true, modulePath: path, program }
  }
  return resolveApp(server, import.meta.dirname)
}
