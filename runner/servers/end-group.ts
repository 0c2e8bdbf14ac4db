import { rmSync } from 'node:fs'
import { namesIn, readText } from '../machine/procfs.ts'

/** The variable of a server's environment that names its private folder, for it and for all that it starts. */
export const FOLDER_VARIABLE = 'FRAMEWORK_COST_FOLDER'

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

/** What cannot be removed is left. */
export function deleteFolder(folder: string): void {
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
