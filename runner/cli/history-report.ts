import { pictureTag } from '../report/charts/picture.ts'
import { escapeMarkdown, markdownTable } from '../report/markdown.ts'
import { utcMinute, version } from '../report/run-facts.ts'
import { type TextColumn, textTable } from '../report/text-table.ts'
import { numberColumns, textColumns } from '../result/answer.ts'
import { appId } from '../result/app-name.ts'
import { formatEstimate } from '../result/format.ts'
import { plainText } from '../result/plain-text.ts'
import type { HistoryPoint } from './history/ratio-series.ts'
import type { HistoryEntry } from './history/read-history.ts'

const LONGEST_NAME = 60
const LONGEST_VERSION = 24

/** The runs, and every app's ratio in them, as a table. */
function historyTable(
  entries: readonly HistoryEntry[],
  points: readonly HistoryPoint[],
): { columns: TextColumn[]; rows: string[][] } {
  const apps = [...new Set(points.map(({ app }) => app))]
  const columns: TextColumn[] = [
    ...textColumns('run', 'Node'),
    ...numberColumns('rounds'),
    ...textColumns('verdict'),
    ...numberColumns(...apps.map(appId)),
  ]
  const rows = entries.map(({ result }) => [
    ...[utcMinute(result.startedAt), version(result.environment.node), String(result.rounds), result.verdict],
    ...apps.map((app) => ratioOf(points.find((point) => point.app === app && point.startedAt === result.startedAt))),
  ])
  return { columns, rows }
}

/** For a terminal or a pipe. */
export function renderHistory(entries: readonly HistoryEntry[], points: readonly HistoryPoint[], what: string): string {
  const { columns, rows } = historyTable(entries, points)
  return `ratio to the baseline, ${plainText(what, LONGEST_NAME)}, 95 % intervals\n${textTable(columns, rows).join('\n')}\n`
}

/** `history.md`, beside its charts. */
export function renderHistoryMarkdown(entries: readonly HistoryEntry[], points: readonly HistoryPoint[], what: string): string {
  const { columns, rows } = historyTable(entries, points)
  return [
    `# Ratio to the baseline over time, ${escapeMarkdown(plainText(what, LONGEST_NAME))}`,
    pictureTag('history', 'ratio of every app to the baseline by run'),
    `${markdownTable(columns, rows)}\n`,
  ].join('\n\n')
}

function ratioOf(point: HistoryPoint | undefined): string {
  if (point === undefined) return '–'
  const known = point.version === null ? '' : ` (${plainText(point.version, LONGEST_VERSION)})`
  return `${formatEstimate(point.ratio)}${known}`
}
