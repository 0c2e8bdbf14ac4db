import { appId } from '../result/app-name.ts'
import type { Result } from '../result/model.ts'
import { fileStem } from '../result/run-files.ts'
import { pictureTag } from './charts/picture.ts'
import { listFailures } from './failures.ts'
import { groupFindings } from './findings.ts'
import { methodParagraph, reproduceCommand } from './method.ts'
import { controlLine, runFacts } from './run-facts.ts'
import { summarise } from './summary.ts'
import { buildTables } from './table.ts'
import type { Figure, Table } from './table-shape.ts'
import { answerText, textOfTable } from './text-table.ts'
import { verdictLine } from './verdict-line.ts'

/**
 * The result as a page that GitHub shows as it is meant; every table can be pasted on its own. Texts from the apps are escaped here,
 * so that no title can open a tag, a link or another column.
 */
export function renderMarkdown(result: Result): string {
  const sections = [
    `# What a framework costs: ${escapeMarkdown(result.study)}, ${result.startedAt.slice(0, 10)}`,
    escapeMarkdown(summarise(result)),
    [...runFacts(result).map(({ name, text }) => `- **${name}**: ${escapeMarkdown(text)}`)].join('\n'),
    // The quoting keeps the command on one line that starts with `npm`: nothing in it can close the fence.
    `\`\`\`sh\n${reproduceCommand(result)}\n\`\`\``,
    ...answerSections(result),
    ...buildTables(result).map(tableSection),
    list('Two copies of one server (A/A)', controls(result)),
    list('Failed', failures(result)),
    list('Findings', findings(result)),
    `**${escapeMarkdown(verdictLine(result))}**`,
    `## Method\n\n${escapeMarkdown(methodParagraph(result))}`,
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** One table alone, to paste into another page: that of an endpoint, or null for the one over all endpoints; empty when there is none. */
export function renderMarkdownTable(result: Result, endpoint: string | null): string {
  const table = buildTables(result).find((one) => one.endpoint === endpoint)
  return table === undefined ? '' : tableSection(table).replace(/^## (.*)/, '**$1**')
}

/** A table of texts, which are escaped here; every row has a text for every column. */
export function markdownTable(
  columns: readonly { readonly head: string; readonly kind: 'text' | 'number' }[],
  rows: readonly (readonly string[])[],
): string {
  const line = (places: readonly string[]) => `| ${places.join(' | ')} |`
  return [
    line(columns.map(({ head }) => escapeMarkdown(head))),
    line(columns.map(({ kind }) => (kind === 'number' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(escapeMarkdown))),
  ].join('\n')
}

/**
 * Text that stays text in GitHub's Markdown, in a table too: entities for what could end a cell or open a tag, backslashes for the
 * rest. An interval keeps its brackets, because `[1.455, 1.479]` is a link only when a target follows.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\*_~$#]|\[(?![-\d?][-\d.,? ]*\](?![([:]))/g, '\\$&')
    .replace(/[&<>|`]/g, (letter) => `&${entities[letter]};`)
    .replace(/\s*[\r\n]+\s*/g, ' ')
}

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '|': '#124', '`': '#96' }

/**
 * Question and answer of a study, its tables and its charts.
 * @param charts folder of the charts, as seen from the page
 * @param level of the heading that is the question
 */
export function answerSections({ answer }: Pick<Result, 'answer'>, charts = '.', level = 2): string[] {
  if (answer === null) return []
  const words = (text: string) => escapeMarkdown(answerText(text))
  return [
    `${'#'.repeat(level)} ${words(answer.question)}`,
    answer.sentences.map((sentence) => `- ${words(sentence)}`).join('\n'),
    ...answer.charts
      .filter(({ points }) => points.length > 0)
      .map(({ id, description }) => pictureTag(`${charts}/${fileStem(id)}`, answerText(description))),
    ...answer.tables.map(textOfTable).map(({ title, columns, rows, note }) => {
      const table = `${'#'.repeat(level + 1)} ${escapeMarkdown(title)}\n\n${markdownTable(columns, rows)}`
      return note === '' ? table : `${table}\n\n${escapeMarkdown(note)}`
    }),
    answer.limits.map((limit) => `- ${words(limit)}`).join('\n'),
  ].filter((section) => section !== '')
}

function tableSection({ title, columns, rows }: Table): string {
  const places = rows.map((row) => columns.map(({ id }) => inWords(row.figures[id])))
  return `## ${escapeMarkdown(title)}\n\n${markdownTable(columns, places)}`
}

function inWords(figure: Figure | undefined): string {
  return figure === undefined ? '' : `${figure.main} ${figure.interval}`.trimEnd()
}

function controls(result: Result): string[] {
  return result.controls.identical.map((control) => escapeMarkdown(`${appId(control.endpoint)}: ${controlLine(result, control)}`))
}

function failures(result: Result): string[] {
  return listFailures(result).map(({ app, endpoints, reason, lastLines }) => {
    const lines = lastLines.map((line) => `\n  - ${escapeMarkdown(line)}`).join('')
    return `**${escapeMarkdown(app)}** on ${escapeMarkdown(endpoints)}: ${escapeMarkdown(reason)}${lines}`
  })
}

function findings(result: Result): string[] {
  return groupFindings(result).map(({ severity, code, advice, facts }) => {
    const lines = facts.map(({ where, message }) => escapeMarkdown(where === null ? message : `${where}: ${message}`))
    const next = advice === '' ? [] : [`→ ${escapeMarkdown(advice)}`]
    return [`**${severity}** ${escapeMarkdown(code)}`, ...[...lines, ...next].map((line) => `  - ${line}`)].join('\n')
  })
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `## ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`
}
