import { rename, rm } from 'node:fs/promises'
import { openJsonLinesFile } from './json-lines-file.ts'

/** Puts other entries into a file of JSON lines, in parts that are written one after another; the old file stays until the new one is complete. */
export async function replaceLines(path: string, parts: readonly (readonly object[])[]): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    // What somebody of this number has left behind would be added to.
    await rm(temporary, { force: true })
    await writeLines(temporary, parts)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

async function writeLines(path: string, parts: readonly (readonly object[])[]): Promise<void> {
  const file = await openJsonLinesFile<object>(path)
  try {
    for (const entries of parts) {
      for (const entry of entries) file.append(entry)
      await file.flush()
    }
  } finally {
    await file.close()
  }
}
