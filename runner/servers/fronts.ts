import { spawnSync } from 'node:child_process'
import type { Address } from '../../apps/ask.ts'
import type { FrontKind, ProxyPlan } from './deployment.ts'
import { nginxProgram } from './nginx.ts'
import type { Program } from './running-program.ts'
import type { Protocol } from './server-manifest.ts'

/** What a front passes requests on to. */
export interface Back {
  /** More than one: in turn. */
  readonly apps: readonly Address[]
  readonly speaks: Protocol
}

const BACKLOG = 4096
/** Of the clients' connections, the app's, and some that are just being closed. */
const mostSockets = ({ connections }: ProxyPlan) => 4 * connections + 64

/** A front of its own for one server: one process with one thread, nothing logged but errors. */
export function frontProgram(plan: ProxyPlan, back: Back): Program {
  const { kind = 'nginx', name, path } = plan
  if (kind === 'nginx') return nginxProgram({ ...plan, serves: { ...back, keepAlive: plan.keepAlive } })
  const common = { name, transport: 'tcp' as const, workers: 0, hint: `the last lines are what ${name} says of it` }
  if (kind === 'lighttpd') {
    return {
      ...common,
      argv: ({ folder }) => [path, '-D', '-f', `${folder}/lighttpd.conf`],
      files: ({ listen, folder }) =>
        new Map([
          ['uploads/.keep', ''],
          ['lighttpd.conf', lighttpdConfiguration(plan, back, listen, folder)],
        ]),
    }
  }
  return {
    ...common,
    argv: ({ folder }) => [path, '-db', '-f', `${folder}/haproxy.cfg`],
    files: ({ listen }) => new Map([['haproxy.cfg', haproxyConfiguration(plan, back, listen)]]),
  }
}

function lighttpdConfiguration(plan: ProxyPlan, { apps, speaks }: Back, listen: Address, folder: string): string {
  const place = (at: Address) =>
    at.transport === 'unix' ? `"socket" => "${at.path}"` : `"host" => "${at.host}", "port" => ${at.port}`
  const places = (more = '') => `( ${apps.map((app) => `( ${place(app)}${more} )`).join(', ')} )`
  const asScript = places(', "check-local" => "disable", "fix-root-scriptname" => "enable"')
  const passing = {
    http: `server.modules = ( "mod_proxy" )\nproxy.balance = "round-robin"\nproxy.server = ( "" => ${places()} )`,
    fastcgi: `server.modules = ( "mod_fastcgi" )\nfastcgi.balance = "round-robin"\nfastcgi.server = ( "/" => ${asScript} )`,
    uwsgi: `server.modules = ( "mod_scgi" )\nscgi.protocol = "uwsgi"\nscgi.balance = "round-robin"\nscgi.server = ( "/" => ${asScript} )`,
  }[speaks]
  return `${passing}
server.document-root = "${folder}"
server.upload-dirs = ( "${folder}/uploads" )
${listen.transport === 'unix' ? `server.bind = "${listen.path}"` : `server.bind = "${listen.host}"\nserver.port = ${listen.port}`}
server.listen-backlog = ${BACKLOG}
server.max-connections = ${mostSockets(plan)}
# The most that it takes.
server.max-keep-alive-requests = 65535
server.max-keep-alive-idle = 300
`
}

function haproxyConfiguration(plan: ProxyPlan, { apps, speaks }: Back, listen: Address): string {
  const place = (at: Address) => (at.transport === 'unix' ? `unix@${at.path}` : `${at.host}:${at.port}`)
  const isFastcgi = speaks === 'fastcgi'
  const more = `${isFastcgi ? ' proto fcgi' : ''} pool-max-conn ${plan.keepAlive ? plan.connections : 0}`
  return `global
  maxconn ${mostSockets(plan)}
  nbthread 1
defaults
  mode http
  timeout client 1h
  timeout server 1h
  timeout connect 10s
  timeout http-keep-alive 1h
  http-reuse ${plan.keepAlive ? 'always' : 'never'}
  option forwardfor
${plan.keepAlive ? '' : '  option http-server-close\n'}frontend front
  bind ${place(listen)} backlog ${BACKLOG}
  http-request set-header X-Real-IP %[src]
  default_backend app
backend app
  balance roundrobin
${isFastcgi ? '  use-fcgi-app app\n' : ''}${apps.map((app, index) => `  server app${index} ${place(app)}${more}`).join('\n')}
${isFastcgi ? FASTCGI_APP : ''}`
}

/** It takes the whole path for the name of a script, and sends no PATH_INFO, unless told otherwise. */
const FASTCGI_APP = `fcgi-app app
  docroot /
  option keep-conn
  path-info ^(/dev/null)?(/.*)$
  set-param SCRIPT_NAME %[str()]
  set-param PATH_INFO %[path]
`

interface Installed {
  readonly path: string
  readonly version: string
}

const versions: Readonly<Record<Exclude<FrontKind, 'nginx'>, RegExp>> = {
  lighttpd: /lighttpd\/(\S+)/,
  haproxy: /HAProxy version (\d[\d.]*)/,
}

/** Looks for a front beside nginx; null: there is none. Programs for the administrator are in no usual user's PATH on Debian. */
export function findFront(kind: Exclude<FrontKind, 'nginx'>): Installed | null {
  for (const path of [kind, `/usr/sbin/${kind}`]) {
    const { stdout, status } = spawnSync(path, ['-v'], { encoding: 'utf8' })
    const version = status === 0 ? versions[kind].exec(stdout)?.[1] : undefined
    if (version !== undefined) return { path, version }
  }
  return null
}
