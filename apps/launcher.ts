// Entry of the child process that serves one app: node apps/launcher.ts --module <path> --transport tcp|unix [--socket <path> [--remove-folder]]
import { rmdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { formatAddress } from './address.ts'
import { environmentFacts } from './environment-facts.ts'
import { installedVersion } from './installed-version.ts'
import { LaunchError, type ListenWish, listen } from './listen.ts'
import { AppLoadError, loadApp } from './load-app.ts'
import type { FailedMessage, FromLauncher, LaunchFailure, ReadyMessage, ToLauncher } from './messages.ts'
import { workload } from './workload/workload.ts'

const forcedExitMs = 500
const byHand = 'to try an app by hand: node apps/launcher.ts --module apps/koa/app.ts --print'

let server: Server | undefined
let socketFile: string | undefined
/** Of the socket, where it was made for it and goes with it. */
let socketFolder: string | undefined
let isClosing = false
let isOrphan = false

// Several frameworks do more work per request in development. Set before any of them is imported.
process.env.NODE_ENV = 'production'

// Handlers come first: a parent may give up on an app that is still loading.
process.on('SIGTERM', close)
process.on('SIGHUP', close)
process.on('exit', leaveNothing)
if (process.send === undefined) {
  process.on('SIGINT', close)
} else {
  // Ctrl-C reaches every process of the terminal; which server stops when is the parent's decision.
  process.on('SIGINT', () => {})
  process.on('disconnect', loseParent)
  process.on('message', obey)
}

await launch()

async function launch(): Promise<void> {
  try {
    const { module, wish, print, removeFolder } = readArguments(process.argv.slice(2))
    // Before the app is loaded: the parent may be lost meanwhile.
    if (wish.transport === 'unix' && removeFolder) socketFolder = dirname(wish.path)
    if (process.send === undefined && !print) {
      throw new LaunchError('bad-arguments', 'the launcher talks to a parent process over IPC, and there is none', {
        hint: byHand,
      })
    }
    const app = await loadApp(module)
    const started = await listen(app, workload, wish)
    server = started.server
    if (wish.transport === 'unix') socketFile = wish.path
    announce({
      type: 'ready',
      address: started.address,
      title: app.title,
      package: app.package,
      version: installedVersion(app.package, module),
      pid: process.pid,
      node: process.version,
      facts: environmentFacts(started.server, process),
    })
  } catch (error) {
    fail(asFailure(error))
  }
}

function readArguments(args: string[]): { module: string; wish: ListenWish; print: boolean; removeFolder: boolean } {
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
      },
    })
    if (!values.module) throw new Error('--module <path> is missing')
    const { print, 'remove-folder': removeFolder } = values
    return { module: resolve(values.module), wish: wishOf(values), print, removeFolder }
  } catch (error) {
    throw new LaunchError('bad-arguments', (error as Error).message, { hint: byHand })
  }
}

function wishOf({ transport, socket, host }: { transport: string; socket?: string; host: string }): ListenWish {
  if (transport !== 'tcp' && transport !== 'unix') throw new Error(`--transport is tcp or unix, not "${transport}"`)
  if (transport === 'tcp') {
    if (socket !== undefined) throw new Error('--socket needs --transport unix')
    return { transport, host }
  }
  if (!socket) throw new Error('--transport unix needs --socket <path>')
  return { transport, path: resolve(socket) }
}

function obey(message: ToLauncher): void {
  if (message.type === 'close') close()
  if (message.type === 'cpu') {
    const { user, system } = process.cpuUsage()
    tell({ type: 'cpu', userMicroseconds: user, systemMicroseconds: system })
  }
}

function announce(ready: ReadyMessage): void {
  if (process.send !== undefined) tell(ready)
  else console.log(`${ready.title} ${ready.version ?? ready.node} listens at ${formatAddress(ready.address)} until Ctrl-C`)
}

/** Says why there will be no server, then ends the process with status 1. */
function fail(failure: FailedMessage): void {
  process.exitCode = 1
  // Exiting at once would lose the message; a parent that reads nothing must not keep us.
  setTimeout(() => process.exit(1), forcedExitMs)
  if (process.send !== undefined) {
    tell(failure, () => process.exit(1))
  } else {
    console.error([failure.message, failure.hint, failure.stack].filter((part) => part !== undefined).join('\n'))
    process.exit(1)
  }
}

function asFailure(error: unknown): FailedMessage {
  const isExpected = error instanceof LaunchError || error instanceof AppLoadError
  const code: LaunchFailure = isExpected ? error.code : 'create-failed'
  const underneath = isExpected ? error.cause : error
  return {
    type: 'failed',
    code,
    message: error instanceof Error ? error.message : String(error),
    ...(error instanceof LaunchError && error.hint !== undefined ? { hint: error.hint } : {}),
    ...(underneath instanceof Error && underneath.stack !== undefined ? { stack: underneath.stack } : {}),
  }
}

/** Sends to the parent; that it has gone meanwhile is `disconnect`'s business, not an error. */
function tell(message: FromLauncher, sent: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, () => sent())
}

/** Ends the server with all its connections, then the process: told to, on a signal, or because the parent is gone. */
function close(): void {
  if (isClosing) return
  isClosing = true
  if (server === undefined) process.exit()
  // A connection that was upgraded, or an app that took over close(), must not keep the process alive.
  setTimeout(() => process.exit(), forcedExitMs)
  server.close(() => process.exit())
  server.closeAllConnections()
}

/** Nobody is left who would end what the app has started, or remove what was made for it. */
function loseParent(): void {
  isOrphan = true
  close()
}

function leaveNothing(): void {
  if (socketFile !== undefined) rmSync(socketFile, { force: true })
  if (socketFolder !== undefined) quietly(() => rmdirSync(socketFolder!))
  // The runner makes every launcher the head of a process group; where it is none there is no such group.
  if (isOrphan) quietly(() => process.kill(-process.pid, 'SIGKILL'))
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // The parent was quicker, or it is not ours.
  }
}
