import { lstat, rename, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

/**
 * Points `<out>/latest` to a run folder in one step. The link is relative, so that the results can be moved as a whole.
 * @returns a remark when that is not possible; a missing link is no reason to fail a run, nor to destroy what has its name
 */
export async function pointLatestTo(out: string, runFolder: string): Promise<string | null> {
  const link = join(out, 'latest')
  const temporary = join(out, `.latest.${process.pid}.tmp`)
  try {
    const stats = await lstat(link).catch(ignoreMissing)
    if (stats !== null && !stats.isSymbolicLink()) {
      const kind = stats.isDirectory() ? 'folder' : 'file'
      return `${link} is a ${kind} of its own and was left alone; this run is in ${runFolder}`
    }
    await rm(temporary, { force: true })
    await symlink(basename(runFolder), temporary)
    await rename(temporary, link)
    return null
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    return `${link} could not be set (${error instanceof Error ? error.message : String(error)}); this run is in ${runFolder}`
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
