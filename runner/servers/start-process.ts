import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import type { CpuPin } from '../machine/child.ts'
import { type Exit, inheritedEnvironment } from '../machine/child.ts'
import { endGroup, FOLDER_VARIABLE, removeFolder } from './end-group.ts'
import { keep, startKeeper } from './keep.ts'
import { OutputFile } from './output-file.ts'
import type { Command } from './program.ts'

export interface ProcessOptions {
  readonly cpu: CpuPin
  readonly folder: string
}

/**
 * A process that is started as a user starts a server: no channel, no pipe, nothing of ours in it. It has a session and a process group of its
 * own, its output goes to a file of its private folder, and it ends with the runner.
 */
export class StartedProcess {
  readonly pid: number
  readonly output: OutputFile
  readonly exited: Promise<Exit>
  exit: Exit | null = null
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #release: () => void

  /** Its folder goes with it, also when it cannot be started: then it has ended already. */
  constructor({ argv, environment }: Command, { cpu, folder }: ProcessOptions) {
    // Before, so that nothing is unkept while the keeper comes up.
    startKeeper()
    this.#folder = folder
    this.output = new OutputFile(folder)
    const [program, ...args] = [...pinned(cpu), ...endsWithRunner(), ...argv]
    this.#process = spawn(program!, args, {
      stdio: ['ignore', this.output.descriptor, this.output.descriptor],
      env: { ...inheritedEnvironment(), TMPDIR: folder, [FOLDER_VARIABLE]: folder, ...environment },
      detached: true,
    })
    this.pid = this.#process.pid ?? 0
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.exit = exit
        resolve(exit)
      }
      this.#process.once('exit', (code, signal) => end({ code, signal }))
      this.#process.once('error', () => this.#process.pid === undefined && end({ code: null, signal: null }))
    })
    this.#release = this.pid === 0 ? () => {} : keep(this.pid, folder)
  }

  get lastLines(): readonly string[] {
    return this.output.lastLines
  }

  /** Asks it to end, kills it and its group when it has not after the grace, and takes its folder away. */
  async stop(signal: NodeJS.Signals, graceMilliseconds: number): Promise<Exit> {
    if (this.exit === null && graceMilliseconds > 0) {
      this.#process.kill(signal)
      await this.#ended(graceMilliseconds)
    }
    this.output.close()
    if (this.pid !== 0) endGroup(this.pid, this.#folder)
    const exit = await this.exited
    removeFolder(this.#folder)
    this.#release()
    return exit
  }

  async #ended(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const limit = setTimeout(resolve, milliseconds)
    this.exited.then(() => resolve())
    await promise
    clearTimeout(limit)
  }
}

function pinned(cpu: CpuPin): string[] {
  return cpu === null ? [] : ['taskset', '-c', [cpu].flat().join(',')]
}

let canEndWithRunner: boolean | null = null

/** The kernel ends it when its parent is gone (prctl(2), PR_SET_PDEATHSIG), where util-linux is there to ask for that. */
function endsWithRunner(): string[] {
  const ask = ['setpriv', '--pdeathsig', 'KILL']
  canEndWithRunner ??= spawnSync(ask[0]!, [...ask.slice(1), 'true'], { stdio: 'ignore' }).status === 0
  return canEndWithRunner ? ask : []
}
