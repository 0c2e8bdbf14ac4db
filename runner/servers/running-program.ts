import { chmodSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, ask, formatAddress, NoAnswerError } from '../../apps/ask.ts'
import { descendants, isListening, listeningPorts, readText } from '../machine/procfs.ts'
import { DeploymentError, type StartOptions, type Startup } from './deployment.ts'
import { type Files, fillFolder, makePrivateFolder, removeFolder } from './keeper.ts'
import type { Place, Protocol } from './server-manifest.ts'
import { StartedProcess, type StopWish } from './start-process.ts'

const READY_LIMIT_MILLISECONDS = 10_000
/** Workers that start at once on one CPU wait for each other. */
const READY_LIMIT_MORE_MILLISECONDS = 2_000
const ANSWER_LIMIT_MILLISECONDS = 5_000
/** Between two looks whether it answers. */
const LOOK_MILLISECONDS = 20
/** What a server says while it is coming up, or a proxy for one that is; said for longer, it is its answer. */
const UNAVAILABLE_FROM = 500
const UNAVAILABLE_MILLISECONDS = 2_000
/** Others can reach what they know by name, and list nothing. */
const ENTERED_BY_OTHERS = 0o711
/** Between our choice of a port and the start somebody else may take it. */
const TRIES_FOR_A_PORT = 5

/** A program that listens where it is told: a Node module of ours is one case, nginx another. */
export interface Program {
  /** For messages. */
  readonly name: string
  readonly transport: Address['transport']
  /** What is executed, without a shell; the first word is found in PATH or absolute. It stays in the foreground. */
  argv(place: Place): readonly string[]
  /** Where it is started; absent: where the runner is. */
  readonly cwd?: string
  /** How it is asked to end; absent: SIGTERM, and half a second. */
  readonly stop?: StopWish
  /** Beside the few variables that every server has. */
  environment?(place: Place): Readonly<Record<string, string>>
  /** Processes of another user have to get into its private folder; absent: its own user alone does. */
  readonly isEnteredByOthers?: true
  /** Written into the private folder before it starts. */
  files?(place: Place): Files
  /** Absent: HTTP. Of what speaks something else, it is ready when it takes a connection: the first answer comes through its front. */
  readonly speaks?: Protocol
  /** Processes that answer, each of them a child of the one that is started; 0: that one answers itself. */
  readonly workers: number
  /** Whether all of its workers can answer, once the first answer has come; absent: the answer is enough. */
  isComplete?(pid: number, lastLines: readonly string[], listen: Address): boolean
  /** How to start it by hand. */
  readonly hint: string | null
}

/** What tells a server where to listen, in its environment. */
export function addressVariables({ listen }: Place): Record<string, string> {
  return listen.transport === 'unix' ? { SOCKET: listen.path } : { HOST: listen.host, PORT: String(listen.port) }
}

/** A program that answers. */
export interface RunningProgram {
  readonly process: StartedProcess
  readonly address: Address
  readonly startup: Startup
}

/**
 * Starts a program in a private folder, at an address of our choice, and waits until it answers.
 * @throws DeploymentError when it does not
 */
export async function runProgram(program: Program, options: StartOptions): Promise<RunningProgram> {
  for (let attempt = 1; ; attempt++) {
    const folder = makePrivateFolder()
    let process: StartedProcess | null = null
    try {
      const place = { listen: await freeAddress(program.transport, folder), folder }
      fillFolder(folder, program.files?.(place) ?? new Map())
      if (program.isEnteredByOthers) chmodSync(folder, ENTERED_BY_OTHERS)
      const environment = { PADDING: 'x'.repeat(options.environmentPadding), ...program.environment?.(place) }
      const startedAt = performance.now()
      process = new StartedProcess(program.argv(place), options.cpu, folder, environment, program)
      const startup = await ready(program, process, place.listen, options, startedAt)
      if (isOurs(process, place.listen)) return { process, address: place.listen, startup }
      const message = `${program.name} does not listen on ${formatAddress(place.listen)}: another program does`
      throw new DeploymentError('port-taken', message, { hint: program.hint })
    } catch (error) {
      if (process === null) removeFolder(folder)
      else await process.stop(0)
      if (!saysTaken(error) || program.transport === 'unix' || attempt === TRIES_FOR_A_PORT) throw error
    }
  }
}

