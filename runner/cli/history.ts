import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChartSpec, drawn, estimates } from '../report/charts/marks.ts'
import { type Block, numbers, texts, textTable, titled } from '../report/document.ts'
import { writeFiles } from '../report/files.ts'
import { toMarkdown } from '../report/markdown.ts'
import { utcMinute, version } from '../report/run-facts.ts'
import { toTerminal } from '../report/terminal.ts'
import { UserError } from '../result/errors.ts'
import { appId, formatEstimate } from '../result/format.ts'
import { isFolder, readRun } from '../result/json.ts'
import type { Estimate, Result } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'
import { proveWritable } from '../result/run-folder.ts'
import { environmentDifferences } from './environment-differences.ts'

/** The name under which the geometric mean over endpoints is requested. */
const OVERALL = 'overall'
const LONGEST_NAME = 60
const LONGEST_APP = 40
const LONGEST_VERSION = 24

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

/** One app's ratio in one run. */
export interface HistoryPoint {
  readonly app: string
  readonly version: string | null
  readonly startedAt: string
  readonly ratio: Estimate
}

/**
 * Lists the runs of a folder and draws every app's ratio over time.
 * @param options `endpoint`: or `overall`; null: overall where runs have it, else the first endpoint. `out`: where `history.md` and its
 * charts go; null: into the folder of the runs
 * @throws UserError when there is nothing to list
 */
export async function showHistory(
  folder: string,
  { endpoint, out }: { readonly endpoint: string | null; readonly out: string | null },
): Promise<{ text: string; paths: string[]; remarks: readonly string[] }> {
  const { entries, remarks } = await readHistory(folder)
  const endpoints = [...new Set(entries.flatMap(({ result }) => result.cells.map((cell) => cell.endpoint)))]
  const usual = entries.some(({ result }) => result.overall.length > 0) ? OVERALL : (endpoints[0] ?? OVERALL)
  const what = endpoint ?? usual
  const points = ratioSeries(entries, what)
  if (points.length === 0) {
    throw new UserError('no-points', `no run in ${folder} has a valid number for ${what}`, {
      hint: `endpoints there: ${[...new Set([...endpoints, OVERALL])].join(', ')}`,
    })
  }
  const [name, table, spec] = [plainText(what, LONGEST_NAME), historyTable(entries, points), historyChart(points, what)]
  const chart = { title: '', path: 'history', description: 'ratio of every app to the baseline by run', spec }
  const page = titled(`Ratio to the baseline over time, ${name}`, { kind: 'charts', charts: [chart] }, table)
  const { renderThemes } = await import('../report/charts/render-svg.ts')
  const files = [
    { name: 'history.md', text: `${toMarkdown([{ ...page, level: 1 }])}\n` },
    ...(await renderThemes('history', spec)),
  ]
  const target = out ?? folder
  await proveWritable(target, '--out')
  await writeFiles(target, files)
  const text = toTerminal([titled(`ratio to the baseline, ${name}, 95 % intervals`, table)])
  return { text, paths: files.map((file) => join(target, file.name)), remarks }
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

/** Every app's ratio over time on one endpoint; what is invalid in a run has no point there. */
function ratioSeries(entries: readonly HistoryEntry[], endpoint: string): HistoryPoint[] {
  return entries.flatMap(({ result }) =>
    ratiosOf(result, endpoint)
      .filter(({ app }) => app !== result.baseline)
      .map(({ app, ratio }) => ({
        ...{ app, ratio, startedAt: result.startedAt },
        version: result.apps.find(({ id }) => id === app)?.version ?? null,
      })),
  )
}

function ratiosOf(result: Result, endpoint: string): { app: string; ratio: Estimate }[] {
  if (result.verdict === 'invalid') return []
  if (endpoint === OVERALL) return result.overall.filter(({ verdict }) => verdict !== 'invalid')
  return result.cells
    .filter((cell) => cell.state === 'measured')
    .filter((cell) => cell.endpoint === endpoint && cell.verdict !== 'invalid')
}

/** The runs, and every app's ratio in them, as a table. */
function historyTable(entries: readonly HistoryEntry[], points: readonly HistoryPoint[]): Block {
  const apps = [...new Set(points.map(({ app }) => app))]
  const pointOf = (app: string, { startedAt }: HistoryEntry['result']) =>
    points.find((point) => point.app === app && point.startedAt === startedAt)
  return textTable(entries, [
    texts('run', ({ result }) => utcMinute(result.startedAt)),
    texts('Node', ({ result }) => version(result.environment.node)),
    numbers('rounds', ({ result }) => String(result.rounds)),
    texts('verdict', ({ result }) => result.verdict),
    ...apps.map((app) => numbers<HistoryEntry>(appId(app), ({ result }) => ratioOf(pointOf(app, result)))),
  ])
}

function ratioOf(point: HistoryPoint | undefined): string {
  if (point === undefined) return '–'
  const known = point.version === null ? '' : ` (${plainText(point.version, LONGEST_VERSION)})`
  return `${formatEstimate(point.ratio)}${known}`
}

/** Every app's ratio over time with intervals, one panel an app. */
function historyChart(points: readonly HistoryPoint[], what: string): ChartSpec {
  const label = ({ startedAt }: HistoryPoint) => `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}`
  const domain = [...new Set(points.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)).map(label))]
  const x = { field: 'run', type: 'ordinal', title: null, scale: { domain }, axis: { labelAngle: -30 } }
  const axis = { title: 'times the cost of the baseline, less is better', scale: { zero: false } }
  return {
    description: `Ratio of every app to the baseline by run, ${plainText(what, LONGEST_APP)}`,
    spacing: 18,
    vconcat: [...Map.groupBy(points, ({ app }) => app)].map(([app, own]) => ({
      title: plainText(app, LONGEST_APP),
      width: 640,
      height: 120,
      data: { values: own.map((point) => ({ run: label(point), ...drawn(point.ratio) })) },
      layer: estimates({ values: 'y', axis, place: { x } }),
    })),
  }
}
