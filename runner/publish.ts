import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from './errors.ts'
import { optionsTable } from './options-table.ts'
import { publishStudy } from './publish-study.ts'
import { writeAtomically } from './report/atomic-write.ts'
import { pictureTag } from './report/charts/picture.ts'
import { renderJson } from './report/json.ts'
import { renderMarkdown, renderMarkdownTable } from './report/markdown.ts'
import { replaceRegion } from './report/regions.ts'
import { MAIN_FACTS, runFacts } from './report/run-facts.ts'
import type { Result } from './result.ts'
import { readRun } from './stored-run.ts'

const PROJECT = fileURLToPath(new URL('../', import.meta.url))
export const PUBLISHED = join(PROJECT, 'results', 'published', 'compare.json')
const RESULTS_PAGE = join(PROJECT, 'results', 'README.md')
const README = join(PROJECT, 'README.md')
const chartAlts = {
  overhead: 'CPU microseconds per request over bare node:http, by framework and endpoint, with intervals',
  share: 'share of a request spent in the framework, in the work behind the endpoint, and in HTTP',
} as const
const SHOWN_ENDPOINT = 'hello'

/** The pages that are made from the published result; `published-pages.test.ts` fails when they are out of date. */
export async function renderPublishedPages(result: Result): Promise<{ path: string; text: string }[]> {
  const readme = await readFile(README, 'utf8')
  const withResults = replaceRegion(readme, 'results', latestResults(result))
  const { renderChartFiles } = await import('./report/charts/chart-files.ts')
  const charts = (await renderChartFiles(result)).map(({ name, text }) => ({ path: join(dirname(PUBLISHED), name), text }))
  return [
    {
      path: RESULTS_PAGE,
      text: `${picture('overhead', 'published')}\n\n${renderMarkdown(result)}\n${picture('share', 'published')}\n`,
    },
    { path: README, text: replaceRegion(withResults, 'options', optionsTable()) },
    ...charts,
  ]
}

/**
 * Makes a run the published one: its `result.json` is kept in the repository, and the pages are made from it.
 * @param run folder of a run, or its `result.json`
 * @throws UserError when there is no such run, or it is not valid
 */
export async function publishResults(run: string): Promise<string[]> {
  const { result } = await readRun(run)
  if (result.answer !== null) return publishStudy(result)
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

function picture(name: keyof typeof chartAlts, folder: string): string {
  return pictureTag(`${folder}/${name}`, chartAlts[name])
}

function latestResults(result: Result): string {
  const facts = runFacts(result)
    .filter(({ name }) => MAIN_FACTS.includes(name))
    .map(({ name, text }) => `${name}: ${text}`)
  return [
    picture('overhead', 'results/published'),
    renderMarkdownTable(result, SHOWN_ENDPOINT),
    renderMarkdownTable(result, null),
    `All endpoints, intervals and findings: [results/README.md](results/README.md). ${facts.join('; ')}.`,
  ].join('\n\n')
}
