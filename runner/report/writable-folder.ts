import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolders } from './make-folders.ts'
import { cannotKeepResults } from './storage-error.ts'

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
    path = await makeFolder(out, `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${fileName(study)}`)
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

function fileName(study: string): string {
  return study.replace(/[^a-zA-Z0-9-]+/g, '-')
}
