import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, where missing. Node's own `recursive` option never returns where a parent exists but can hold
 * nothing, on procfs or behind a link to a disk that is not mounted: it goes back and forth between the two (seen in Node 24.21).
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const parent = dirname(path)
    if (code === 'ENOENT' && parent !== path) {
      await makeFolders(parent)
      await mkdir(path)
    } else if (code !== 'EEXIST' || !(await stat(path)).isDirectory()) {
      throw error
    }
  }
}
