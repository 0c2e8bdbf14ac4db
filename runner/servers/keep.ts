import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { KeeperOrder } from './keeper.ts'

const KEEPER = fileURLToPath(new URL('./keeper.ts', import.meta.url))

let keeper: ChildProcess | null = null

/** Starts the keeper, so that it is there before the first server; once per runner. */
export function startKeeper(): void {
  if (keeper !== null && keeper.exitCode === null && keeper.signalCode === null) return
  // In a session of its own: no Ctrl-C of the terminal reaches it.
  keeper = spawn(process.execPath, [KEEPER], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  keeper.on('error', () => {})
  // That it is gone is no fault of a run: servers end with their parent as well, where the kernel can do that.
  keeper.stdin?.on('error', () => {})
  keeper.unref()
  ;(keeper.stdin as { unref?(): void } | null)?.unref?.()
}

/** Has a server ended and its folder removed should the runner be gone. @returns to be called when it has ended */
export function keep(pid: number, folder: string): () => void {
  startKeeper()
  tell({ pid, folder, keep: true })
  return () => tell({ pid, folder, keep: false })
}

function tell(order: KeeperOrder): void {
  keeper?.stdin?.write(`${JSON.stringify(order)}\n`)
}
