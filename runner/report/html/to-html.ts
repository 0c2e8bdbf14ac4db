import { renderSvg } from '../charts/render-svg.ts'
import { dark, light, type Theme } from '../charts/theme.ts'
import type { Block, Document, Item, ReportChart, TextTable } from '../document.ts'
import { escapeHtml } from '../escape-html.ts'

/** The sections of a page, with their charts in it; what has a deeper heading, or none, is a part of the section before it. */
export async function toHtml(document: Document): Promise<string> {
  let drawn = 0
  const draw = async ({ title, spec }: ReportChart) => {
    if (spec === null) return ''
    const name = `c${++drawn}`
    return `<figure>${headingHtml(title)}${inlineSvg(await renderSvg(spec, light), name)}</figure>`
  }
  const sections: { head: string; content: string[] }[] = []
  for (const { id = '', title = '', level = 2, blocks } of document) {
    const content = (await Promise.all(blocks.map((block) => blockHtml(block, title, draw)))).filter(Boolean)
    const head = `<section aria-labelledby="${id}">\n<h2 id="${id}">${escapeHtml(title)}</h2>`
    if (title !== '' && level === 2) sections.push({ head, content })
    else if (content.length > 0) sections.at(-1)?.content.push(...(title === '' ? [] : [headingHtml(title)]), ...content)
  }
  const shown = sections.filter(({ content }) => content.length > 0)
  return shown.map(({ head, content }) => `${head}\n${content.join('\n')}\n</section>`).join('\n')
}

function headingHtml(title: string): string {
  return title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`
}

export function paragraphHtml(text: string | undefined, kind = ''): string {
  return text === undefined || text === '' ? '' : `<p${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</p>`
}

async function blockHtml(block: Block, title: string, draw: (chart: ReportChart) => Promise<string>): Promise<string> {
  switch (block.kind) {
    case 'paragraph':
      return paragraphHtml(block.text, block.tone === 'note' ? 'note' : '')
    case 'sentences':
      return block.texts.map((text) => paragraphHtml(text, block.tone)).join('\n')
    case 'list': {
      const items = block.items.map(itemHtml)
      return block.items.some(({ mark }) => mark !== undefined)
        ? `<ul class="findings">\n${items.join('\n')}\n</ul>`
        : listHtml(items)
    }
    case 'facts':
      return `<dl>${block.facts.map(({ name, text }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`).join('\n')}</dl>`
    case 'table':
      return [tableHtml(block, title), paragraphHtml(block.note, 'note')].filter(Boolean).join('\n')
    case 'charts': {
      const figures = (await Promise.all(block.charts.map(draw))).filter((figure) => figure !== '')
      return figures.length === 0 ? '' : `<div class="charts${block.small ? ' small' : ''}">\n${figures.join('\n')}\n</div>`
    }
    case 'code':
      return `<pre tabindex="0">${escapeHtml(block.text)}</pre>`
    case 'raw':
      return block.text
    case 'cells':
      // The page has a table of its own for them, which can be sorted (`cell-table.ts`).
      return ''
  }
}

function listHtml(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}

function itemHtml({ mark, tone, code, text, under = [], meaning, advice, quoted = [] }: Item): string {
  if (mark === undefined) return `<li>${escapeHtml(text ?? '')}</li>`
  const body = [
    paragraphHtml(text),
    listHtml(under.map((line) => `<li>${escapeHtml(line)}</li>`)),
    paragraphHtml(meaning, 'note'),
    paragraphHtml(advice && `What to do: ${advice}`),
    quoted.length === 0 ? '' : `<pre>${escapeHtml(quoted.join('\n'))}</pre>`,
  ]
  const head = `<strong>${escapeHtml(mark)}</strong>${code === undefined ? '' : ` <code>${escapeHtml(code)}</code>`}`
  return `<li class="${tone}">${head}\n<div class="body">${body.join('')}</div></li>`
}

function tableHtml({ columns, rows }: TextTable, title: string): string {
  const kind = (index: number) => (columns[index]?.kind === 'number' ? ' class="number"' : '')
  const heads = columns.map(({ head }, index) => `<th scope="col"${kind(index)}>${escapeHtml(head)}</th>`)
  const lines = rows.map((row) => `<tr>${row.map((text, index) => `<td${kind(index)}>${escapeHtml(text)}</td>`).join('')}</tr>`)
  return scrollingTable(title, heads, lines)
}

/** It scrolls on its own where the page is narrow. */
export function scrollingTable(label: string, heads: readonly string[], rows: readonly string[], id = ''): string {
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table${id}>\n<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody></table></div>`,
  ].join('\n')
}

/** Colours of a theme by the names that the page's style sheet uses. */
function variables({ text, muted, grid, line, series }: Theme): [name: string, colour: string][] {
  const numbered = Object.fromEntries(series.map((colour, index) => [`series-${index + 1}`, colour]))
  return Object.entries({ text, muted, grid, line, ...numbered })
}

/** The themes of the charts as custom properties: the reader's preference decides. */
export function themeStyle(): string {
  const block = (theme: Theme) =>
    `:root { ${variables(theme)
      .map(([name, colour]) => `--${name}: ${colour};`)
      .join(' ')} }`
  return `${block(light)}\n@media (prefers-color-scheme: dark) { ${block(dark)} }\n`
}

/**
 * A chart in the light theme as a part of the page: its colours become custom properties, so that one picture serves both themes.
 * @param name makes the ids of this chart unlike those of others
 */
export function inlineSvg(svg: string, name: string): string {
  const byColour = new Map(variables(light).map(([variable, colour]) => [colour, variable]))
  return svg
    .replace(/"(#[0-9a-f]{6})"/g, (whole, colour: string) => {
      const variable = byColour.get(colour)
      return variable === undefined ? whole : `"var(--${variable})"`
    })
    .replace(/(id="|url\(#)(clip\d+)/g, (_, before: string, id: string) => `${before}${name}-${id}`)
    .trim()
}
