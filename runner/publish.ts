import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from './errors.ts'
import { optionsTable } from './options-table.ts'
import { writeAtomically } from './report/atomic-write.ts'
import { renderBars } from './report/bars.ts'
import { parseResult, renderJson } from './report/json.ts'
import { renderMarkdown, renderMarkdownTable } from './report/markdown.ts'
import { replaceRegion } from './report/regions.ts'
import { runFacts } from './report/run-facts.ts'
import type { Result } from './result.ts'

const PROJECT = fileURLToPath(new URL('../', import.meta.url))
export const PUBLISHED = join(PROJECT, 'results', 'published', 'compare.json')
const RESULTS_PAGE = join(PROJECT, 'results', 'README.md')
const README = join(PROJECT, 'README.md')
const SHOWN_ENDPOINT = 'hello'
const FACTS_IN_README = ['run', 'Node', 'machine', 'load', 'time']

/** The pages that are made from the published result; `published-pages.test.ts` fails when they are out of date. */
export async function renderPublishedPages(result: Result): Promise<{ path: string; text: string }[]> {
  const readme = await readFile(README, 'utf8')
  const withResults = replaceRegion(readme, 'results', latestResults(result))
  return [
    { path: RESULTS_PAGE, text: renderMarkdown(result) },
    { path: README, text: replaceRegion(withResults, 'options', optionsTable()) },
  ]
}

/**
 * Makes a run the published one: its `result.json` is kept in the repository, and the pages are made from it.
 * @param run folder of a run, or its `result.json`
 * @throws UserError when there is no such run, or it is not valid
 */
export async function publishResults(run: string): Promise<string[]> {
  const path = (await isFolder(run)) ? join(run, 'result.json') : run
  const result = parseResult(await readFile(path, 'utf8').catch((cause) => Promise.reject(noSuchRun(path, cause))), path)
  if (result.verdict !== 'valid') {
    throw new UserError('not-valid', `this run is ${result.verdict}: only a valid one can be published`, {
      hint: 'its report.md says why',
    })
  }
  const missing = result.cells.find(({ state }) => state !== 'measured')
  if (missing !== undefined) {
    throw new UserError(
      'not-complete',
      `${missing.app} has no numbers on ${missing.endpoint}: only a complete run can be published`,
      {
        hint: 'its report.md says why',
      },
    )
  }
  await mkdir(dirname(PUBLISHED), { recursive: true })
  const pages = [{ path: PUBLISHED, text: renderJson(result) }, ...(await renderPublishedPages(result))]
  for (const page of pages) await writeAtomically(page.path, page.text)
  return pages.map((page) => page.path)
}

function latestResults(result: Result): string {
  const facts = runFacts(result)
    .filter(({ name }) => FACTS_IN_README.includes(name))
    .map(({ name, text }) => `${name}: ${text}`)
  return [
    renderBars(result, SHOWN_ENDPOINT),
    renderMarkdownTable(result, SHOWN_ENDPOINT),
    renderMarkdownTable(result, null),
    `All endpoints, intervals and findings: [results/README.md](results/README.md). ${facts.join('; ')}.`,
  ].join('\n\n')
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

function noSuchRun(path: string, cause: unknown): UserError {
  return new UserError('no-run', `there is no result at ${path}`, {
    hint: 'give the folder of a run, for example results/latest',
    cause,
  })
}
