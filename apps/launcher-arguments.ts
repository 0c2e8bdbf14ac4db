import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { LaunchError, type ListenWish } from './listen.ts'
import { type Scheduling, schedulings, type TeamWish } from './scheduling.ts'

/** What a launcher is told on its command line. */
export interface LauncherArguments {
  readonly module: string
  readonly wish: ListenWish
  /** The folder of the socket was made for it, and goes with it. */
  readonly removeFolder: boolean
  /** By hand: without a parent, says on stdout where it listens. */
  readonly print: boolean
  /** null: this very process serves, as without node:cluster. */
  readonly team: TeamWish | null
  /** It is a worker of a team, and the socket is its primary's. */
  readonly isWorker: boolean
}

export const byHand = 'to try an app by hand: node apps/launcher.ts --module apps/koa/app.ts --print'

/** @throws {LaunchError} `bad-arguments` */
export function readArguments(args: string[]): LauncherArguments {
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      options: {
        module: { type: 'string' },
        transport: { type: 'string', default: 'tcp' },
        socket: { type: 'string' },
        'remove-folder': { type: 'boolean', default: false },
        host: { type: 'string', default: '127.0.0.1' },
        print: { type: 'boolean', default: false },
        workers: { type: 'string' },
        scheduling: { type: 'string' },
        // What a primary tells its workers.
        worker: { type: 'boolean', default: false },
        'reuse-port': { type: 'string' },
      },
    })
    if (!values.module) throw new Error('--module <path> is missing')
    const team = teamOf(values)
    if (team?.scheduling === 'reuse-port' && values.transport === 'unix') throw new Error('unix sockets have no reuse-port')
    const { print, worker: isWorker, 'remove-folder': removeFolder } = values
    return { module: resolve(values.module), wish: wishOf(values), removeFolder, print, team, isWorker }
  } catch (error) {
    throw new LaunchError('bad-arguments', (error as Error).message, { hint: byHand })
  }
}

interface ListenValues {
  readonly transport: string
  readonly socket?: string
  readonly host: string
  /** The port to share; 0: one of the worker's choice. */
  readonly 'reuse-port'?: string
}

function wishOf({ transport, socket, host, 'reuse-port': port }: ListenValues): ListenWish {
  if (transport !== 'tcp' && transport !== 'unix') throw new Error(`--transport is tcp or unix, not "${transport}"`)
  if (transport === 'tcp') {
    if (socket !== undefined) throw new Error('--socket needs --transport unix')
    return port === undefined ? { transport, host } : { transport, host, sharedPort: Number(port) }
  }
  if (!socket) throw new Error('--transport unix needs --socket <path>')
  return { transport, path: resolve(socket) }
}

function teamOf({ workers, scheduling }: { workers?: string; scheduling?: string }): TeamWish | null {
  if (workers === undefined) {
    if (scheduling !== undefined) throw new Error('--scheduling needs --workers <n>')
    return null
  }
  const count = Number(workers)
  if (!Number.isInteger(count) || count < 1) throw new Error(`--workers takes a whole number from 1 up, not "${workers}"`)
  const chosen = scheduling ?? schedulings[0]
  const known: readonly string[] = schedulings
  if (!known.includes(chosen)) throw new Error(`--scheduling is one of ${schedulings.join(', ')}, not "${chosen}"`)
  return { workers: count, scheduling: chosen as Scheduling }
}
