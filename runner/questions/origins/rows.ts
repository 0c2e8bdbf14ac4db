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
import { builtGo, originServers } from './servers.ts'

/** One way of serving: a row of a table. */
export interface OriginRow {
  /** In files and tables; unique in the table. */
  readonly key: string
  /** Of `originServers`, an app of the suite, `bun`, `deno`, or `nginx`, which answers by itself. */
  readonly server: string
  /** What stands in front; absent: nothing. */
  readonly front?: FrontKind
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
const DEBIAN_NAMES: Readonly<Record<FrontKind, string>> = { nginx: 'nginx', lighttpd: 'lighttpd', haproxy: 'haproxy' }

/** What can be measured of the rows, in their order; what is missing is said with the command that brings it. */
export async function findRows(
  rows: readonly OriginRow[],
  { connections }: Pick<CompareOptions, 'connections'>,
  remark: (sentence: string) => void,
): Promise<FoundRow[]> {
  const missing = missingOf(rows)
  if (missing.rows.length === rows.length)
    throw new UserError('program-missing', 'nothing of this table is installed', { hint: missing.command })
  const lacking = lackingIn(rows)
  if (lacking !== null) remark(`left out: ${lacking}`)
  const found: FoundRow[] = []
  for (const row of rows.filter((one) => !missing.rows.includes(one))) found.push(await foundRow(row, connections))
  return found
}

/** The same as a sentence; null: all can be had. */
export function lackingIn(all: readonly OriginRow[]): string | null {
  const { rows, command } = missingOf(all)
  return rows.length === 0 ? null : `${listInWords(rows.map(({ key }) => key))}. ${command}`
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
  const lacking = fronts.filter((kind) => installed(kind) === null).map((kind) => DEBIAN_NAMES[kind])
  return [...lacking, ...(known === undefined || isThere(known) ? [] : known.needs)]
}

const answers = new Map<string, boolean>()

/** Whether its program is found, and says what it is. */
function isThere(server: OriginServer): boolean {
  const known = answers.get(server.id)
  if (known !== undefined) return known
  const { command, describe, folder, env } = server.program('tcp', 1)
  const isGo = server.needs.includes('golang-go')
  const needed = isGo ? 'go' : command[0]!
  const described = () =>
    describe === undefined ||
    spawnSync(describe[0]!, describe.slice(1), { cwd: folder, env: { ...process.env, ...env } }).status === 0
  const there = isFound(needed) && (isGo || described())
  answers.set(server.id, there)
  return there
}

/** Programs for the administrator are in no usual user's PATH on Debian. */
function isFound(program: string): boolean {
  if (isAbsolute(program)) return existsSync(program)
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}

function installed(kind: FrontKind): { readonly path: string; readonly version: string } | null {
  return kind === 'nginx' ? findNginx() : findFront(kind)
}

async function foundRow(row: OriginRow, connections: number): Promise<FoundRow> {
  const { key, server, front, transport = 'tcp' } = row
  const known = originServers.get(server)
  const app = server === NGINX ? NGINX_ALONE : await appOf(row, connections)
  const nginxAlone = server === NGINX ? aloneOf(connections) : {}
  const parts = { partsOver: { direct: null, alone: null } }
  // Whether the server keeps connections is the front's affair then.
  const proxied = front === undefined ? {} : { proxy: proxyOf(front, connections, app), load: {}, ...parts }
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
  const { path, version } = findNginx()!
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
    const built = known.needs.includes('golang-go') ? await builtGo() : program.folder
    return { id: server, given: server, insideProject: true, modulePath: built, program: { ...program, folder: built } }
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
