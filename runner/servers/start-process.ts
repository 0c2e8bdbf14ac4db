import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CpuPin, describeExit, type Exit, GroupProcess, lastOf } from '../machine/child.ts'
import { endGroup, FOLDER_VARIABLE, keepGroup, removeFolder } from './keeper.ts'

/** How a program is asked to end, and how long it has for that. */
export interface StopWish {
  readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT'
  readonly graceMilliseconds: number
}

const USUAL_STOP: StopWish = { signal: 'SIGTERM', graceMilliseconds: 500 }
/** What says what a server is ends by itself. */
export const DESCRIBE_LIMIT_MILLISECONDS = 20_000
const READ_BYTES = 16 * 1024
/** What a server prints beyond this is cut off from the beginning, while it goes on. */
const MOST_BYTES = 4 * 2 ** 20
const LOOK_MILLISECONDS = 1_000

/**
 * A process that is started as a user starts a server: no channel, no pipe, nothing of ours in it. It has a session and a process group of its
 * own, its output goes to a file of its private folder, and it ends with the runner.
 */
export class StartedProcess extends GroupProcess {
  readonly #folder: string
  readonly #output: OutputFile
  readonly #stop: StopWish

  /** Its private folder goes with it, also when it cannot be started: then it has ended already. */
  constructor(
    argv: readonly string[],
    cpu: CpuPin,
    folder: string,
    environment: Readonly<Record<string, string>>,
    { cwd, stop = USUAL_STOP }: { readonly cwd?: string; readonly stop?: StopWish } = {},
  ) {
    const output = new OutputFile(folder)
    const own = { TMPDIR: folder, [FOLDER_VARIABLE]: folder, ...environment }
    super([...endsWithRunner(), ...argv], cpu, ['ignore', output.descriptor, output.descriptor], own, cwd)
    this.#folder = folder
    this.#output = output
    this.#stop = stop
    if (this.pid !== 0) keepGroup(this.pid, folder)
  }

  get lastLines(): readonly string[] {
    return this.#output.lastLines
  }

  /** Why it is gone, as the end of a sentence; null while it runs. */
  ended(): string | null {
    return this.exit && describeExit(this.exit)
  }

  /** null: it has not ended by then. */
  exitWithin(milliseconds: number): Promise<Exit | null> {
    return Promise.race([this.exited, sleep(milliseconds, null, { ref: false })])
  }

  /** Asks it to end, kills it and its group when it has not after the grace, and takes its folder away. */
  async stop(graceMilliseconds = this.#stop.graceMilliseconds): Promise<Exit> {
    if (this.exit === null && graceMilliseconds > 0) {
      this.process.kill(this.#stop.signal)
      await this.exitWithin(graceMilliseconds)
    }
    this.#output.close()
    if (this.pid !== 0) endGroup(this.pid, this.#folder)
    const exit = await this.exited
    removeFolder(this.#folder)
    return exit
  }
}

let canEndWithRunner: boolean | null = null

/** The kernel ends it when its parent is gone (prctl(2), PR_SET_PDEATHSIG), where util-linux is there to ask for that. */
function endsWithRunner(): string[] {
  const ask = ['setpriv', '--pdeathsig', 'KILL']
  canEndWithRunner ??= spawnSync(ask[0]!, [...ask.slice(1), 'true'], { stdio: 'ignore' }).status === 0
  return canEndWithRunner ? ask : []
}

/**
 * Where a server's stdout and stderr go: a file of its private folder. Nobody reads it while the server works: a pipe would have to be read,
 * and one that is full stops who writes into it.
 */
class OutputFile {
  /** For the server's file descriptors 1 and 2. */
  readonly descriptor: number
  readonly #timer: NodeJS.Timeout
  #lines: readonly string[] = []
  #open = true

  constructor(folder: string) {
    // Whoever appends goes on at the new end of a file that was cut.
    this.descriptor = openSync(join(folder, 'output'), 'a+')
    const bound = () => fstatSync(this.descriptor).size > MOST_BYTES && ftruncateSync(this.descriptor)
    this.#timer = setInterval(bound, LOOK_MILLISECONDS).unref()
  }

  /** The last lines, long ones cut. */
  get lastLines(): readonly string[] {
    if (this.#open) this.#lines = this.#read()
    return this.#lines
  }

  /** The folder may be removed then; the last lines are kept. */
  close(): void {
    if (!this.#open) return
    this.#lines = this.#read()
    this.#open = false
    clearInterval(this.#timer)
    closeSync(this.descriptor)
  }

  #read(): readonly string[] {
    const { size } = fstatSync(this.descriptor)
    const length = Math.min(size, READ_BYTES)
    const buffer = Buffer.alloc(length)
    const read = readSync(this.descriptor, buffer, 0, length, size - length)
    const lines = buffer.toString('utf8', 0, read).split('\n')
    return lastOf(lines.at(-1) === '' ? lines.slice(0, -1) : lines)
  }
}
