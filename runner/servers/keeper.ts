// Private folders of servers, and the keeper: the one process of a run that ends all servers and removes their folders when the runner is
// gone, however that came about. As a program this file is the keeper: it is told what to keep by lines of JSON on stdin, whose end is the
// end of the runner.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { namesIn, readText } from '../machine/procfs.ts'

/** The variable of a server's environment that names its private folder, for it and for all that it starts. */
export const FOLDER_VARIABLE = 'FRAMEWORK_COST_FOLDER'

/** Files of a server by relative path. */
export type Files = ReadonlyMap<string, string>

/** Look after a private folder and the process group in it (`pid` absent: none has been started yet), or no longer. */
interface KeeperOrder {
  readonly folder: string
  readonly pid?: number
  readonly keep: boolean
}

let keeper: ChildProcess | null = null

/**
 * A new folder that only this user can enter, in the folder for temporary files. It goes with the runner, however that ends: the keeper
 * knows of it from the start.
 */
export function makePrivateFolder(): string {
  // First, so that nothing is unkept while the keeper comes up.
  startKeeper()
  const folder = mkdtempSync(join(tmpdir(), 'framework-cost-'))
  tellKeeper({ folder, keep: true })
  return folder
}

/** Writes files into a private folder. */
export function fillFolder(folder: string, files: Files): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** Has a process group end with the runner, before its private folder is removed. */
export function keepGroup(pid: number, folder: string): void {
  tellKeeper({ folder, pid, keep: true })
}

/** What cannot be removed is left. */
export function removeFolder(folder: string): void {
  deleteFolder(folder)
  tellKeeper({ folder, keep: false })
}

/**
 * Kills a server's process group, and what it started that has left the group: it is known by the private folder in its environment.
 * Does not wait for their end.
 */
export function endGroup(pid: number, folder: string): void {
  kill(-pid)
  const mark = `${FOLDER_VARIABLE}=${folder}`
  const numbers = namesIn('/proc').filter((name) => /^\d+$/.test(name))
  for (const other of numbers) if (readText(`/proc/${other}/environ`)?.split('\0').includes(mark)) kill(Number(other))
}

function startKeeper(): void {
  if (keeper !== null && keeper.exitCode === null && keeper.signalCode === null) return
  // In a session of its own: no Ctrl-C of the terminal reaches it.
  keeper = spawn(process.execPath, [import.meta.filename], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  keeper.on('error', () => {})
  // That it is gone is no fault of a run: servers end with their parent as well, where the kernel can do that.
  keeper.stdin?.on('error', () => {})
  keeper.unref()
  ;(keeper.stdin as { unref?(): void } | null)?.unref?.()
}

function tellKeeper(order: KeeperOrder): void {
  keeper?.stdin?.write(`${JSON.stringify(order)}\n`)
}

function deleteFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // A process that is about to end may have written into it once more.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

function keep(): void {
  const kept = new Map<string, number | undefined>()
  // Ctrl-C reaches every process of the terminal; which one stops when is the runner's decision.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const { pid, folder, keep } = JSON.parse(line) as KeeperOrder
      if (keep) kept.set(folder, pid)
      else kept.delete(folder)
    })
    .on('close', () => {
      for (const [folder, pid] of kept) {
        if (pid !== undefined) endGroup(pid, folder)
        deleteFolder(folder)
      }
      process.exit()
    })
}

if (process.argv[1] === import.meta.filename) keep()
