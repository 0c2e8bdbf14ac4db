import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { distributionsOf } from '../analysis/slice-distribution.ts'
import { readSamples, type Slice } from '../measure/records.ts'
import { openJsonLinesFile, replaceLines } from '../result/json-lines.ts'
import type { Result } from '../result/model.ts'
import {
  cannotKeepResults,
  cannotWrite,
  discardEmpty,
  makeRunFolder,
  pointLatestTo,
  probe,
  RESULT,
  type ReportFile,
  ROUNDS,
  SAMPLES,
  writeAtomically,
} from '../result/run-folder.ts'
import { renderFormats } from './formats.ts'

/** The folder of one run: `<out>/2026-11-21T09-30-05Z-compare/`. Writing rejects with a RunError that names cause and next step. */
export type RunFolder = Awaited<ReturnType<typeof openedFolder>>

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

/** What there is of the finished rounds of a stopped run, the first round first. */
export interface KeptRounds {
  readonly slices: readonly (readonly Slice[])[]
  readonly stored: readonly object[]
}

/**
 * Opens the folder of a stopped run again; what is written is added to what is there.
 * @param repair what the files have to hold before; null: what they hold
 * @throws {UserError} `out-not-writable`
 */
export async function reopenRunFolder(path: string, repair: KeptRounds | null): Promise<RunFolder> {
  try {
    await probe(path)
    if (repair !== null) {
      await replaceLines(join(path, SAMPLES), repair.slices)
      await replaceLines(join(path, ROUNDS), [repair.stored])
    }
    return await openedFolder(dirname(path), path)
  } catch (cause) {
    throw cannotKeepResults(path, cause)
  }
}

async function openedFolder(out: string, path: string) {
  const [samplesPath, roundsPath] = [join(path, SAMPLES), join(path, ROUNDS)]
  const samples = await openJsonLinesFile<Slice>(samplesPath)
  const rounds = await openJsonLinesFile<object>(roundsPath)
  let resultRounds: number | null = null
  let keptRounds = 0
  let isTold = false
  let closing: Promise<void> | undefined
  const closeBoth = async () => {
    const ends = await Promise.allSettled([told(samplesPath, samples.close()), told(roundsPath, rounds.close())])
    const failed = ends.find((end) => end.status === 'rejected')
    // What could not be written while a round was kept is known.
    if (failed !== undefined && !isTold) throw failed.reason
  }
  /** Flushes and closes the samples; may be called again. */
  const close = () => {
    closing ??= closeBoth()
    return closing
  }
  const source = (result: Result) => ({ result, distributions: () => distributionsOf(readSamples(samplesPath), result) })
  return {
    path,
    /** How many rounds the result has that was written here; null: none was. */
    get resultRounds(): number | null {
      return resultRounds
    },
    /** How many rounds were kept here, so that a run can go on after them. */
    get keptRounds(): number {
      return keptRounds
    },
    /**
     * Brings a finished round onto the disk: its slices first, then what it takes to go on from here. A round is kept when both are there.
     * @param stored one line of JSON
     */
    async keepRound(slices: readonly Slice[], stored: object): Promise<void> {
      try {
        for (const slice of slices) samples.append(slice)
        await told(samplesPath, samples.flush())
        rounds.append(stored)
        await told(roundsPath, rounds.flush())
        keptRounds++
      } catch (error) {
        isTold = true
        throw error
      }
    },
    /**
     * Writes the files of the result, each in one piece, and points `<out>/latest` here. May be called after every round.
     * @returns a remark when `latest` could not be set, else null
     */
    async writeReports(result: Result): Promise<string | null> {
      // All texts first: a report that cannot be made must not leave new files beside old ones.
      for (const file of await renderFormats('round', source(result))) {
        await writeFiles(path, [file])
        if (file.name === RESULT) resultRounds = result.rounds
      }
      return pointLatestTo(out, path)
    },
    /** Writes what takes longer to make: pages and charts, which need the samples too. */
    async writePages(result: Result): Promise<void> {
      await writeFiles(path, await renderFormats('end', source(result)))
    },
    /** Takes back a folder in which nothing was written but samples. */
    async discard(): Promise<void> {
      await close()
      await rm(samplesPath, { force: true })
      await rm(roundsPath, { force: true })
      await rmdir(path)
    },
    close,
  }
}

/** Writes files of a run, each in one piece. @throws {RunError} `write-failed` */
export async function writeFiles(folder: string, files: readonly ReportFile[]): Promise<void> {
  for (const { name, text } of files) await told(join(folder, name), writeAtomically(join(folder, name), text))
}

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}
