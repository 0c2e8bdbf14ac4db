// Entry of the child process that serves one app: node apps/launcher.ts --module <path> --transport tcp|unix [--socket <path> [--remove-folder]]
// With --workers <n> [--scheduling <name>] it is the primary of a team instead, and its workers are launchers too.
import { rmdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { dirname } from 'node:path'
import { formatAddress } from './address.ts'
import { environmentFacts } from './environment-facts.ts'
import { installedVersion } from './installed-version.ts'
import { byHand, type LauncherArguments, readArguments } from './launcher-arguments.ts'
import { LaunchError, listen } from './listen.ts'
import { AppLoadError, loadApp } from './load-app.ts'
import type { FailedMessage, FromLauncher, LaunchFailure, ReadyMessage, ToLauncher } from './messages.ts'
import type { TeamWish } from './scheduling.ts'
import type { Team } from './team.ts'
import { workload } from './workload/workload.ts'

const forcedExitMs = 500

let server: Server | undefined
let team: Team | undefined
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
    const args = readArguments(process.argv.slice(2))
    // Before the app is loaded: the parent may be lost meanwhile.
    if (args.wish.transport === 'unix' && args.removeFolder) socketFolder = dirname(args.wish.path)
    if (process.send === undefined && !args.print) {
      throw new LaunchError('bad-arguments', 'the launcher talks to a parent process over IPC, and there is none', {
        hint: byHand,
      })
    }
    announce(args.team === null ? await serve(args) : await lead(args, args.team))
  } catch (error) {
    // Workers that were told to close have nothing to complain of.
    if (!isClosing) fail(asFailure(error))
  }
}

async function serve({ module, wish, isWorker }: LauncherArguments): Promise<ReadyMessage> {
  const app = await loadApp(module)
  const started = await listen(app, workload, wish)
  server = started.server
  if (wish.transport === 'unix' && !isWorker) socketFile = wish.path
  return {
    type: 'ready',
    address: started.address,
    title: app.title,
    package: app.package,
    version: installedVersion(app.package, module),
    pid: process.pid,
    node: process.version,
    facts: environmentFacts(started.server, process),
  }
}

/** Serves nothing by itself; loads neither app nor workload. */
async function lead({ module, wish }: LauncherArguments, teamWish: TeamWish): Promise<ReadyMessage> {
  // Not loaded by a launcher that serves: it would be on the bill of every app.
  const { Team } = await import('./team.ts')
  const where = wish.transport === 'unix' ? ['--transport', 'unix', '--socket', wish.path] : ['--host', wish.host]
  team = new Team(teamWish, ['--module', module, ...where], lose)
  const ready = await team.start()
  if (wish.transport === 'unix') socketFile = wish.path
  return ready
}

/** Without one of its workers a team is not what was asked for. */
function lose(reason: string): void {
  process.exitCode = 1
  console.error(reason)
  tell({ type: 'lost', reason })
  close()
}

function obey(message: ToLauncher): void {
  if (message.type === 'close') close()
  if (message.type !== 'cpu') return
  if (team !== undefined) return void team.cpu().then((used) => tell({ type: 'cpu', ...used }))
  const { user, system } = process.cpuUsage()
  tell({ type: 'cpu', userMicroseconds: user, systemMicroseconds: system })
}

function announce(ready: ReadyMessage): void {
  if (process.send !== undefined) tell(ready)
  else
    console.log(
      `${ready.title} ${ready.version ?? ready.node} listens at ${formatAddress(ready.address)}${crew(ready)} until Ctrl-C`,
    )
}

function crew({ workerPids }: ReadyMessage): string {
  return workerPids === undefined ? '' : `, workers ${workerPids.join(', ')},`
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
  if (server === undefined && team === undefined) process.exit()
  // A connection that was upgraded, or an app that took over close(), must not keep the process alive.
  setTimeout(() => process.exit(), forcedExitMs)
  if (server === undefined) return void team?.end().then(() => process.exit())
  server.close(() => process.exit())
  server.closeAllConnections()
}

/** Nobody is left who would end what the app has started, or remove what was made for it. */
function loseParent(): void {
  isOrphan = true
  close()
}

function leaveNothing(): void {
  team?.kill()
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
