import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deleteFolder } from './end-group.ts'
import type { KeeperOrder } from './keeper.ts'

const KEEPER = fileURLToPath(new URL('./keeper.ts', import.meta.url))

/** Files of a server by relative path. */
export type Files = ReadonlyMap<string, string>

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

let keeper: ChildProcess | null = null

/** The keeper of this runner, so that it is there before the first server. */
function startKeeper(): void {
  if (keeper !== null && keeper.exitCode === null && keeper.signalCode === null) return
  // In a session of its own: no Ctrl-C of the terminal reaches it.
  keeper = spawn(process.execPath, [KEEPER], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  keeper.on('error', () => {})
  // That it is gone is no fault of a run: servers end with their parent as well, where the kernel can do that.
  keeper.stdin?.on('error', () => {})
  keeper.unref()
  ;(keeper.stdin as { unref?(): void } | null)?.unref?.()
}

function tellKeeper(order: KeeperOrder): void {
  keeper?.stdin?.write(`${JSON.stringify(order)}\n`)
}
