import type { Answer } from '../../answer.ts'
import { textOfTable } from '../answer-table.ts'
import { escapeHtml } from '../escape-html.ts'
import { paragraph } from './sections.ts'

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