/** Waits until it answers the first request, whatever it answers: whether that is right is for the contract to say. */
async function ready(
  { name, workers, isComplete, speaks = 'http', hint }: Program,
  process: StartedProcess,
  address: Address,
  options: StartOptions,
  startedAt: number,
): Promise<Startup> {
  const { readyPath, lookMilliseconds = LOOK_MILLISECONDS, readyMilliseconds = READY_LIMIT_MILLISECONDS } = options
  const limitMs = readyMilliseconds + READY_LIMIT_MORE_MILLISECONDS * Math.max(0, workers - 1)
  const sinceStart = () => performance.now() - startedAt
  let listenedMilliseconds: number | null = null
  let why = 'nothing listens there'
  for (;;) {
    const failure = (code: string, how: string) =>
      new DeploymentError(code, `${name} ${how}`, { hint, lastLines: process.lastLines })
    const ended = process.ended()
    if (ended !== null) throw failure('exited', `${ended} before it answered`)
    const where = `${readyPath} on ${formatAddress(address)}`
    if (sinceStart() > limitMs) {
      const ports = listeningPorts(descendants(process.pid))
      const elsewhere = address.transport === 'tcp' && ports.length > 0 && !ports.includes(address.port)
      const told = elsewhere ? `it listens on port ${ports.join(', ')} instead` : why
      throw failure('not-ready', `did not answer ${where} within ${limitMs / 1000} s: ${told}`)
    }
    const looked = speaks === 'http' ? await look(address, options) : await lookForListener(address)
    if (looked.listens) listenedMilliseconds ??= sinceStart()
    const answers = looked.answers || (looked.unavailable && sinceStart() > listenedMilliseconds! + UNAVAILABLE_MILLISECONDS)
    if (answers && (isComplete?.(process.pid, process.lastLines, address) ?? true)) {
      return { listenedMilliseconds: listenedMilliseconds!, answeredMilliseconds: sinceStart() }
    }
    why = answers ? 'not all of its workers are ready' : looked.why
    await sleep(lookMilliseconds)
  }
}

/** Whether it listens and answers. `unavailable`: it answers that it cannot serve yet, or closes the connection. */
async function look(address: Address, { readyPath, answerMilliseconds = ANSWER_LIMIT_MILLISECONDS }: StartOptions) {
  const agent = new Agent({ keepAlive: true })
  try {
    const { status } = await ask(agent, address, readyPath, { timeoutMs: answerMilliseconds })
    const unavailable = status >= UNAVAILABLE_FROM
    return { listens: true, answers: !unavailable, unavailable, why: `it answers with status ${status}` }
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    const code = (error.cause as NodeJS.ErrnoException).code ?? ''
    const nothing = { listens: false, answers: false, unavailable: false, why: 'nothing listens there' }
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return nothing
    // Bytes that are no HTTP are an answer too, and a wrong one.
    return { listens: true, answers: code.startsWith('HPE_'), unavailable: error.closed, why: error.message }
  } finally {
    agent.destroy()
  }
}

/** Whether somebody takes a connection there. */
async function lookForListener(address: Address) {
  const socket = address.transport === 'unix' ? connect(address.path) : connect(address.port, address.host)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  const listens = await promise
  socket.destroy()
  return { listens, answers: listens, unavailable: false, why: 'nothing listens there' }
}

/** Somebody else may listen at the port that was free a moment ago. */
function isOurs(process: StartedProcess, address: Address): boolean {
  return address.transport === 'unix' || isListening(address.port, descendants(process.pid)) !== false
}

function saysTaken(error: unknown): boolean {
  if (!(error instanceof DeploymentError)) return false
  return error.code === 'port-taken' || error.lastLines.some((line) => /EADDRINUSE|address already in use/i.test(line))
}

/** The shortest limit among our platforms (macOS: 104 bytes with the final NUL). */
const LONGEST_SOCKET_PATH = 103
const LOWEST_PORT = 20_000
/** Where Linux starts to take ports for outgoing connections, unless it was told otherwise; others start higher. */
const USUAL_LOWEST_OUTGOING = 32_768
const TRIES = 50

/**
 * An address where nothing listens yet: a socket in the private folder, or a port of 127.0.0.1 below those that the kernel takes for outgoing
 * connections, so that none of them takes it before the server does.
 * @throws DeploymentError when the path of the socket is too long, or no port is free
 */
export async function freeAddress(transport: Address['transport'], folder: string): Promise<Address> {
  if (transport === 'unix') return { transport, path: socketPath(folder) }
  const outgoing = readText('/proc/sys/net/ipv4/ip_local_port_range')?.trim().split(/\s+/)[0]
  const end = Math.max(LOWEST_PORT + 1_000, Number(outgoing ?? USUAL_LOWEST_OUTGOING))
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (end - LOWEST_PORT))
    if (await isFree(port)) return { transport, host: '127.0.0.1', port }
  }
  throw new DeploymentError('no-port', `no free port was found between ${LOWEST_PORT} and ${end - 1} in ${TRIES} tries`)
}

function socketPath(folder: string): string {
  const path = join(folder, 'app.sock')
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path
  throw new DeploymentError('no-socket', `the path of a unix socket may have ${LONGEST_SOCKET_PATH} bytes: ${path}`, {
    hint: 'set TMPDIR to a folder with a shorter path',
  })
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
