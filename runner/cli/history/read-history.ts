import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../result/errors.ts'
import type { Result } from '../../result/model.ts'
import { isFolder, readRun } from '../../result/stored-run.ts'
import { environmentDifferences } from '../diff/environment-differences.ts'

/** A run of the history. */
export interface HistoryEntry {
  /** Name of its folder. */
  readonly name: string
  readonly result: Result
}

export interface History {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[]
  /** What was there and could not be read, one sentence each. */
  readonly remarks: readonly string[]
}

/**
 * All runs below a folder: its folders with a `result.json`, and its own files that end in `.json` and hold a result. Links (`latest`)
 * are left out, so that no run is there twice, and so are runs whose numbers mean something else than those of the newest comparison.
 * @throws {UserError} `no-folder` when there is no such folder, `no-runs` when there is no run in it
 */
export async function readHistory(folder: string): Promise<History> {
  if (!(await isFolder(folder))) {
    throw new UserError('no-folder', `there is no folder ${folder.trim() === '' ? JSON.stringify(folder) : folder}`, {
      hint: 'give the folder of the runs, for example results',
    })
  }
  const places = await readdir(folder, { withFileTypes: true })
  const names = places
    .filter((place) => place.isDirectory() || (place.isFile() && place.name.endsWith('.json')))
    .map(({ name }) => name)
  const entries: HistoryEntry[] = []
  const remarks: string[] = []
  for (const name of names.sort()) {
    try {
      entries.push({ name, result: (await readRun(join(folder, name))).result })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      // Folders without a result, and JSON of other programs, are none of its business.
      if (error.code !== 'no-run' && error.code !== 'result-foreign') remarks.push(error.message)
    }
  }
  if (entries.length === 0) {
    throw new UserError('no-runs', `there is no run in ${folder}`, {
      hint: remarks[0] ?? 'npm run compare writes runs to results',
    })
  }
  entries.sort((a, b) => a.result.startedAt.localeCompare(b.result.startedAt))
  // Studies lie in the same folder; a history is that of comparisons, where there are any.
  const newest = entries.findLast(({ result }) => result.answer === null) ?? entries.at(-1)!
  const alike = entries.filter(({ name, result }) => {
    const refused = environmentDifferences(result, newest.result).find(({ weight }) => weight === 'refuse')
    if (refused !== undefined)
      remarks.push(`${name}: ${refused.name} is ${refused.before}, and ${refused.after} in the newest run`)
    return refused === undefined
  })
  return { entries: alike, remarks }
}
