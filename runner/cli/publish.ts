import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPublished } from '../questions/calibrate.ts'
import { renderCalibrationPage } from '../questions/calibration/page.ts'
import { studies } from '../questions/studies/registry.ts'
import { renderChartFiles } from '../report/charts/chart-files.ts'
import { pictureTag } from '../report/markdown.ts'
import { mainFactsLine } from '../report/run-facts.ts'
import { renderMarkdown, renderMarkdownTable } from '../report/run-report.ts'
import { UserError } from '../result/errors.ts'
import { parseResult, readRun, renderJson, renderJsonSchema } from '../result/json.ts'
import type { Result } from '../result/model.ts'
import { chosenFrom } from '../result/option-values.ts'
import { EndpointsFile } from '../result/own-endpoint.ts'
import { writeAtomically } from '../result/run-folder.ts'
import { ServerManifest } from '../servers/server-manifest.ts'
import { Config } from './config-file.ts'
import * as pages from './pages.ts'

const inProject = (...path: string[]) => join(fileURLToPath(new URL('../../', import.meta.url)), ...path)
const inDocs = (...path: string[]) => inProject('docs', ...path)
const SHOWN_ENDPOINT = 'hello'

/** Runs that docs/any-server.md shows, by the regions that they stand in. */
const exampleRuns = ['languages', 'endpoints', 'runtimes'] as const
type ExampleRun = (typeof exampleRuns)[number]

/** Where published runs are kept: the comparison, the studies by their id, the parts of the calibration. */
export const PUBLISHED = {
  comparison: inProject('results', 'published', 'compare.json'),
  study: (id: string) => inProject('results', 'published', 'studies', `${id}.json`),
  example: (name: ExampleRun) => inProject('results', 'published', 'any-server', `${name}.json`),
  calibration: inProject('results', 'published', 'calibration'),
} as const

/**
 * Makes a run the published one: its `result.json` is kept in the repository, and the pages are made from it.
 * @param run folder of a run, or its `result.json`
 * @param as a place in docs/any-server.md; null: the comparison of the README, or the page of the studies
 * @returns the paths written, the result first
 * @throws UserError when there is no such run, or it may not be published
 */
export async function publishResults(run: string, as: string | null = null): Promise<string[]> {
  const { result } = await readRun(run)
  const path =
    as !== null ? placeOfExample(result, as) : result.answer === null ? placeOfComparison(result) : placeOfStudy(result)
  await mkdir(dirname(path), { recursive: true })
  await writeAtomically(path, renderJson(result))
  return [path, ...(await writePages())]
}

