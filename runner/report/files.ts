import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { distributionsOf } from '../analysis/slice-distribution.ts'
import type { Slice } from '../measure/sample.ts'
import type { Result } from '../result.ts'
import { writeAtomically } from './atomic-write.ts'
import { renderFormats } from './formats.ts'
import { type JsonLinesFile, openJsonLinesFile } from './json-lines-file.ts'
import { pointLatestTo } from './latest-link.ts'
import { makeFolders } from './make-folders.ts'
import { readSamples } from './read-json-lines.ts'
import { ROUNDS, SAMPLES } from './run-files.ts'
import { cannotKeepResults, cannotWrite } from './storage-error.ts'

/** Written and removed again before measuring: a full disk still lets empty files be made. */
const PROBE_BYTES = 2 ** 16
/** Runs of one study that start in the same second. */
const MOST_NAMESAKES = 100

/** A file of a run. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/** The folder of one run: `<out>/2026-11-21T09-30-05Z-compare/`. Writing rejects with a RunError that names cause and next step. */
export interface RunFolder {
  readonly path: string
  /**
   * Brings a finished round onto the disk: its slices first, then what it takes to go on from here. A round is kept when both are there.
   * @param stored one line of JSON
   */
  keepRound(slices: readonly Slice[], stored: object): Promise<void>
  /**
   * Writes the files of the result, each in one piece, and points `<out>/latest` here. May be called after every round.
   * @returns a remark when `latest` could not be set, else null
   */
  writeReports(result: Result): Promise<string | null>
  /** Writes what takes longer to make: pages and charts, which need the samples too. */
  writePages(result: Result): Promise<void>
  /** Takes back a folder in which nothing was written but samples. */
  discard(): Promise<void>
  /** Flushes and closes the samples; may be called again. */
  close(): Promise<void>
}

/**
 * Makes the folder of a run and proves that it can be written to, so that no run measures for minutes and then has nowhere to go.
 * @throws {UserError} `out-not-writable`
 */
export async function openRunFolder(out: string, study: string, startedAt: Date): Promise<RunFolder> {
  const path = await makeRunFolder(out, study, startedAt)
  try {
    return await openedFolder(out, path)
  } catch (cause) {
    await discardEmpty(path)
    throw cannotKeepResults(out, cause)
  }
}

/**
 * Opens the folder of a stopped run again; what is written is added to what is there.
 * @param keep rounds to keep in the samples; null: all of them. Slices of a round that was not finished have to go.
 * @throws {UserError} `out-not-writable`
 */
export async function reopenRunFolder(path: string, keep: readonly (readonly Slice[])[] | null): Promise<RunFolder> {
  try {
    await probe(path)
    if (keep !== null) await replaceSamples(join(path, SAMPLES), keep)
    return await openedFolder(dirname(path), path)
  } catch (cause) {
    throw cannotKeepResults(path, cause)
  }
}

async function openedFolder(out: string, path: string): Promise<RunFolder> {
  return runFolder(out, path, await openJsonLinesFile<Slice>(join(path, SAMPLES)), await openJsonLinesFile(join(path, ROUNDS)))
}

/** The old file stays until the new one is complete. */
async function replaceSamples(path: string, rounds: readonly (readonly Slice[])[]): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  const file = await openJsonLinesFile<Slice>(temporary)
  try {
    for (const slices of rounds) {
      for (const slice of slices) file.append(slice)
      await file.flush()
    }
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

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

function runFolder(out: string, path: string, samples: JsonLinesFile<Slice>, rounds: JsonLinesFile<object>): RunFolder {
  const samplesPath = join(path, SAMPLES)
  const roundsPath = join(path, ROUNDS)
  const closeBoth = async () => {
    await told(samplesPath, samples.close())
    await told(roundsPath, rounds.close())
  }
  let closing: Promise<void> | undefined
  const source = (result: Result) => ({ result, distributions: () => distributionsOf(readSamples(samplesPath)) })
  return {
    path,
    async keepRound(slices, stored) {
      for (const slice of slices) samples.append(slice)
      await told(samplesPath, samples.flush())
      rounds.append(stored)
      await told(roundsPath, rounds.flush())
    },
    async writeReports(result) {
      // All texts first: a report that cannot be made must not leave new files beside old ones.
      await writeFiles(path, await renderFormats('round', source(result)))
      return pointLatestTo(out, path)
    },
    async writePages(result) {
      await writeFiles(path, await renderFormats('end', source(result)))
    },
    async discard() {
      closing ??= closeBoth()
      await closing
      await rm(samplesPath, { force: true })
      await rm(roundsPath, { force: true })
      await rmdir(path)
    },
    close() {
      closing ??= closeBoth()
      return closing
    },
  }
}

/** Writes files of a run, each in one piece. @throws {RunError} `write-failed` */
export async function writeFiles(folder: string, files: readonly ReportFile[]): Promise<void> {
  for (const { name, text } of files) await told(join(folder, name), writeAtomically(join(folder, name), text))
}

/** Only an empty folder goes; that it stays is no news beside the reason. */
async function discardEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => {})
}

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
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

async function probe(folder: string): Promise<void> {
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
