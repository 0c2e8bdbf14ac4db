import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { distributionsOf } from '../analysis/slice-distribution.ts'
import type { Slice } from '../measure/sample.ts'
import type { Result } from '../result.ts'
import { writeAtomically } from './atomic-write.ts'
import { renderFormats } from './formats.ts'
import { pointLatestTo } from './latest-link.ts'
import { makeFolders } from './make-folders.ts'
import { readSamples } from './read-samples.ts'
import { openSamplesFile, type SamplesFile } from './samples-file.ts'
import { cannotKeepResults, cannotWrite } from './storage-error.ts'

/** Written and removed again before measuring: a full disk still lets empty files be made. */
const PROBE_BYTES = 2 ** 16
/** Runs of one study that start in the same second. */
const MOST_NAMESAKES = 100

/** Every slice of a run, beside its result. */
export const SAMPLES = 'samples.jsonl.gz'

/** A file of a run. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/** The folder of one run: `<out>/2026-11-21T09-30-05Z-compare/`. Writing rejects with a RunError that names cause and next step. */
export interface RunFolder {
  readonly path: string
  appendSample(slice: Slice): void
  /** Brings the samples onto the disk; meant for the end of every round. */
  flush(): Promise<void>
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
    return runFolder(out, path, await openSamplesFile(join(path, SAMPLES)))
  } catch (cause) {
    await discardEmpty(path)
    throw cannotKeepResults(out, cause)
  }
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

function runFolder(out: string, path: string, samples: SamplesFile): RunFolder {
  const samplesPath = join(path, SAMPLES)
  let closing: Promise<void> | undefined
  return {
    path,
    appendSample: (slice) => samples.append(slice),
    flush: () => told(samplesPath, samples.flush()),
    async writeReports(result) {
      // All texts first: a report that cannot be made must not leave new files beside old ones.
      await writeFiles(path, await renderFormats('round', { result, distributions: [] }))
      return pointLatestTo(out, path)
    },
    async writePages(result) {
      const distributions = await distributionsOf(readSamples(samplesPath))
      await writeFiles(path, await renderFormats('end', { result, distributions }))
    },
    async discard() {
      closing ??= told(samplesPath, samples.close())
      await closing
      await rm(samplesPath, { force: true })
      await rmdir(path)
    },
    close() {
      closing ??= told(samplesPath, samples.close())
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
