import { spawnSync } from 'node:child_process'
import type { Address } from '../../apps/ask.ts'
import { canReadProcessTree } from '../machine/process-tree.ts'
import type { NginxAlone, NginxPlan, ProxyPlan } from './deployment.ts'
import type { Program } from './running-program.ts'
import type { Protocol } from './server-manifest.ts'

/** An nginx that can be started. */
export interface InstalledNginx {
  /** Program, found in PATH or absolute. */
  readonly path: string
  /** As it says itself: `1.22.1`. */
  readonly version: string
}

/** Programs for the administrator are in no usual user's PATH on Debian. */
const PLACES = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx']

/** Looks for nginx; null: there is none. */
export function findNginx(places: readonly string[] = PLACES): InstalledNginx | null {
  for (const place of places) {
    const { stderr, status } = spawnSync(place, ['-v'], { encoding: 'utf8' })
    const version = status === 0 ? /nginx version: \S+?\/(\S+)/.exec(stderr)?.[1] : undefined
    if (version !== undefined) return { path: place, version }
  }
  return null
}

/** What has to be done before a study with nginx can be run, as a sentence; null: nothing. */
export function missingNginx(nginx: InstalledNginx | null = findNginx()): string | null {
  if (nginx === null) return 'nginx is not installed; on Debian: apt-get install nginx'
  return canReadProcessTree() ? null : 'the CPU time of nginx can only be read on Linux'
}

/** What one nginx does: it passes everything on to an app, or answers by itself. */
export interface NginxSite extends Pick<NginxPlan, 'path' | 'connections'> {
  readonly serves: Passing | Pick<NginxAlone, 'locations' | 'files'>
}

interface Passing extends Pick<ProxyPlan, 'keepAlive'> {
  readonly apps: readonly Address[]
  /** Absent: HTTP. */
  readonly speaks?: Protocol
}

/** An nginx of our own: in front of an app, or in its place. */
export function nginxProgram(site: NginxSite, transport: Address['transport'] = 'tcp'): Program {
  const files = 'locations' in site.serves ? (site.serves.files ?? []) : []
  return {
    name: 'nginx',
    transport,
    workers: 0,
    hint: 'the last lines are what nginx says of it',
    argv: ({ folder }) => [site.path, '-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`],
    // nginx makes its own folders in `temporary`.
    files: ({ listen }) => new Map([...files, ['temporary/.keep', ''], ['nginx.conf', nginxConfiguration(site, listen)]]),
  }
}

/** Of the clients' connections, the app's, and some that are just being closed. */
const SOCKETS_PER_CONNECTION = 4
const SPARE_SOCKETS = 64
const BACKLOG = 4096
/** By default nginx closes a connection after 1000 requests, and an idle one after 75 s (client) or 60 s (app). */
const ENDLESS = 'keepalive_requests 1000000000; keepalive_timeout 1h;'

/**
 * A whole configuration: one process, nothing written but errors, everything else as Debian's nginx.conf has it. Relative paths start in
 * the folder that nginx is told with `-p`.
 */
export function nginxConfiguration({ connections, serves }: Omit<NginxSite, 'path'>, listen: Address): string {
  return `daemon off;
# The same event loop as a worker's, without a second process beside it.
master_process off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections ${SOCKETS_PER_CONNECTION * connections + SPARE_SOCKETS}; }
http {
  access_log off;
  ${TEMPORARY.map((what) => `${what}_temp_path temporary/${what};`).join('\n  ')}
  types { text/plain txt; }
  charset utf-8;
  charset_types text/plain;
  sendfile on;
  tcp_nopush on;
  ${ENDLESS}
${'apps' in serves ? passingOn(serves, connections, listen) : server(listen, serves.locations)}
}
`
}

/** Folders that nginx makes when it starts, used or not. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function passingOn({ apps, keepAlive, speaks = 'http' }: Passing, connections: number, listen: Address): string {
  const kept = keepAlive ? ` keepalive ${connections}; ${ENDLESS}` : ''
  const passing = speaks === 'http' ? passingHttp(keepAlive) : passingScript(speaks, keepAlive)
  const servers = apps.map((app) => `server ${place(app)};`).join(' ')
  return `  upstream app { ${servers}${kept} }\n${server(listen, `location / {\n${passing}\n}`)}`
}

/** As Debian's fastcgi_params and uwsgi_params have them; the whole path is PATH_INFO, and there is no script. */
const SCRIPT_PARAMETERS = {
  QUERY_STRING: '$query_string',
  REQUEST_METHOD: '$request_method',
  CONTENT_TYPE: '$content_type',
  CONTENT_LENGTH: '$content_length',
  REQUEST_URI: '$request_uri',
  PATH_INFO: '$document_uri',
  DOCUMENT_ROOT: '$document_root',
  SERVER_PROTOCOL: '$server_protocol',
  REQUEST_SCHEME: '$scheme',
  REMOTE_ADDR: '$remote_addr',
  REMOTE_PORT: '$remote_port',
  SERVER_PORT: '$server_port',
  SERVER_NAME: '$server_name',
}

function passingScript(speaks: 'fastcgi' | 'uwsgi', keepAlive: boolean): string {
  const parameters = { ...SCRIPT_PARAMETERS, ...(speaks === 'fastcgi' && { SCRIPT_NAME: '""' }) }
  return [
    `${speaks}_pass app;`,
    ...(keepAlive && speaks === 'fastcgi' ? ['fastcgi_keep_conn on;'] : []),
    `${speaks}_max_temp_file_size 0;`,
    ...Object.entries(parameters).map(([name, value]) => `${speaks}_param ${name} ${value};`),
  ]
    .map((line) => `  ${line}`)
    .join('\n')
}

function passingHttp(keepAlive: boolean): string {
  const version = keepAlive
    ? 'proxy_http_version 1.1; proxy_set_header Connection "";'
    : 'proxy_http_version 1.0; proxy_set_header Connection close;'
  return `  proxy_pass http://app;
  ${version}
  proxy_set_header Host $host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_max_temp_file_size 0;`
}

function server(listen: Address, locations: string): string {
  return `  server {
    listen ${place(listen)} backlog=${BACKLOG};
${locations.trimEnd().replace(/^/gm, '    ')}
  }`
}

function place(address: Address): string {
  const text = address.transport === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