/** Writes every generated page: `npm run docs`. @returns the paths */
export async function writePages(): Promise<string[]> {
  const written = await generatedPages()
  // These folders hold nothing but generated charts: what is not made any more has to go.
  for (const folder of ['studies', 'calibration']) await rm(inDocs(folder), { recursive: true, force: true })
  for (const { path, text } of written) {
    await mkdir(dirname(path), { recursive: true })
    await writeAtomically(path, text)
  }
  return written.map(({ path }) => path)
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
function placeOfStudy(result: Result): string {
  const known = studies.find(({ id }) => id === result.study)
  if (known === undefined) throw new UserError('unknown-study', `there is no study ${result.study} to publish`)
  assertComplete(result)
  return PUBLISHED.study(known.id)
}

/** @throws UserError when the run as a whole is invalid, or was cut short, or there is no such place */
function placeOfExample(result: Result, name: string): string {
  const known = chosenFrom('place', exampleRuns, name)
  assertComplete(result)
  // A comparison has no answer that leaves out what is invalid.
  if (result.answer === null && result.verdict === 'invalid') {
    throw new UserError('not-valid', 'this run is invalid: its numbers must not be shown', { hint: 'its report.md says why' })
  }
  return PUBLISHED.example(known)
}

function assertComplete({ findings, stoppedBecause }: Result): void {
  const invalid = findings.find(({ severity }) => severity === 'invalid')
  if (invalid !== undefined) {
    throw new UserError('not-valid', `this run is invalid (${invalid.code}): ${invalid.message}`, { hint: invalid.advice })
  }
  if (stoppedBecause === 'interrupted' || stoppedBecause === 'failed') {
    throw new UserError('not-complete', `this run was cut short (${stoppedBecause}): only a complete one can be published`)
  }
}

/**
 * Every page, chart and schema that is made from code and published runs, with its absolute path; a test fails when one is out of date.
 */
export async function generatedPages(): Promise<{ readonly path: string; readonly text: string }[]> {
  const comparison = parseResult(await readFile(PUBLISHED.comparison, 'utf8'), PUBLISHED.comparison)
  const entries = await publishedStudies()
  const [overhead, share] = [picture('overhead', 'published'), picture('share', 'published')]
  const charts = [
    ...(await pages.renderStudyCharts(entries)),
    ...(await renderCalibrationPage(await readPublished(PUBLISHED.calibration))).map(({ path, text }) => ({ name: path, text })),
  ]
  return [
    { path: inDocs('findings.md'), text: pages.renderFindingsPage() },
    await withRegions(inDocs('doctor.md'), { facts: pages.renderFactsPage() }),
    { path: inProject('results', 'schema.json'), text: renderJsonSchema() },
    { path: inProject('examples', 'server.schema.json'), text: renderJsonSchema(ServerManifest, 'input') },
    { path: inProject('examples', 'endpoints.schema.json'), text: renderJsonSchema(EndpointsFile, 'input') },
    { path: inProject('examples', 'compare.schema.json'), text: renderJsonSchema(Config, 'input') },
    { path: inProject('results', 'README.md'), text: `${overhead}\n\n${renderMarkdown(comparison)}\n${share}\n` },
    await withRegions(inProject('README.md'), {
      results: latestResults(comparison),
      options: pages.optionsTable(),
      studies: pages.studiesTable(studies),
    }),
    ...(await renderChartFiles(comparison)).map(({ name, text }) => ({ path: inProject('results', 'published', name), text })),
    { path: inDocs('studies.md'), text: pages.renderStudiesPage(entries) },
    await withRegions(inDocs('any-server.md'), await exampleRegions()),
    await withRegions(inDocs('origins.md'), pages.originRegions(entries)),
    ...charts.map(({ name, text }) => ({ path: inDocs(name), text })),
  ]
}

/** Every study with its published run, if it has one. */
export async function publishedStudies(): Promise<pages.StudyEntry[]> {
  return Promise.all(
    studies.map(async ({ id, title, question, page }) => {
      const path = PUBLISHED.study(id)
      const text = await readFile(path, 'utf8').catch(() => null)
      return { id, title, question, ...(page && { page }), result: text === null ? null : parseResult(text, path) }
    }),
  )
}

/** What docs/any-server.md says of its runs. */
async function exampleRegions(): Promise<Record<string, string>> {
  const shown = exampleRuns.map(async (name) => {
    const text = await readFile(PUBLISHED.example(name), 'utf8').catch(() => null)
    return [
      name,
      text === null ? 'Not measured yet.' : pages.renderExampleRun(parseResult(text, PUBLISHED.example(name)), name),
    ] as const
  })
  return Object.fromEntries(await Promise.all(shown))
}

/** A page that is written by hand, but for its regions. */
async function withRegions(path: string, regions: Readonly<Record<string, string>>): Promise<{ path: string; text: string }> {
  const page = await readFile(path, 'utf8')
  return { path, text: Object.entries(regions).reduce((text, region) => pages.replaceRegion(text, ...region), page) }
}

const chartAlts = {
  overhead: 'CPU microseconds per request over bare node:http, by framework and endpoint, with intervals',
  share: 'share of a request spent in the framework, in the work behind the endpoint, and in HTTP',
} as const

function picture(name: keyof typeof chartAlts, folder: string): string {
  return pictureTag({ path: `${folder}/${name}`, description: chartAlts[name] })
}

function latestResults(result: Result): string {
  return [
    picture('overhead', 'results/published'),
    renderMarkdownTable(result, SHOWN_ENDPOINT),
    renderMarkdownTable(result, null),
    `All endpoints, intervals and findings: [results/README.md](results/README.md). ${mainFactsLine(result)}.`,
  ].join('\n\n')
}
