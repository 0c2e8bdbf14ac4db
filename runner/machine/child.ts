import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** What a dead child leaves behind. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The one CPU, or the several, that a process and all its threads may use; null: not pinned. */
export type CpuPin = number | readonly number[] | null

export interface ChildOptions {
  /** Script for this very Node, absolute path. */
  readonly script: string
  readonly args: readonly string[]
  readonly cpu: CpuPin
  /** Added to the minimal environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** Nothing else of the runner's environment reaches a child: no secrets, no NODE_OPTIONS that would change what is measured. */
const INHERITED_VARIABLES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

/** A Node child process in a process group of its own, with an IPC channel, its last output lines kept, and a certain end. */
export class Child {
  readonly pid: number
  readonly exited: Promise<Exit>
  exit: Exit | null = null
  readonly #process: ChildProcess
  readonly #lines = new LastLines()
  readonly #stopped: () => void

  /** Throws when the child cannot be started at all. */
  constructor(options: ChildOptions) {
    const node = [process.execPath, options.script, ...options.args]
    const [command, ...args] = options.cpu === null ? node : ['taskset', '-c', [options.cpu].flat().join(','), ...node]
    this.#process = spawn(command!, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...inheritedEnvironment(), NODE_ENV: 'production', ...options.env },
      // A group of its own: a Ctrl-C in the terminal reaches the runner alone, and the runner can end all that the child forked.
      detached: true,
    })
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.exit = exit
        resolve(exit)
      }
      this.#process.once('exit', (code, signal) => end({ code, signal }))
      this.#process.once('error', (error) => {
        this.#lines.add(error.message)
        if (this.#process.pid === undefined) end({ code: null, signal: null })
      })
    })
    this.pid = this.#process.pid ?? 0
    this.#stopped = atExit(() => this.#signal('SIGKILL'))
    for (const stream of [this.#process.stdout, this.#process.stderr]) if (stream !== null) this.#lines.readFrom(stream)
  }

  /** The last lines the child wrote to stdout and stderr, long ones cut. */
  get lastLines(): readonly string[] {
    return this.#lines.lines
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#process.on('message', listener)
  }

  /** Sends a message; a child that is gone or going does not mind. */
  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => {})
  }

  /**
   * Ends the child and everything in its process group: asked nicely by `message` first, killed when it has not gone after
   * `graceMilliseconds`. Resolves when the kernel has confirmed the end.
   */
  async stop(message: object | null, graceMilliseconds: number): Promise<Exit> {
    if (this.exit === null && this.pid !== 0) {
      if (message !== null) this.send(message)
      const timer = setTimeout(() => this.#signal('SIGKILL'), graceMilliseconds)
      await this.exited
      clearTimeout(timer)
    }
    // What the child forked lives on in its group; there is nothing to kill when the group is empty.
    this.#signal('SIGKILL')
    this.#stopped()
    return this.exited
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === 0) return
    try {
      process.kill(-this.pid, signal)
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

/** The few harmless variables of the runner that reach its children. */
export function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    INHERITED_VARIABLES.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

const undoings = new Set<() => void>()
let watching = false

/**
 * Has something undone should the runner end before it was done in good order: at a second Ctrl-C, or by an error of its own. Children end
 * by themselves when they lose the runner, but not one that was stopped by a signal or never comes back to its event loop.
 * @param undo must not wait for anything: a process that exits has no turn of its event loop left
 * @returns to be called when there is nothing left to undo
 */
export function atExit(undo: () => void): () => void {
  if (!watching) process.on('exit', undoAll)
  watching = true
  undoings.add(undo)
  return () => void undoings.delete(undo)
}

function undoAll(): void {
  for (const undo of undoings) undo()
}

/**
 * The first thing a child says.
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
  return promise.finally(() => clearTimeout(limit))
}

const KEPT_LINES = 20
const KEPT_LINE_LENGTH = 500

/** The last lines that a process has written, long ones cut; whatever it writes, no more than these are kept. */
export class LastLines {
  readonly #lines: string[] = []

  get lines(): readonly string[] {
    return this.#lines
  }

  add(line: string): void {
    this.#lines.push(line.replace(/\r$/, '').slice(0, KEPT_LINE_LENGTH))
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
  }

  /** Takes in all that a stream brings, until it ends. */
  readFrom(stream: Readable): void {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      // A line that does not end must not fill the memory.
      rest = lines.pop()!.slice(0, KEPT_LINE_LENGTH)
      for (const line of lines.slice(-KEPT_LINES)) this.add(line)
    })
    stream.once('end', () => {
      if (rest !== '') this.add(rest)
    })
  }
}
