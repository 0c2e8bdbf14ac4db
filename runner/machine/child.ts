import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** What a dead child leaves behind. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The one CPU, or the several, that a process and all its threads may use; null: not pinned. */
export type CpuPin = number | readonly number[] | null

/** Nothing else of the runner's environment reaches a child: no secrets, no NODE_OPTIONS that would change what is measured. */
const INHERITED_VARIABLES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

/** A process in a group of its own: a Ctrl-C in the terminal reaches the runner alone, and the runner can end all that it forked. */
export class GroupProcess {
  /** 0: it could not be started at all. */
  readonly pid: number
  readonly exited: Promise<Exit>
  exit: Exit | null = null
  protected readonly process: ChildProcess

  /** @param environment beside the few harmless variables of the runner */
  constructor(
    argv: readonly string[],
    cpu: CpuPin,
    stdio: StdioOptions,
    environment: Readonly<Record<string, string>>,
    cwd?: string,
  ) {
    const pinned = cpu === null ? [] : ['taskset', '-c', [cpu].flat().join(',')]
    const [program, ...args] = [...pinned, ...argv]
    const inherited = Object.fromEntries(INHERITED_VARIABLES.map((name) => [name, process.env[name]]))
    this.process = spawn(program!, args, { stdio, env: { ...inherited, ...environment }, detached: true, cwd })
    this.pid = this.process.pid ?? 0
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.exit = exit
        resolve(exit)
      }
      this.process.once('exit', (code, signal) => end({ code, signal }))
      this.process.once('error', () => this.pid === 0 && end({ code: null, signal: null }))
    })
  }
}

/** A Node child process with an IPC channel, its last output lines kept, and a certain end. */
export class Child extends GroupProcess {
  readonly #lines = new LastLines()
  readonly #stopped: () => void

  /**
   * Throws when the child cannot be started at all.
   * @param script for this very Node, absolute path
   */
  constructor(script: string, args: readonly string[], cpu: CpuPin) {
    super([process.execPath, script, ...args], cpu, ['ignore', 'pipe', 'pipe', 'ipc'], { NODE_ENV: 'production' })
    this.process.once('error', (error) => this.#lines.add(error.message))
    this.#stopped = atExit(() => this.#kill())
    for (const stream of [this.process.stdout, this.process.stderr]) if (stream !== null) this.#lines.readFrom(stream)
  }

  /** The last lines the child wrote to stdout and stderr, long ones cut. */
  get lastLines(): readonly string[] {
    return this.#lines.lines
  }

  onMessage(listener: (message: unknown) => void): void {
    this.process.on('message', listener)
  }

  /** Sends a message; a child that is gone or going does not mind. */
  send(message: object): void {
    if (this.process.connected) this.process.send(message, () => {})
  }

  /** Kills the child and everything in its process group. Resolves when the kernel has confirmed the end. */
  async stop(): Promise<Exit> {
    this.#kill()
    const exit = await this.exited
    // What the child forked while it was ending lives on in its group; there is nothing to kill when the group is empty.
    this.#kill()
    this.#stopped()
    return exit
  }

  #kill(): void {
    if (this.pid === 0) return
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch {
      // The group is gone already.
    }
  }
}

/** How a dead child ended, for the middle of a sentence. */
export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return `was ended by ${exit.signal}`
  return exit.code === null ? 'could not be started' : `ended with exit code ${exit.code}`
}

/**
 * The first thing a child says; one that says nothing is stopped.
 * @param failed makes the error from how the child failed: `ended with exit code 1`, `said nothing within 10 s`
 */
export async function firstMessage<Message>(
  child: Child,
  limitMilliseconds: number,
  failed: (how: string) => Error,
): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  child.onMessage((message) => resolve(message as Message))
  child.exited.then((exit) => reject(failed(describeExit(exit))))
  const limit = setTimeout(() => reject(failed(`said nothing within ${limitMilliseconds / 1000} s`)), limitMilliseconds)
  try {
    return await promise
  } catch (error) {
    await child.stop()
    throw error
  } finally {
    clearTimeout(limit)
  }
}

const undoings = new Set<() => void>()

/**
 * Has something undone should the runner end before it was done in good order: at a second Ctrl-C, or by an error of its own. Children end
 * by themselves when they lose the runner, but not one that was stopped by a signal or never comes back to its event loop.
 * @param undo must not wait for anything: a process that exits has no turn of its event loop left
 * @returns to be called when there is nothing left to undo
 */
export function atExit(undo: () => void): () => void {
  if (undoings.size === 0) process.on('exit', undoAll)
  undoings.add(undo)
  return () => {
    undoings.delete(undo)
    if (undoings.size === 0) process.off('exit', undoAll)
  }
}

function undoAll(): void {
  for (const undo of undoings) undo()
}

const KEPT_LINES = 20
const KEPT_LINE_LENGTH = 500

/** The last of some lines, long ones cut. */
export function lastOf(lines: readonly string[]): string[] {
  return lines.slice(-KEPT_LINES).map((line) => line.replace(/\r$/, '').slice(0, KEPT_LINE_LENGTH))
}

/** The last lines that a process has written, long ones cut; whatever it writes, no more than these are kept. */
export class LastLines {
  lines: readonly string[] = []

  add(...lines: string[]): void {
    this.lines = lastOf([...this.lines, ...lines])
  }

  /** Takes in all that a stream brings, until it ends. */
  readFrom(stream: Readable): void {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      // A line that does not end must not fill the memory.
      rest = lines.pop()!.slice(0, KEPT_LINE_LENGTH)
      this.add(...lines.slice(-KEPT_LINES))
    })
    stream.once('end', () => {
      if (rest !== '') this.add(rest)
    })
  }
}
