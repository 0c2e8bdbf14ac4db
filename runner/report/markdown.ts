import type { Figure } from './cells.ts'
import type { Block, Document, Item, ReportChart, TextTable } from './document.ts'
import { escapeHtml } from './escape-html.ts'

/** A document as GitHub shows it as it is meant; every table can be pasted on its own. Does not end with a line break. */
export function toMarkdown(document: Document): string {
  return document
    .flatMap(({ title, level = 2, blocks }) => {
      const texts = blocks.map(blockText).filter((text) => text !== '')
      const isEmpty = blocks.length > 0 && texts.length === 0
      return title === undefined || isEmpty ? texts : [`${'#'.repeat(level)} ${escapeMarkdown(title)}`, ...texts]
    })
    .join('\n\n')
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

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.strong ? `**${escapeMarkdown(block.text)}**` : escapeMarkdown(block.text)
    case 'sentences':
      return block.texts.map((text) => `- ${escapeMarkdown(text)}`).join('\n')
    case 'list':
      return block.items.map(itemText).join('\n')
    case 'facts':
      return block.facts.map(({ name, text }) => `- **${escapeMarkdown(name)}**: ${escapeMarkdown(text)}`).join('\n')
    case 'table':
      return block.note === undefined ? tableText(block) : `${tableText(block)}\n\n${escapeMarkdown(block.note)}`
    case 'cells': {
      const { columns, rows } = block.table
      return tableText({ columns, rows: rows.map(({ figures }) => columns.map(({ id }) => inWords(figures[id]))) })
    }
    case 'charts':
      return block.charts
        .filter(({ spec }) => spec !== null)
        .map(pictureTag)
        .join('\n\n')
    case 'code':
      // What is shown starts with `npm` and is quoted to one line: nothing in it can close the fence.
      return `\`\`\`sh\n${block.text}\n\`\`\``
    case 'raw':
      return block.text
  }
}

function itemText({ mark, code, text, under = [], advice, quoted = [] }: Item): string {
  const head = [mark && `**${escapeMarkdown(mark)}**`, escapeMarkdown(code ?? text ?? '')].filter(Boolean).join(' ')
  const below = [...under, ...(advice ? [`→ ${advice}`] : []), ...quoted]
  return [`- ${head}`, ...below.map((line) => `  - ${escapeMarkdown(line)}`)].join('\n')
}

function tableText({ columns, rows }: TextTable): string {
  const line = (places: readonly string[]) => `| ${places.join(' | ')} |`
  return [
    line(columns.map(({ head }) => escapeMarkdown(head))),
    line(columns.map(({ kind }) => (kind === 'number' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(escapeMarkdown))),
  ].join('\n')
}

function inWords(figure: Figure | undefined): string {
  return figure === undefined ? '' : `${figure.main} ${figure.interval}`.trimEnd()
}

/** The reader's theme decides which of the two files is shown. */
export function pictureTag({ path = '', description = '' }: Pick<ReportChart, 'path' | 'description'>): string {
  return [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="${path}-dark.svg">`,
    `  <img alt="${escapeHtml(description)}" src="${path}-light.svg">`,
    '</picture>',
  ].join('\n')
}
