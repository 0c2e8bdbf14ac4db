import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { studies } from '../questions/studies/registry.ts'
import { UserError } from '../result/errors.ts'
import { readRun, renderJson } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { writeAtomically } from '../result/run-folder.ts'
import { CHART_FOLDERS, generatedPages, PUBLISHED } from './generated-pages.ts'

/**
 * Makes a run the published one: its `result.json` is kept in the repository, and the pages are made from it.
 * @param run folder of a run, or its `result.json`
 * @returns the paths written, the result first
 * @throws UserError when there is no such run, or it may not be published
 */
export async function publishResults(run: string): Promise<string[]> {
  const { result } = await readRun(run)
  const path = result.answer === null ? placeOfComparison(result) : placeOfStudy(result)
  await mkdir(dirname(path), { recursive: true })
  await writeAtomically(path, renderJson(result))
  return [path, ...(await writePages())]
}

/** Writes every generated page: `npm run docs`. @returns the paths */
export async function writePages(): Promise<string[]> {
  const pages = await generatedPages()
  for (const folder of CHART_FOLDERS) await rm(folder, { recursive: true, force: true })
  for (const { path, text } of pages) {
    await mkdir(dirname(path), { recursive: true })
    await writeAtomically(path, text)
  }
  return pages.map(({ path }) => path)
}

/** @throws UserError when the run is not valid or not complete */
function placeOfComparison({ verdict, cells }: Result): string {
  const hint = 'its report.md says why'
  if (verdict !== 'valid') {
    throw new UserError('not-valid', `this run is ${verdict}: only a valid one can be published`, { hint })
  }
  const missing = cells.find(({ state }) => state !== 'measured')
  if (missing !== undefined) {
    const sentence = `${missing.app} has no numbers on ${missing.endpoint}: only a complete run can be published`
    throw new UserError('not-complete', sentence, { hint })
  }
  return PUBLISHED.comparison
}

/** @throws UserError when the run as a whole is invalid, was cut short, or its study is not known */
function placeOfStudy({ study, findings, stoppedBecause }: Result): string {
  const known = studies.find(({ id }) => id === study)
  if (known === undefined) throw new UserError('unknown-study', `there is no study ${study} to publish`)
  const invalid = findings.find(({ severity }) => severity === 'invalid')
  if (invalid !== undefined) {
    throw new UserError('not-valid', `this run is invalid (${invalid.code}): ${invalid.message}`, { hint: invalid.advice })
  }
  if (stoppedBecause === 'interrupted' || stoppedBecause === 'failed') {
    throw new UserError('not-complete', `this run was cut short (${stoppedBecause}): only a complete one can be published`)
  }
  return PUBLISHED.study(known.id)
}
