import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { namesIn, readText } from '../machine/procfs.ts'

/** Files of a server by relative path. */
export type Files = ReadonlyMap<string, string>

/** A new folder that only this user can enter, in the folder for temporary files. */
export function makePrivateFolder(): string {
  return mkdtempSync(join(tmpdir(), 'framework-cost-'))
}

/** Writes files into a private folder. */
export function fillFolder(folder: string, files: Files): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

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
export function removeFolder(folder: string): void {
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
