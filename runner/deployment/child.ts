import { type ChildProcess, spawn } from 'node:child_process'
import { atExit } from './at-exit.ts'
import type { CpuPin } from './deployment.ts'
import { LastLines } from './last-lines.ts'

/** What a dead child leaves behind. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

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
