import { lstat, mkdir, rename, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileStem } from './run-files.ts'
import { cannotKeepResults } from './storage-error.ts'

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

/** Written and removed again before measuring: a full disk still lets empty files be made. */
const PROBE_BYTES = 2 ** 16
/** Runs of one study that start in the same second. */
const MOST_NAMESAKES = 100

/**
 * Makes `<out>/<UTC>-<study>/` and proves that files can be written there.
 * @throws {UserError} `out-not-writable`
 */
export async function makeRunFolder(out: string, study: string, startedAt: Date): Promise<string> {
  let path: string | undefined
  try {
    await makeFolders(out)
    path = await makeFolder(out, `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${fileStem(study)}`)
    await probe(path)
    return path
  } catch (cause) {
    if (path !== undefined) await discardEmpty(path)
    throw cannotKeepResults(out, cause)
  }
}

/**
 * Makes a folder where there is none, and proves that files can be written there.
 * @param option the option that chose it, for the advice
 * @throws {UserError} `out-not-writable`
 */
export async function proveWritable(folder: string, option: string): Promise<void> {
  try {
    await makeFolders(folder)
    await probe(folder)
  } catch (cause) {
    throw cannotKeepResults(folder, cause, option)
  }
}

/** Only an empty folder goes; that it stays is no news beside the reason. */
export async function discardEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => {})
}

async function makeFolder(out: string, name: string): Promise<string> {
  for (let namesake = 1; ; namesake += 1) {
    const path = join(out, namesake === 1 ? name : `${name}-${namesake}`)
    try {
      await mkdir(path)
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || namesake >= MOST_NAMESAKES) throw error
    }
  }
}

/** Proves that files can be written to a folder, with some data in them. */
export async function probe(folder: string): Promise<void> {
  const path = join(folder, '.probe.tmp')
  try {
    await writeFile(path, Buffer.alloc(PROBE_BYTES), { flush: true })
  } finally {
    await rm(path, { force: true })
  }
}

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
