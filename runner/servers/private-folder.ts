import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

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
