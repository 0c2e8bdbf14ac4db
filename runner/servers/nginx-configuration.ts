import type { Address } from '../../apps/address.ts'

/** What one nginx does. */
export interface NginxSite {
  /** Connections that the load generator keeps open. */
  readonly connections: number
  readonly serves: NginxApp | NginxLocations
}

/** Passes everything on to an app. */
export interface NginxApp {
  readonly app: Address
  /** Connections to the app are kept open; false: a new one for every request. */
  readonly keepAlive: boolean
}

/** Answers by itself. */
export interface NginxLocations {
  /** `location` blocks in the words of nginx; relative paths start in the private folder. */
  readonly locations: string
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
export function nginxConfiguration({ connections, serves }: NginxSite, listen: Address): string {
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
${'app' in serves ? passingOn(serves, connections, listen) : server(listen, serves.locations)}
}
`
}

/** Folders that nginx makes when it starts, used or not. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function passingOn({ app, keepAlive }: NginxApp, connections: number, listen: Address): string {
  const kept = `keepalive ${connections}; ${ENDLESS}`
  const upstream = `  upstream app { server ${place(app)};${keepAlive ? ` ${kept}` : ''} }`
  return `${upstream}
${server(
  listen,
  `location / {
  proxy_pass http://app;
  ${keepAlive ? 'proxy_http_version 1.1; proxy_set_header Connection "";' : 'proxy_http_version 1.0; proxy_set_header Connection close;'}
  proxy_set_header Host $host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_max_temp_file_size 0;
}`,
)}`
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
