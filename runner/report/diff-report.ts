import type { CellChange } from '../diff/compare-runs.ts'
import type { RunDiff } from '../diff/diff-command.ts'
import type { Estimate, Result } from '../result.ts'
import { appId } from './app-name.ts'
import { decimalsOf, formatDuration, formatEstimate, formatNumber } from './format.ts'
import { escapeMarkdown, markdownTable } from './markdown.ts'
import { listInWords, plainText } from './plain-text.ts'
import { utcMinute, version } from './run-facts.ts'
import { type TextColumn, textTable } from './text-table.ts'

const LONGEST_FACT = 120

const columns = [
  { head: 'app', kind: 'text' },
  { head: 'endpoint', kind: 'text' },
  { head: 'ratio before', kind: 'number' },
  { head: 'ratio after', kind: 'number' },
  { head: 'change', kind: 'number' },
  { head: '', kind: 'text' },
] as const satisfies readonly TextColumn[]

/** Two runs side by side, for a terminal or a pipe. */
export function renderDiff(diff: RunDiff): string {
  const lines = [
    `before  ${runInWords(diff.before)}`,
    `after   ${runInWords(diff.after)}`,
    ...diff.environment.map((one) => `${one.weight === 'warn' ? 'warning ' : '        '}${differenceInWords(one)}`),
    '',
    ...textTable(columns, diff.cells.map(rowOf)),
    '',
    ...diff.lost.map(lostInWords),
    verdict(diff),
  ]
  return `${lines.join('\n')}\n`
}

/** The same as Markdown. */
export function renderDiffMarkdown(diff: RunDiff): string {
  const facts = [
    `before: ${runInWords(diff.before)}`,
    `after: ${runInWords(diff.after)}`,
    ...diff.environment.map(differenceInWords),
  ]
  return [
    ...facts.map((fact) => `- ${escapeMarkdown(fact)}`),
    '',
    markdownTable(columns, diff.cells.map(rowOf)),
    '',
    ...diff.lost.map((cell) => `- ${escapeMarkdown(lostInWords(cell))}`),
    ...(diff.lost.length === 0 ? [] : ['']),
    `**${escapeMarkdown(verdict(diff))}**`,
    '',
  ].join('\n')
}

/** `kernel: 6.1 → 6.2 (a change may come from this)`. */
function differenceInWords({ name, before, after, weight }: RunDiff['environment'][number]): string {
  return `${plain(name)}: ${plain(before)} → ${plain(after)}${weight === 'warn' ? ' (a change may come from this)' : ''}`
}

function lostInWords({ app, endpoint, because }: RunDiff['lost'][number]): string {
  return `${appId(app)} ${appId(endpoint)} ${because}`
}

/** For programs. */
export function diffForPrograms({ before, after, ...rest }: RunDiff): unknown {
  const facts = ({ startedAt, environment, rounds, verdict }: Result) => ({
    ...{ startedAt, node: environment.node, suiteVersion: environment.suiteVersion, commit: environment.commit, rounds, verdict },
  })
  return { before: facts(before), after: facts(after), ...rest }
}

function rowOf({ app, endpoint, before, after, ratioOfRatios, change }: CellChange): string[] {
  return [appId(app), appId(endpoint), formatEstimate(before), formatEstimate(after), changeInWords(ratioOfRatios), change]
}

/** `+2.1 % [+0.8, +3.4]`. */
function changeInWords({ value, low, high, level }: Estimate): string {
  const percent = (factor: number | null) => (factor === null ? null : 100 * (factor - 1))
  const estimate = { value: percent(value)!, low: percent(low), high: percent(high), level }
  const decimals = decimalsOf(estimate)
  const signed = (number: number | null) => (number === null ? '?' : `${number > 0 ? '+' : ''}${formatNumber(number, decimals)}`)
  return `${signed(estimate.value)} % [${signed(estimate.low)}, ${signed(estimate.high)}]`
}

function verdict({ cells, lost, regressions, before, after }: RunDiff): string {
  const changed = cells.filter(({ change }) => change !== 'unchanged')
  const name = ({ app, endpoint }: { app: string; endpoint: string }) => `${appId(app)} ${appId(endpoint)}`
  const suspect = [before, after].some(({ verdict }) => verdict === 'suspect')
    ? ' One of the runs is suspect: read its findings.'
    : ''
  const said =
    changed.length === 0
      ? `No change is proven in any of ${cells.length} cells (Holm, 5 %).`
      : `Proven changes (Holm, 5 %): ${listInWords(changed.map((cell) => `${name(cell)} is ${cell.change}`))}; the other ${cells.length - changed.length} are unchanged.`
  const failed =
    regressions === null
      ? ''
      : regressions.length === 0
        ? ' No regression beyond the limit is proven.'
        : ` Regression proven: ${listInWords(regressions.map((one) => `${name(one)} by at least ${formatNumber(one.percent, 1)} %`))}.`
  const broken = regressions === null ? [] : lost.filter((cell) => cell.broken)
  const gone = broken.length === 0 ? '' : ` No valid number any more: ${listInWords(broken.map(name))}.`
  return `${said}${failed}${gone}${suspect}`
}

function runInWords(result: Result): string {
  const { environment, rounds, wallSeconds } = result
  return plain(
    `${utcMinute(result.startedAt)}, Node ${version(environment.node)}, suite ${environment.suiteVersion}, ${rounds} rounds in ${formatDuration(wallSeconds)}, ${result.verdict}`,
  )
}

function plain(text: string): string {
  return plainText(text, LONGEST_FACT)
}
