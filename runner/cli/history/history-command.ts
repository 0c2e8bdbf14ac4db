import { join } from 'node:path'
import { writeFiles } from '../../report/files.ts'
import { UserError } from '../../result/errors.ts'
import { proveWritable } from '../../result/writable-folder.ts'
import { historyChart } from '../history-chart.ts'
import { renderHistory, renderHistoryMarkdown } from '../history-report.ts'
import { OVERALL, ratioSeries } from './ratio-series.ts'
import { type History, readHistory } from './read-history.ts'

export interface HistoryOptions {
  /** An endpoint, or `overall`; null: overall where runs have it, else the first endpoint. */
  readonly endpoint: string | null
  /** Where `history.md` and its charts go; null: into the folder of the runs. */
  readonly out: string | null
}

/** What the command has to say. */
export interface HistoryOutcome {
  readonly text: string
  readonly paths: readonly string[]
  readonly remarks: readonly string[]
}

/** Lists the runs of a folder and draws every app's ratio over time. @throws UserError when there is nothing to list */
export async function showHistory(folder: string, { endpoint, out }: HistoryOptions): Promise<HistoryOutcome> {
  const history = await readHistory(folder)
  const what = endpoint ?? usualEndpoint(history)
  const points = ratioSeries(history.entries, what)
  if (points.length === 0) {
    throw new UserError('no-points', `no run in ${folder} has a valid number for ${what}`, {
      hint: `endpoints there: ${[...new Set([...endpointsOf(history), OVERALL])].join(', ')}`,
    })
  }
  const { renderThemes } = await import('../../report/charts/render-svg.ts')
  const files = [
    { name: 'history.md', text: renderHistoryMarkdown(history.entries, points, what) },
    ...(await renderThemes('history', historyChart(points, what)!)),
  ]
  const target = out ?? folder
  await proveWritable(target, '--out')
  await writeFiles(target, files)
  return {
    text: renderHistory(history.entries, points, what),
    paths: files.map(({ name }) => join(target, name)),
    remarks: history.remarks,
  }
}

function usualEndpoint(history: History): string {
  return history.entries.some(({ result }) => result.overall.length > 0) ? OVERALL : (endpointsOf(history)[0] ?? OVERALL)
}

function endpointsOf({ entries }: History): string[] {
  return [...new Set(entries.flatMap(({ result }) => result.cells.map(({ endpoint }) => endpoint)))]
}
