import { againstReference } from '../../analysis/relative.ts'
import { appId, appName } from '../../result/app-name.ts'
import type { Cell, Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { escapeHtml } from '../escape-html.ts'
import { cellsInOrder } from '../table.ts'
import { isRanked } from '../table-rows.ts'
import { cellColumns, metrics, overheadFigure, type PageFigure, ratioFigure } from './cell-columns.ts'

const LONGEST_ENDPOINT = 40
const LONGEST_REASON = 300
const MOST_CODES = 3

/** The table with all figures against the baseline: complete without a script. */
export function cellTable(result: Result): string {
  const heads = [
    head('name', 'app', null, 'name'),
    head('endpoint', 'endpoint', null, ''),
    ...cellColumns.map((column) => head(column.id, withReference(column.head, result.baseline), column.metric, 'number')),
    head('verdict', 'verdict', null, ''),
  ]
  const baselineView = view(result, result.baseline)
  const rows = cellsInOrder(result).map((cell, index) => row(result, cell, baselineView[index]?.tied ?? false))
  return [
    '<div class="scroll" tabindex="0" role="region" aria-label="All cells">',
    '<table id="cells">',
    `<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody>`,
    '</table>',
    '</div>',
  ].join('\n')
}

/** The controls above the table; shown by the script, without which they do nothing. */
export function tableControls(result: Result): string {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const references = referencesOf(result).map((id) => option(id, appName(result, id), id === result.baseline))
  return [
    '<form class="controls" hidden autocomplete="off">',
    `<label>endpoint <select name="endpoint">${option('', 'all', true)}${endpoints.map((id) => option(id, plainText(id, LONGEST_ENDPOINT), false)).join('')}</select></label>`,
    `<label>figures <select name="metric">${option('', 'all', true)}${Object.entries(metrics)
      .map(([id, title]) => option(id, title, false))
      .join('')}</select></label>`,
    `<label>reference <select name="reference">${references.join('')}</select></label>`,
    '<label>app <input name="app" type="search" placeholder="part of a name" autocomplete="off"></label>',
    '<label>rows <output id="shown"></output></label>',
    '</form>',
  ].join('\n')
}

/** For the script: figures against every app that may be the reference, by row of the table. */
export function referenceViews(result: Result): string {
  const short = ({ main, interval, sort, raw }: PageFigure) => [main, interval, sort, raw]
  const views = Object.fromEntries(
    referencesOf(result).map((id) => [
      id,
      {
        name: appId(id),
        cells: view(result, id).map((one) =>
          one === null
            ? null
            : { tied: one.tied, ratio: short(ratioFigure(one.ratio)), overhead: short(overheadFigure(one.overheadMicroseconds)) },
        ),
      },
    ]),
  )
  // Nothing in it can close the script element.
  return JSON.stringify(views).replaceAll('<', '\\u003c')
}

/** Apps with a valid number on any endpoint, and the baseline. */
function referencesOf(result: Result): string[] {
  const valid = result.cells.filter(({ state, verdict }) => state === 'measured' && verdict !== 'invalid')
  const measured = new Set([result.baseline, ...valid.map(({ app }) => app)])
  return result.apps.map(({ id }) => id).filter((id) => measured.has(id))
}

function view(result: Result, reference: string) {
  const against = new Map(againstReference(result, reference).map((one) => [JSON.stringify([one.app, one.endpoint]), one]))
  return cellsInOrder(result).map(({ app, endpoint }) => {
    return against.get(JSON.stringify([app, endpoint])) ?? null
  })
}

function row(result: Result, cell: Cell, tied: boolean): string {
  const name = appName(result, cell.app)
  const remark = remarkOf(cell)
  const shown = tied ? 'cannot be told apart' : remark
  const classes = [tied ? 'tied' : '', cell.state === 'measured' && !isRanked(cell) ? 'unranked' : ''].filter(Boolean).join(' ')
  const endpoint = plainText(cell.endpoint, LONGEST_ENDPOINT)
  const places =
    cell.state === 'measured'
      ? cellColumns.map(({ id, metric, figure }) => place(id, metric, figure(cell))).join('')
      : `<td colspan="${cellColumns.length}">${escapeHtml(`${cell.state}: ${plainText(cell.reason, LONGEST_REASON)}`)}</td>`
  return [
    `<tr data-endpoint="${escapeHtml(cell.endpoint)}" data-name="${escapeHtml(name.toLowerCase())}" data-remark="${escapeHtml(remark)}" class="${classes}">`,
    `<th scope="row" class="name" data-column="name" data-sort="${escapeHtml(name)}">${escapeHtml(name)} <span class="remark">${escapeHtml(shown)}</span></th>`,
    `<td data-column="endpoint" data-sort="${escapeHtml(endpoint)}">${escapeHtml(endpoint)}</td>`,
    places,
    `<td data-column="verdict" data-sort="${cell.verdict}"><span class="${cell.verdict}">${cell.verdict}</span></td>`,
    '</tr>',
  ].join('')
}

/** Why a cell has no place. */
function remarkOf(cell: Cell): string {
  if (cell.state !== 'measured' || isRanked(cell)) return ''
  const codes = cell.findings
    .filter(({ severity }) => severity === 'invalid')
    .map(({ code }) => plainText(code, LONGEST_ENDPOINT))
  return ['not ranked', ...codes.slice(0, MOST_CODES)].join(': ')
}

function head(id: string, html: string, metric: string | null, kind: string): string {
  return `<th scope="col" data-column="${id}"${metricOf(metric)} class="${kind}"><button type="button">${html}</button></th>`
}

function place(id: string, metric: string | null, { main, interval, sort, raw }: PageFigure): string {
  const told = raw === '' ? '' : ` data-raw="${escapeHtml(raw)}"`
  return `<td class="number" data-column="${id}"${metricOf(metric)} data-sort="${escapeHtml(sort)}"${told}><span class="figure">${escapeHtml(main)}</span> <span class="interval">${escapeHtml(interval)}</span></td>`
}

function metricOf(metric: string | null): string {
  return metric === null ? '' : ` data-metric="${metric}"`
}

function withReference(html: string, baseline: string): string {
  return html.replace('></span>', () => `>${escapeHtml(appId(baseline))}</span>`)
}

function option(value: string, title: string, selected: boolean): string {
  return `<option value="${escapeHtml(value)}"${selected ? ' selected' : ''}>${escapeHtml(title)}</option>`
}
