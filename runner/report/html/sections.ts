import { type FindingCode, findingKinds } from '../../analysis/checks/registry.ts'
import type { Answer } from '../../result/answer.ts'
import { formatNumber } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { escapeHtml } from '../escape-html.ts'
import { listFailures } from '../failures.ts'
import { groupFindings } from '../findings.ts'
import { methodParagraph, reproduceCommand } from '../method.ts'
import { requestShares } from '../request-shares.ts'
import { controlLine, runFacts } from '../run-facts.ts'
import { textOfTable } from '../text-table.ts'
import { verdictLine } from '../verdict-line.ts'

const LONGEST_FACT = 300

/** One part of the page: a heading and HTML; left out when there is nothing to say. */
export function section(id: string, title: string, parts: readonly string[]): string {
  const said = parts.filter((part) => part !== '')
  if (said.length === 0) return ''
  return `<section aria-labelledby="${id}">\n<h2 id="${id}">${escapeHtml(title)}</h2>\n${said.join('\n')}\n</section>`
}

export function paragraph(text: string, kind = ''): string {
  return text === '' ? '' : `<p${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</p>`
}

/** What every finding says, means and asks for. */
export function findingsList(result: Result): string {
  const groups = groupFindings(result)
  if (groups.length === 0) return paragraph('No check found anything.')
  const items = groups.map(({ severity, code, advice, facts }) => {
    const kind = code in findingKinds ? findingKinds[code as FindingCode] : undefined
    const said = facts.map(({ where, message }) => `<li>${escapeHtml(where === null ? message : `${where}: ${message}`)}</li>`)
    return [
      `<li class="${severity}"><strong>${severity}</strong> <code>${escapeHtml(code)}</code>`,
      `<div class="body"><ul>${said.join('')}</ul>${paragraph(kind?.meaning ?? '', 'note')}${paragraph(advice === '' ? '' : `What to do: ${advice}`)}</div></li>`,
    ].join('\n')
  })
  return `<ul class="findings">\n${items.join('\n')}\n</ul>`
}

export function failuresList(result: Result): string {
  const failures = listFailures(result)
  if (failures.length === 0) return ''
  const items = failures.map(({ app, endpoints, reason, lastLines }) => {
    const printed = lastLines.length === 0 ? '' : `<pre>${escapeHtml(lastLines.join('\n'))}</pre>`
    return `<li class="invalid"><strong>${escapeHtml(app)}</strong> <div class="body">${paragraph(`on ${endpoints}: ${reason}`)}${printed}</div></li>`
  })
  return `<ul class="findings">\n${items.join('\n')}\n</ul>`
}

export function controlsList(result: Result): string {
  const lines = result.controls.identical.map(
    (control) => `<li>${escapeHtml(`${plainText(control.endpoint, 40)}: ${controlLine(result, control)}`)}</li>`,
  )
  return lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`
}

/** Everything that is known about the machine and the run. */
export function environmentList(result: Result): string {
  const { environment } = result
  const facts = [
    ...runFacts(result).map(({ name, text }) => [name, text]),
    ...environment.poor.map((text) => ['poor', text]),
    ...environment.facts.map(({ id, value, grade }) => [id, `${value}${grade === 'poor' ? ' (poor)' : ''}`]),
  ] as [string, string][]
  const places = facts.map(
    ([name, text]) =>
      `<dt>${escapeHtml(plainText(name, LONGEST_FACT))}</dt><dd>${escapeHtml(plainText(text, LONGEST_FACT))}</dd>`,
  )
  return `<dl>${places.join('\n')}</dl>`
}

export function reproduction(result: Result): string {
  return [
    `<pre tabindex="0">${escapeHtml(reproduceCommand(result))}</pre>`,
    paragraph(methodParagraph(result), 'note'),
    paragraph(verdictLine(result)),
  ].join('\n')
}

/** The tables of an answer; they scroll on their own where the page is narrow. */
export function answerTables({ tables }: Answer): string[] {
  return tables.map(textOfTable).map(({ title, columns, rows, note }) => {
    const kind = (index: number) => (columns[index]?.kind === 'number' ? ' class="number"' : '')
    const heads = columns.map(({ head }, index) => `<th scope="col"${kind(index)}>${escapeHtml(head)}</th>`).join('')
    const lines = rows.map((row) => `<tr>${row.map((text, index) => `<td${kind(index)}>${escapeHtml(text)}</td>`).join('')}</tr>`)
    return [
      `<h3>${escapeHtml(title)}</h3>`,
      `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table>\n<thead><tr>${heads}</tr></thead>`,
      `<tbody>\n${lines.join('\n')}\n</tbody></table></div>`,
      paragraph(note, 'note'),
    ].join('\n')
  })
}

/** Below this, nobody would notice another framework. */
const LITTLE = 0.05

/** Does the framework matter here? By endpoint, how much of a request it is; empty with nothing but the baseline. */
export function shareSentence(result: Result): string {
  const shares = requestShares(result).filter(({ app }) => app !== result.baseline)
  const endpoints = [...new Set(shares.map(({ endpoint }) => endpoint))]
  const clauses = endpoints.map((endpoint) => {
    const own = shares.filter((one) => one.endpoint === endpoint).map(({ framework }) => framework)
    const [least, most] = [Math.min(...own), Math.max(...own)]
    const range = percent(least) === percent(most) ? percent(most) : `${percent(least)} to ${percent(most)}`
    return `${range} % on ${plainText(endpoint, 40)}${most < LITTLE ? ' (there it hardly matters)' : ''}`
  })
  return clauses.length === 0 ? '' : `Of the CPU time of a request, the framework takes ${listInWords(clauses)}.`
}

function percent(share: number): string {
  return formatNumber(100 * share, share < 0.0095 && share > 0 ? 1 : 0)
}
