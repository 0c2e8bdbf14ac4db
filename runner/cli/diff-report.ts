import type { Weight } from '../machine/environment-points.ts'
import { type Block, numbers, paragraph, texts, textTable } from '../report/document.ts'
import { toMarkdown } from '../report/markdown.ts'
import { utcMinute, version } from '../report/run-facts.ts'
import { toTerminal } from '../report/terminal.ts'
import { appId, decimalsOf, formatDuration, formatEstimate, formatNumber } from '../result/format.ts'
import { prettyJson } from '../result/json.ts'
import type { Estimate, Result } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'
import type { CellChange, RunDiff } from './diff.ts'

const LONGEST_FACT = 120

const RELATIVE = 'relative to the others'
const weights: Readonly<Record<Weight, string>> = {
  refuse: '',
  machine: ' (not comparable here)',
  warn: ' (a change may come from this)',
  expected: '',
}

/** Two runs side by side, for a terminal or a pipe. */
export function renderDiff(diff: RunDiff): string {
  const facts = [
    `before  ${runInWords(diff.before)}`,
    `after   ${runInWords(diff.after)}`,
    ...diff.environment.map((one) => `${one.weight === 'expected' ? '        ' : 'warning '}${differenceInWords(one)}`),
  ]
  return toTerminal([
    { blocks: [{ kind: 'raw', text: facts.join('\n') }] },
    { blocks: [cellsTable(diff)] },
    { blocks: [...diff.lost.map((cell) => paragraph(lostInWords(cell))), paragraph(verdict(diff))] },
  ])
}

/** The same as Markdown. */
export function renderDiffMarkdown(diff: RunDiff): string {
  const runs = [`before: ${runInWords(diff.before)}`, `after: ${runInWords(diff.after)}`]
  const blocks: Block[] = [
    { kind: 'sentences', texts: [...runs, ...diff.environment.map(differenceInWords)] },
    cellsTable(diff),
    { kind: 'sentences', texts: diff.lost.map(lostInWords) },
    paragraph(verdict(diff), { strong: true }),
  ]
  return `${toMarkdown([{ blocks }])}\n`
}

/** `kernel: 6.1 → 6.2 (a change may come from this)`. */
function differenceInWords({ name, before, after, weight }: RunDiff['environment'][number]): string {
  return `${plain(name)}: ${plain(before)} → ${plain(after)}${weights[weight]}`
}

function lostInWords(cell: RunDiff['lost'][number]): string {
  return `${name(cell)} ${cell.because}`
}

/** For programs, as JSON. */
export function renderDiffJson({ before, after, ...rest }: RunDiff): string {
  const facts = ({ startedAt, environment: { node, suiteVersion, commit }, rounds, verdict }: Result) => {
    return { startedAt, node, suiteVersion, commit, rounds, verdict }
  }
  return prettyJson({ before: facts(before), after: facts(after), ...rest })
}

/** What a cell did relative to the others is shown where its own change says nothing. */
function cellsTable({ cells, comparable }: RunDiff): Block {
  const relative = numbers<CellChange>(RELATIVE, ({ relativeToOthers }) =>
    relativeToOthers === null ? '–' : changeInWords(relativeToOthers),
  )
  return textTable(cells, [
    texts('app', ({ app }) => appId(app)),
    texts('endpoint', ({ endpoint }) => appId(endpoint)),
    numbers('ratio before', ({ before }) => formatEstimate(before)),
    numbers('ratio after', ({ after }) => formatEstimate(after)),
    numbers('change', ({ ratioOfRatios }) => changeInWords(ratioOfRatios)),
    ...(comparable ? [] : [relative]),
    texts('', ({ change }) => change),
  ])
}

/** `+2.1 % [+0.8, +3.4]`. */
function changeInWords({ value, low, high, level }: Estimate): string {
  const percent = (factor: number | null) => (factor === null ? null : 100 * (factor - 1))
  const estimate = { value: percent(value)!, low: percent(low), high: percent(high), level }
  const decimals = decimalsOf(estimate)
  const signed = (number: number | null) => (number === null ? '?' : `${number > 0 ? '+' : ''}${formatNumber(number, decimals)}`)
  return `${signed(estimate.value)} % [${signed(estimate.low)}, ${signed(estimate.high)}]`
}

function verdict(diff: RunDiff): string {
  const { lost, regressions, before, after } = diff
  const suspect = [before, after].some(({ verdict }) => verdict === 'suspect')
    ? ' One of the runs is suspect: read its findings.'
    : ''
  const broken = regressions === null ? [] : lost.filter((cell) => cell.broken)
  const gone = broken.length === 0 ? '' : ` No valid number any more: ${listInWords(broken.map(name))}.`
  return `${diff.comparable ? proven(diff) : notComparable(diff)}${gone}${suspect}`
}

function proven({ cells, regressions }: RunDiff): string {
  const changed = cells.filter(({ change }) => change !== 'unchanged')
  const said =
    changed.length === 0
      ? `No change is proven in any of ${cells.length} cells (Holm, 5 %).`
      : `Proven changes (Holm, 5 %): ${listInWords(changed.map((cell) => `${name(cell)} is ${cell.change}`))}; the other ${cells.length - changed.length} are unchanged.`
  if (regressions === null) return said
  if (regressions.length === 0) return `${said} No regression beyond the limit is proven.`
  const proven = regressions.map((one) => `${name(one)} by at least ${formatNumber(one.percent, 1)} %`)
  return `${said} Regression proven: ${listInWords(proven)}.`
}

function notComparable({ environment, regressions }: RunDiff): string {
  const reasons = environment.filter(({ weight }) => weight === 'machine').map((one) => plain(one.name))
  const gate = regressions === null ? '' : ' and none fails --fail-on'
  return `Not comparable here: ${listInWords(reasons)} ${reasons.length === 1 ? 'differs' : 'differ'}. No change is proven${gate}. "${RELATIVE}" is the change over the mean change of the other apps on the endpoint; that is no proof.`
}

function name({ app, endpoint }: { readonly app: string; readonly endpoint: string }): string {
  return `${appId(app)} ${appId(endpoint)}`
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
