import type { Protocol } from '../../servers/server-manifest.ts'
import {
  alone,
  backlog,
  describedBy,
  FOLDER,
  INTERPRETED,
  type OriginServer,
  PLAIN,
  PYTHON,
  SPARE_THREADS,
  type Transport,
} from './origin-server.ts'

const PYPY = 'pypy3'
const DEBIAN_MODULES = '/usr/lib/python3/dist-packages'

/** An application of WSGI on uWSGI, which closes a connection after every answer. */
function onUwsgi(
  id: string,
  { module, title, needs = [], speaks = 'uwsgi', distribution = [], processes = 1, env = {} }: UwsgiOptions,
): OriginServer {
  const socket = { http: '--http-socket', fastcgi: '--fastcgi-socket', uwsgi: '--uwsgi-socket' }[speaks]
  return {
    ...{ id, title, needs: ['uwsgi-core', 'uwsgi-plugin-python3', 'python3-jinja2', ...needs], ...INTERPRETED },
    program: (transport) => ({
      ...PLAIN,
      title: `${title} on uWSGI`,
      describe: describedBy(...distribution),
      command: [
        ...['uwsgi', '--plugin', 'python3', socket, transport === 'unix' ? '{socket}' : '{host}:{port}'],
        ...[
          '--wsgi',
          `${module}:application`,
          '--need-app',
          '--listen',
          backlog(),
          '--disable-logging',
          '--die-on-term',
          '--vacuum',
        ],
        ...(processes > 1 ? ['--master', '--processes', String(processes)] : []),
      ],
      env: { ...PLAIN.env, ...env },
      connections: 'closed',
      answering: processes > 1 ? 'main-threads-of-children' : 'main-thread',
      speaks,
    }),
  }
}

interface UwsgiOptions {
  readonly module: string
  readonly title: string
  readonly needs?: readonly string[]
  readonly speaks?: Protocol
  readonly distribution?: readonly string[]
  readonly processes?: number
  readonly env?: Readonly<Record<string, string>>
}

const script = (name: string) => () => [PYTHON, `serve_${name}.py`]

function onUvicorn(id: string, title: string, needs: string, distribution: string): OriginServer {
  const command = (transport: Transport) => [
    'uvicorn',
    ...(transport === 'unix' ? ['--uds', '{socket}'] : ['--host', '{host}', '--port', '{port}']),
    ...['--loop', 'uvloop', '--http', 'httptools', '--backlog', backlog(), '--timeout-keep-alive', '300'],
    ...['--no-access-log', '--log-level', 'warning', `asgi_${id === 'uvicorn' ? 'skeleton' : id}:application`],
  ]
  return alone(
    id,
    title,
    `uvicorn python3-uvloop python3-httptools ${needs}`.trim(),
    [distribution, 'uvloop', 'httptools'],
    command,
  )
}

function onGunicorn(kind: 'sync' | 'gthread'): OriginServer {
  const command = (transport: Transport, connections: number) => [
    ...['gunicorn', '--bind', transport === 'unix' ? 'unix:{socket}' : '{host}:{port}', '--workers', '1', '--worker-class', kind],
    ...(kind === 'gthread' ? ['--threads', '1', '--worker-connections', String(connections + 16), '--keep-alive', '300'] : []),
    ...[
      '--backlog',
      backlog(),
      '--log-level',
      'warning',
      '--worker-tmp-dir',
      '/dev/shm',
      '--timeout',
      '0',
      'wsgi_skeleton:application',
    ],
  ]
  return alone(`gunicorn-${kind}`, `WSGI skeleton on gunicorn (${kind})`, 'gunicorn', ['gunicorn'], command, () => ({
    answering: kind === 'sync' ? 'main-threads-of-children' : 'any-thread',
    connections: kind === 'sync' ? 'closed' : 'kept',
  }))
}

function onPaste(id: string, title: string, changed: string): OriginServer {
  return alone(id, title, 'python3-paste', ['Paste'], script('paste'), (connections) => ({
    env: { PASTE: changed, THREADS: String(connections + SPARE_THREADS) },
    transports: ['tcp'],
    answering: 'any-thread',
    connections: changed.includes('closed') ? 'closed' : 'kept',
  }))
}

