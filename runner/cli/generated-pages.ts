import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPublished } from '../questions/calibrate.ts'
import { renderCalibrationPage } from '../questions/calibration/page.ts'
import { studies } from '../questions/studies/registry.ts'
import { renderChartFiles } from '../report/charts/chart-files.ts'
import { texts, textTable } from '../report/document.ts'
import { pictureTag, toMarkdown } from '../report/markdown.ts'
import { mainFactsLine } from '../report/run-facts.ts'
import { renderMarkdown, renderMarkdownTable } from '../report/run-report.ts'
import { parseResult, renderJsonSchema } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { optionsTable, renderFactsPage, renderFindingsPage, replaceRegion } from './reference-pages.ts'
import { renderStudiesPage, renderStudyCharts, type StudyEntry } from './studies-page.ts'

const inProject = (...path: string[]) => join(fileURLToPath(new URL('../../', import.meta.url)), ...path)
const inDocs = (...path: string[]) => inProject('docs', ...path)
const README = inProject('README.md')
const DOCTOR_PAGE = inDocs('doctor.md')
const chartAlts = {
  overhead: 'CPU microseconds per request over bare node:http, by framework and endpoint, with intervals',
  share: 'share of a request spent in the framework, in the work behind the endpoint, and in HTTP',
} as const
const SHOWN_ENDPOINT = 'hello'

/** Where published runs are kept: the comparison, the studies by their id, the parts of the calibration. */
export const PUBLISHED = {
  comparison: inProject('results', 'published', 'compare.json'),
  study: (id: string) => inProject('results', 'published', 'studies', `${id}.json`),
  calibration: inProject('results', 'published', 'calibration'),
} as const

/** Folders that hold nothing but generated charts: what is not made any more has to go. */
export const CHART_FOLDERS: readonly string[] = [inDocs('studies'), inDocs('calibration')]

export interface Page {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

/** Every page, chart and schema that is made from code and published runs; a test fails when one is out of date. */
export async function generatedPages(): Promise<Page[]> {
  const comparison = parseResult(await readFile(PUBLISHED.comparison, 'utf8'), PUBLISHED.comparison)
  const entries = await publishedStudies()
  const [studyCharts, calibration] = await Promise.all([
    renderStudyCharts(entries),
    renderCalibrationPage(await readPublished(PUBLISHED.calibration)),
  ])
  return [
    { path: inDocs('findings.md'), text: renderFindingsPage() },
    { path: DOCTOR_PAGE, text: replaceRegion(await readFile(DOCTOR_PAGE, 'utf8'), 'facts', renderFactsPage()) },
    { path: inProject('results', 'schema.json'), text: renderJsonSchema() },
    ...(await comparisonPages(comparison)),
    { path: inDocs('studies.md'), text: renderStudiesPage(entries) },
    ...studyCharts.map(({ name, text }) => ({ path: inDocs(name), text })),
    ...calibration.map(({ path, text }) => ({ path: inDocs(path), text })),
  ]
}

/** Every study with its published run, if it has one. */
export async function publishedStudies(): Promise<StudyEntry[]> {
  return Promise.all(
    studies.map(async ({ id, title, question }) => {
      const path = PUBLISHED.study(id)
      const text = await readFile(path, 'utf8').catch(() => null)
      return { id, title, question, result: text === null ? null : parseResult(text, path) }
    }),
  )
}

async function comparisonPages(result: Result): Promise<Page[]> {
  const regions = { results: latestResults(result), options: optionsTable(), studies: studiesTable() }
  const readme = Object.entries(regions).reduce(
    (page, [name, content]) => replaceRegion(page, name, content),
    await readFile(README, 'utf8'),
  )
  const charts = await renderChartFiles(result)
  const page = `${picture('overhead', 'published')}\n\n${renderMarkdown(result)}\n${picture('share', 'published')}\n`
  return [
    { path: inProject('results', 'README.md'), text: page },
    { path: README, text: readme },
    ...charts.map(({ name, text }) => ({ path: inProject('results', 'published', name), text })),
  ]
}

function picture(name: keyof typeof chartAlts, folder: string): string {
  return pictureTag({ path: `${folder}/${name}`, description: chartAlts[name] })
}

/** The studies as a Markdown table, for the README. */
function studiesTable(): string {
  return toMarkdown([
    { blocks: [textTable(studies, [texts('study', ({ id }) => id), texts('question', ({ question }) => question)])] },
  ])
}

function latestResults(result: Result): string {
  return [
    picture('overhead', 'results/published'),
    renderMarkdownTable(result, SHOWN_ENDPOINT),
    renderMarkdownTable(result, null),
    `All endpoints, intervals and findings: [results/README.md](results/README.md). ${mainFactsLine(result)}.`,
  ].join('\n\n')
}
