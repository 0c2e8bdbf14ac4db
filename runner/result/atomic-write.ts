import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a whole file or nothing: into a temporary file of the same folder, onto the disk, then in one step to its name. Whoever
 * reads the name sees the old text or the new one, after a power cut too.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    // The first error is the one to tell; that the temporary file cannot be removed either is no news.
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}
