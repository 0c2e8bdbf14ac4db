import { lstat, mkdir, rename, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { RunError, UserError } from './errors.ts'

/** A run's result, in its folder. */
export const RESULT = 'result.json'
/** Every slice of a run, beside its result. */
export const SAMPLES = 'samples.jsonl.gz'
/** What every finished round has brought beside its slices: with it, a stopped run can go on. */
export const ROUNDS = 'rounds.jsonl.gz'

/** A name as the first part of a file's name: no path, no surprises. */
export function fileStem(name: string): string {
  return name.replace(/[^a-zA-Z0-9-]+/g, '-').slice(0, 80) || 'unnamed'
}

/** A file of a run. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/**
 * Makes a folder and those above it, where missing. Node's own `recursive` option never returns where a parent exists but can hold
 * nothing, on procfs or behind a link to a disk that is not mounted: it goes back and forth between the two (seen in Node 24.21).
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const [code, parent] = [codeOf(error), dirname(path)]
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
      if (codeOf(error) !== 'EEXIST' || namesake >= MOST_NAMESAKES) throw error
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
  try {
    const stats = await lstat(link).catch(ignoreMissing)
    if (stats !== null && !stats.isSymbolicLink()) {
      const kind = stats.isDirectory() ? 'folder' : 'file'
      return `${link} is a ${kind} of its own and was left alone; this run is in ${runFolder}`
    }
    await replaceFile(link, (temporary) => symlink(basename(runFolder), temporary))
    return null
  } catch (error) {
    return `${link} could not be set (${error instanceof Error ? error.message : String(error)}); this run is in ${runFolder}`
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/**
 * Puts a new file or link in the place of an old one, whole or not at all: it is made under another name in the same folder, and moved in
 * one step. Whoever reads the name sees the old one or the new one.
 */
export async function replaceFile(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    // What another process of this number has left behind is in the way.
    await rm(temporary, { force: true })
    await make(temporary)
    await rename(temporary, path)
  } catch (error) {
    // The first error is the one to tell; that the temporary file cannot be removed either is no news.
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/** Writes a whole file or nothing, and onto the disk first: after a power cut, too, there is the old text or the new one. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await replaceFile(path, (temporary) => writeFile(temporary, text, { flush: true }))
}

const causes: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'part of the path is a file, not a folder',
  EEXIST: 'it is a file, not a folder',
  ENOENT: 'no folder can be made there',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'too many files are open',
  EFBIG: 'the limit for the size of a file (ulimit -f) is reached',
  EIO: 'the disk reported an error',
}

const nextSteps: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space, or choose a folder on another disk with --out',
  EDQUOT: 'free some space, or choose a folder on another disk with --out',
  EMFILE: 'raise the limit with ulimit -n',
  EFBIG: 'raise the limit with ulimit -f',
}

/**
 * Results cannot be kept where the user requested: found out before anything is measured.
 * @param option the option that chose the place
 */
export function cannotKeepResults(out: string, cause: unknown, option = '--out'): UserError {
  return new UserError('out-not-writable', `cannot write results to ${out}: ${causeInWords(cause)}`, details(cause, option))
}

/** Writing failed in the middle of a run. */
export function cannotWrite(path: string, cause: unknown): RunError {
  return new RunError('write-failed', `cannot write ${path}: ${causeInWords(cause)}`, details(cause, '--out'))
}

function details(cause: unknown, option: string): { hint: string; cause: unknown } {
  return { hint: nextSteps[codeOf(cause)]?.replace('--out', option) ?? `choose another folder with ${option}`, cause }
}

function causeInWords(cause: unknown): string {
  const code = codeOf(cause)
  return causes[code] ?? (cause instanceof Error ? cause.message : String(cause))
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