/** Of 40 and 10,000 bytes, as the second text has them. */
export const servedFiles: readonly (readonly [path: string, text: string])[] = [
  ['files/file-40', 'x'.repeat(40)],
  ['files/file-10000', 'x'.repeat(10_000)],
]

function twisted(id: string, title: string, runtime: 'CPython' | 'PyPy', workers: number): OriginServer {
  const python = runtime === 'PyPy' ? PYPY : PYTHON
  const needs = ['python3-twisted', ...(runtime === 'PyPy' ? ['pypy3'] : [])].join(' ')
  const server = alone(
    id,
    title,
    needs,
    [],
    () => [python, 'serve_twisted.py'],
    () => ({
      env: {
        WORKERS: String(workers),
        FILES: '{folder}/files',
        ...(runtime === 'PyPy' && { PYTHONPATH: `${FOLDER}:${DEBIAN_MODULES}` }),
      },
      files: () => new Map(servedFiles),
      describe: [python, 'describe.py', 'Twisted'],
      answering: workers > 1 ? 'main-threads-of-children' : 'main-thread',
    }),
  )
  if (runtime === 'CPython') return server
  // It compiles, on the thread that answers: its cost tells when that is done.
  const { warmUpMilliseconds: _, ...compiled } = server
  return compiled
}

const djangoNeeds = { module: 'wsgi_django', needs: ['python3-django'], distribution: ['Django'] }

/** Every server in Python of the texts that can be had. */
export const pythonServers: readonly OriginServer[] = [
  onUwsgi('wsgi', { module: 'wsgi_skeleton', title: 'WSGI skeleton' }),
  onUwsgi('wsgi-http', { module: 'wsgi_skeleton', title: 'WSGI skeleton', speaks: 'http' }),
  onUwsgi('wsgi-fastcgi', { module: 'wsgi_skeleton', title: 'WSGI skeleton', speaks: 'fastcgi' }),
  onUwsgi('wsgi-processes', { module: 'wsgi_skeleton', title: 'WSGI skeleton, 2 processes', processes: 2 }),
  onUwsgi('bottle', { module: 'wsgi_bottle', title: 'Bottle', needs: ['python3-bottle'], distribution: ['bottle'] }),
  onUwsgi('flask', { module: 'wsgi_flask', title: 'Flask', needs: ['python3-flask'], distribution: ['Flask'] }),
  onUwsgi('django', { ...djangoNeeds, title: 'Django' }),
  onUwsgi('django-bare', { ...djangoNeeds, title: 'Django*', env: { DJANGO: 'bare' } }),
  onUwsgi('cherrypy', { module: 'wsgi_cherrypy', title: 'CherryPy', needs: ['python3-cherrypy3'], distribution: ['CherryPy'] }),
  alone('tornado', 'Tornado', 'python3-tornado', ['tornado'], script('tornado')),
  alone('aiohttp', 'aiohttp', 'python3-aiohttp', ['aiohttp'], script('aiohttp')),
  alone('cherrypy-alone', 'CherryPy on its own server', 'python3-cherrypy3', ['CherryPy', 'cheroot'], script('cherrypy'), () => ({
    answering: 'any-thread',
  })),
  twisted('twisted', 'Twisted Web', 'CPython', 1),
  twisted('twisted-workers', 'Twisted Web, 2 workers', 'CPython', 2),
  twisted('twisted-pypy', 'Twisted Web on PyPy', 'PyPy', 1),
  twisted('twisted-pypy-workers', 'Twisted Web on PyPy, 2 workers', 'PyPy', 2),
  onUvicorn('uvicorn', 'ASGI skeleton on uvicorn', '', 'uvicorn'),
  onUvicorn('starlette', 'Starlette on uvicorn', 'python3-starlette', 'starlette'),
  onUvicorn('fastapi', 'FastAPI on uvicorn', 'python3-fastapi', 'fastapi'),
  onGunicorn('sync'),
  onGunicorn('gthread'),
  onPaste('paste', 'Paste', ''),
  onPaste('paste-nodelay', 'Paste with TCP_NODELAY', 'nodelay'),
  onPaste('paste-closed', 'Paste, HTTP/1.0', 'closed'),
  onPaste('paste-closed-nodelay', 'Paste, HTTP/1.0 with TCP_NODELAY', 'closed nodelay'),
]
