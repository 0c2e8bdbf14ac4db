import { readdirSync, readFileSync, rmSync } from 'node:fs'

/**
 * Kills a server's process group, and what it started that has left the group: it is known by the private folder in its environment.
 * Does not wait for their end.
 */
export function endGroup(pid: number, folder: string): void {
  kill(-pid)
  for (const other of processesOf(folder)) kill(other)
}

/** What cannot be removed is left. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // A process that is about to end may have written into it once more.
  }
}

/** The variable of a server's environment that names its private folder, for it and for all that it starts. */
export const FOLDER_VARIABLE = 'FRAMEWORK_COST_FOLDER'

function processesOf(folder: string): number[] {
  const mark = `${FOLDER_VARIABLE}=${folder}`
  return listOf('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(mark))
    .map(Number)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
