import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from './errors.ts'
import { writeAtomically } from './report/atomic-write.ts'
import { parseResult, renderJson } from './report/json.ts'
import { renderStudiesPage, renderStudyCharts, type StudyEntry } from './report/studies-page.ts'
import type { Result } from './result.ts'
import { studies } from './studies/registry.ts'

const PROJECT = fileURLToPath(new URL('../', import.meta.url))
const DATA = join(PROJECT, 'results', 'published', 'studies')
const DOCS = join(PROJECT, 'docs')

/** Every study with its published run, if it has one. */
export async function publishedStudies(): Promise<StudyEntry[]> {
  return Promise.all(
    studies.map(async ({ id, title, question }) => {
      const path = join(DATA, `${id}.json`)
      const text = await readFile(path, 'utf8').catch(() => null)
      return { id, title, question, result: text === null ? null : parseResult(text, path) }
    }),
  )
}

/** docs/studies.md and its charts; a test fails when they are out of date. */
export async function renderStudyPages(entries: readonly StudyEntry[]): Promise<{ path: string; text: string }[]> {
  const charts = await renderStudyCharts(entries)
  return [
    { path: join(DOCS, 'studies.md'), text: renderStudiesPage(entries) },
    ...charts.map(({ name, text }) => ({ path: join(DOCS, name), text })),
  ]
}

/**
 * Makes a run of a study the published one, and the page anew.
 * @throws UserError when the run as a whole is invalid, was cut short, or its study is not known
 */
export async function publishStudy(result: Result): Promise<string[]> {
  const known = studies.find(({ id }) => id === result.study)
  if (known === undefined) throw new UserError('unknown-study', `there is no study ${result.study} to publish`)
  const invalid = result.findings.find(({ severity }) => severity === 'invalid')
  if (invalid !== undefined) {
    throw new UserError('not-valid', `this run is invalid (${invalid.code}): ${invalid.message}`, { hint: invalid.advice })
  }
  if (result.stoppedBecause === 'interrupted' || result.stoppedBecause === 'failed') {
    throw new UserError('not-complete', `this run was cut short (${result.stoppedBecause}): only a complete one can be published`)
  }
  const path = join(DATA, `${known.id}.json`)
  const entries = (await publishedStudies()).map((entry) => (entry.id === known.id ? { ...entry, result } : entry))
  await mkdir(DATA, { recursive: true })
  // Charts that the new run does not have must not stay behind.
  await rm(join(DOCS, 'studies'), { recursive: true, force: true })
  const pages = [{ path, text: renderJson(result) }, ...(await renderStudyPages(entries))]
  for (const page of pages) {
    await mkdir(dirname(page.path), { recursive: true })
    await writeAtomically(page.path, page.text)
  }
  return pages.map((page) => page.path)
}
