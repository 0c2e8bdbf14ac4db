import { servedFiles } from './python-servers.ts'
import { NGINX, type OriginRow } from './rows.ts'

/** "Maximum Throughput", PyCon Ireland 2013: nginx, unix socket, one worker, 64 clients; requests per second. */
export const TALK_YEAR = 2013

const behindNginx = (server: string, published?: number): OriginRow => ({
  ...{ key: server, server, front: 'nginx', transport: 'unix' },
  ...(published !== undefined && { published }),
})

/** nginx, the way it speaks with a bare application, and what else can stand there. The first row but nginx is the reference. */
export const protocolRows: readonly OriginRow[] = [
  { key: 'wsgi-uwsgi-unix', server: 'wsgi', front: 'nginx', transport: 'unix', published: 1495 },
  { key: 'wsgi-uwsgi-tcp', server: 'wsgi', front: 'nginx', transport: 'tcp', published: 1319 },
  { key: 'wsgi-http-unix', server: 'wsgi-http', front: 'nginx', transport: 'unix' },
  { key: 'wsgi-http-tcp', server: 'wsgi-http', front: 'nginx', transport: 'tcp', published: 1247 },
  { key: 'wsgi-fastcgi-unix', server: 'wsgi-fastcgi', front: 'nginx', transport: 'unix' },
  { key: 'wsgi-fastcgi-tcp', server: 'wsgi-fastcgi', front: 'nginx', transport: 'tcp', published: 1177 },
  { key: 'go-http-unix', server: 'go', front: 'nginx', transport: 'unix' },
  { key: 'go-fastcgi-unix', server: 'go-fastcgi', front: 'nginx', transport: 'unix' },
  { key: 'wsgi-lighttpd', server: 'wsgi', front: 'lighttpd', transport: 'unix' },
  { key: 'go-haproxy', server: 'go', front: 'haproxy', transport: 'unix' },
  { key: NGINX, server: NGINX, published: 3780 },
]

/** The table of the talk in its order, then what has come since. */
export const frameworkRows: readonly OriginRow[] = [
  ...[behindNginx('wsgi', 1495), behindNginx('bottle', 1338), behindNginx('go', 1305), behindNginx('django-bare', 816)],
  // node:http itself is there as well.
  { ...behindNginx('node-http', 721), key: 'node-http-nginx' },
  ...[behindNginx('flask', 708), behindNginx('tornado', 645), behindNginx('twisted', 530)],
  ...[behindNginx('cherrypy', 417), behindNginx('django', 321)],
  ...['aiohttp', 'uvicorn', 'starlette', 'fastapi', 'gunicorn-sync', 'gunicorn-gthread', 'cherrypy-alone', 'twisted-pypy'].map(
    (server) => behindNginx(server),
  ),
  ...['express', 'fastify', 'hono', 'koa', 'bun', 'deno'].map((server) => behindNginx(server)),
]

/** Django* and its own work: 816, 689, 223, 71 requests per second then. */
export const ownWorkRows: readonly OriginRow[] = [behindNginx('wsgi'), behindNginx('django-bare')]
export const ownWorkPublished: Readonly<Record<string, number>> = { hello: 816, template: 689, table: 223, lookup: 71 }

/** "A question on slow keep-alive", 2009. The kept one is made to stall. */
export const keepAliveRows: readonly OriginRow[] = [
  { key: 'paste-kept', server: 'paste', deployment: { provokes: ['stall'], load: { saturates: false } } },
  { key: 'paste-kept-nodelay', server: 'paste-nodelay' },
  { key: 'paste-closed', server: 'paste-closed', deployment: { load: { keepAlive: false, saturates: false } } },
  { key: 'paste-closed-nodelay', server: 'paste-closed-nodelay', deployment: { load: { keepAlive: false, saturates: false } } },
]

const locationOf = (bytes: number) => `location = /fixed-${bytes} {
  default_type 'text/plain; charset=utf-8';
  return 200 '${'x'.repeat(bytes)}';
}
location = /file-${bytes} {
  default_type 'text/plain; charset=utf-8';
  root files;
}`

/** "Scaling Twisted Web", 2013: one listening socket, shared by workers; against nginx. */
export const sharedSocketRows: readonly OriginRow[] = [
  ...['twisted', 'twisted-workers', 'twisted-pypy', 'twisted-pypy-workers'].map((server) => ({ key: server, server })),
  {
    ...{ key: NGINX, server: NGINX },
    nginx: { locations: [40, 10_000].map(locationOf).join('\n'), files: new Map(servedFiles) },
  },
]
/** Requests per second then, on four cores. */
export const sharedSocketPublished: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  twisted: { 'fixed-40': 62_414, 'fixed-10000': 50_692, 'file-40': 21_801, 'file-10000': 17_329 },
  nginx: { 'file-40': 86_385, 'file-10000': 82_263 },
}

/** "Python Web Performance", 2009: threads, forked processes, daemons behind a web server, async. */
export const modelRows: readonly OriginRow[] = [
  ...[behindNginx('wsgi'), behindNginx('wsgi-processes'), behindNginx('gunicorn-sync'), behindNginx('gunicorn-gthread')],
  { key: 'apache-embedded', server: 'apache-embedded' },
  { key: 'apache-daemon', server: 'apache-daemon' },
  ...[behindNginx('uvicorn'), behindNginx('tornado')],
]

/** A thread on load balancing, 2005: each behind a balancer, alone and as two. */
export const balancingRows: readonly OriginRow[] = ['tornado', 'node-http'].flatMap((server) =>
  (['haproxy', 'nginx'] as const).flatMap((front): OriginRow[] => [
    { key: `${server}-${front}`, server, front },
    { key: `${server}-${front}-two`, server, front, backs: 2 },
  ]),
)
