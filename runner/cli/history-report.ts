import { type Block, numbers, type Section, tableOf, texts, titled } from '../report/document.ts'
import { toMarkdown } from '../report/markdown.ts'
import { utcMinute, version } from '../report/run-facts.ts'
import { toTerminal } from '../report/terminal.ts'
import { appId } from '../result/app-name.ts'
import { formatEstimate } from '../result/format.ts'
import { plainText } from '../result/plain-text.ts'
import type { HistoryPoint } from './history/ratio-series.ts'
import type { HistoryEntry } from './history/read-history.ts'
import { historyChart } from './history-chart.ts'

const LONGEST_NAME = 60
const LONGEST_VERSION = 24

/** The runs, and every app's ratio in them, as a table. */
function historyTable(entries: readonly HistoryEntry[], points: readonly HistoryPoint[]): Block {
  const apps = [...new Set(points.map(({ app }) => app))]
  const pointOf = (app: string, { startedAt }: HistoryEntry['result']) =>
    points.find((point) => point.app === app && point.startedAt === startedAt)
  return tableOf(entries, [
    texts('run', ({ result }) => utcMinute(result.startedAt)),
    texts('Node', ({ result }) => version(result.environment.node)),
    numbers('rounds', ({ result }) => String(result.rounds)),
    texts('verdict', ({ result }) => result.verdict),
    ...apps.map((app) => numbers<HistoryEntry>(appId(app), ({ result }) => ratioOf(pointOf(app, result)))),
  ])
}

/** For a terminal or a pipe. */
export function renderHistory(entries: readonly HistoryEntry[], points: readonly HistoryPoint[], what: string): string {
  const title = `ratio to the baseline, ${plainText(what, LONGEST_NAME)}, 95 % intervals`
  return toTerminal([titled(title, historyTable(entries, points))])
}

/** `history.md`, beside its charts. */
export function renderHistoryMarkdown(entries: readonly HistoryEntry[], points: readonly HistoryPoint[], what: string): string {
  const chart = {
    title: '',
    path: 'history',
    description: 'ratio of every app to the baseline by run',
    spec: historyChart(points, what),
  }
  const section: Section = {
    title: `Ratio to the baseline over time, ${plainText(what, LONGEST_NAME)}`,
    level: 1,
    blocks: [{ kind: 'charts', charts: [chart] }, historyTable(entries, points)],
  }
  return `${toMarkdown([section])}\n`
}

function ratioOf(point: HistoryPoint | undefined): string {
  if (point === undefined) return '–'
  const known = point.version === null ? '' : ` (${plainText(point.version, LONGEST_VERSION)})`
  return `${formatEstimate(point.ratio)}${known}`
}
