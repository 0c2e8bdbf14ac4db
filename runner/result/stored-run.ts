import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from './errors.ts'
import { parseResult } from './json.ts'
import type { Result } from './model.ts'
import { RESULT } from './run-files.ts'

/** A run that was measured before. */
export interface StoredRun {
  readonly result: Result
  /** Where its `result.json` is, and its samples if they were kept. */
  readonly folder: string
  readonly path: string
}

/**
 * Reads a run back.
 * @param run folder of a run, or its `result.json`
 * @throws {UserError} `no-run` when there is none, and what `parseResult` throws for a file that is damaged, foreign, older or newer
 */
export async function readRun(run: string): Promise<StoredRun> {
  const path = (await isFolder(run)) ? join(run, RESULT) : run
  const text = await readFile(path, 'utf8').catch((cause) => Promise.reject(noSuchRun(path, cause)))
  return { result: parseResult(text, path), folder: dirname(path), path }
}

/** Follows links; false for what is not there. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

function noSuchRun(path: string, cause: unknown): UserError {
  return new UserError('no-run', `there is no result at ${path.trim() === '' ? JSON.stringify(path) : path}`, {
    hint: 'give the folder of a run, for example results/latest',
    cause,
  })
}
