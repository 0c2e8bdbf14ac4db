import { styleText } from 'node:util'
import { appId } from '../result/app-name.ts'
import type { Result, Severity, Verdict } from '../result/model.ts'
import { wrapWords } from '../result/plain-text.ts'
import { listFailures } from './failures.ts'
import { groupFindings } from './findings.ts'
import { controlLine, runFacts } from './run-facts.ts'
import { summarise } from './summary.ts'
import { buildTables } from './table.ts'
import { drawTable, type Paint, type Style } from './terminal-table.ts'
import { answerText, textOfTable, textTable } from './text-table.ts'
import { verdictLine } from './verdict-line.ts'

export interface TerminalOptions {
  readonly colour: boolean
  /** Columns of the terminal; Infinity when the output is no terminal. */
  readonly width: number
}

/** Below this, columns would have to lose digits; a line that is too long says more. */
const LEAST_WIDTH = 48

const verdictStyles: Readonly<Record<Verdict | Severity, Style>> = {
  valid: 'green',
  note: 'dim',
  suspect: 'yellow',
  invalid: 'red',
}

/** The result for a person at a terminal; also fit for a file or a pipe, with `colour` false. Ends with a line break. */
export function renderTerminal(result: Result, { colour, width }: TerminalOptions): string {
  // Whether to colour was decided by the caller, who knows the stream and NO_COLOR.
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
  const columns = Math.max(LEAST_WIDTH, width)
  const sections = [
    head(result, columns, paint),
    ...answer(result, columns, paint),
    ...buildTables(result).map((table) => [
      ...wrapWords(table.title, columns).map((line) => paint('bold', line)),
      ...drawTable(table, columns, paint),
    ]),
    controls(result, columns, paint),
    failures(result, columns, paint),
    findings(result, columns, paint),
    [
      // Of an invalid run, and of a study, both sentences would say the same.
      ...(result.verdict === 'invalid' || result.answer !== null ? [] : wrapWords(summarise(result), columns)),
      ...wrapWords(verdictLine(result), columns).map((line) => paint(verdictStyles[result.verdict], line)),
    ],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function head(result: Result, columns: number, paint: Paint): string[] {
  const facts = runFacts(result)
  const nameWidth = Math.max(...facts.map(({ name }) => name.length)) + 2
  const indent = ' '.repeat(nameWidth)
  return facts.flatMap(({ name, text }) => {
    const [first = '', ...more] = wrapWords(text, columns - nameWidth)
    return [paint('dim', name.padEnd(nameWidth)) + first, ...more.map((line) => indent + line)]
  })
}

/** Question and answer of a study; its tables may be wider than the terminal, because cutting them would lose digits. */
function answer({ answer }: Result, columns: number, paint: Paint): string[][] {
  if (answer === null) return []
  const words = (text: string) => wrapWords(answerText(text), columns, '  ')
  const tables = answer.tables
    .map(textOfTable)
    .map(({ title, columns: heads, rows, note }) => [
      ...words(title).map((line) => paint('bold', line)),
      ...textTable(heads, rows),
      ...(note === '' ? [] : words(note).map((line) => paint('dim', line))),
    ])
  return [
    [...words(answer.question).map((line) => paint('bold', line)), ...answer.sentences.flatMap(words)],
    ...tables,
    answer.limits.flatMap(words),
  ]
}

function controls(result: Result, columns: number, paint: Paint): string[] {
  const lines = result.controls.identical.flatMap((control) => {
    const wrapped = wrapWords(`${appId(control.endpoint)}: ${controlLine(result, control)}`, columns, '  ')
    return control.agrees ? wrapped : wrapped.map((line) => paint('yellow', line))
  })
  return lines.length === 0 ? [] : [paint('bold', 'two copies of one server (A/A)'), ...lines]
}

function failures(result: Result, columns: number, paint: Paint): string[] {
  const lines = listFailures(result).flatMap(({ app, endpoints, reason, lastLines }) => [
    ...wrapWords(`${app} on ${endpoints}: ${reason}`, columns, '  '),
    ...lastLines.flatMap((line) => wrapWords(line, columns - 4).map((part) => paint('dim', `  | ${part}`))),
  ])
  return lines.length === 0 ? [] : [paint('bold', 'failed'), ...lines]
}

function findings(result: Result, columns: number, paint: Paint): string[] {
  const lines = groupFindings(result).flatMap(({ severity, code, advice, facts }) => [
    `${paint(verdictStyles[severity], severity)} ${code}`,
    ...facts.flatMap(({ where, message }) => wrapped(where === null ? message : `${where}: ${message}`, columns)),
    ...(advice === '' ? [] : wrapped(`→ ${advice}`, columns)),
  ])
  return lines.length === 0 ? [] : [paint('bold', 'findings'), ...lines]
}

function wrapped(text: string, columns: number): string[] {
  return wrapWords(text, columns - 2, '  ').map((line) => `  ${line}`)
}
