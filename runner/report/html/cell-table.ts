import { againstReference } from '../../analysis/relative.ts'
import { appId, appName } from '../../result/format.ts'
import type { Cell, MeasuredCell, Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { cellColumns, cellsInOrder, type Figure, isRanked, overheadFigure, REFERENCE, ratioFigure } from '../cells.ts'
import { escapeHtml } from '../escape-html.ts'
import { scrollingTable } from './to-html.ts'

const LONGEST_ENDPOINT = 40
const LONGEST_REASON = 300
const MOST_CODES = 3

/** What the reader may choose to see alone, by the columns it stands in. */
const metrics = {
  overhead: 'µs over the reference',
  ratio: 'ratio',
  cost: 'cost',
  requestsPerSecond: 'requests/s',
  latency: 'latency',
  memory: 'memory',
  busy: 'how busy',
} as const
/** The columns of numbers, in order; name and endpoint stand before them, the verdict behind. */
const numbers = ['rank', ...(Object.keys(metrics) as (keyof typeof metrics)[])] as const

/** The table with all figures against the baseline, complete without a script, and above it controls that the script shows. */
export function cellTable(result: Result): string {
  const reference = `<span class="reference-name">${escapeHtml(appId(result.baseline))}</span>`
  const title = (id: (typeof numbers)[number]) => cellColumns[id].head.replace(REFERENCE, () => reference)
  const heads = [
    head('name', 'app', 'name'),
    head('endpoint', 'endpoint', ''),
    ...numbers.map((id) => head(id, title(id), 'number')),
    head('verdict', 'verdict', ''),
  ]
  const baselineView = view(result, result.baseline)
  const rows = cellsInOrder(result).map((cell, index) => row(result, cell, baselineView[index]?.tied ?? false))
  return `${controls(result)}\n${scrollingTable('All cells', heads, rows, ' id="cells"')}`
}

function controls(result: Result): string {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const references = referencesOf(result).map((id) => [id, appName(result, id)] as const)
  return [
    '<form class="controls" hidden autocomplete="off">',
    select('endpoint', [['', 'all'], ...endpoints.map((id) => [id, plainText(id, LONGEST_ENDPOINT)] as const)], ''),
    select('figures', [['', 'all'], ...Object.entries(metrics)], '', 'metric'),
    select('reference', references, result.baseline),
    '<label>app <input name="app" type="search" placeholder="part of a name" autocomplete="off"></label>',
    '<label>rows <output id="shown"></output></label>',
    '</form>',
  ].join('\n')
}

/** For the script: figures against every app that may be the reference, by row of the table. */
export function referenceViews(result: Result): string {
  const short = ({ main, interval, sort, raw }: Figure) => [main, interval, sort, raw]
  const cells = (id: string) =>
    view(result, id).map((one) => {
      if (one === null) return null
      return { tied: one.tied, ratio: short(ratioFigure(one.ratio)), overhead: short(overheadFigure(one.overheadMicroseconds)) }
    })
  const views = Object.fromEntries(referencesOf(result).map((id) => [id, { name: appId(id), cells: cells(id) }]))
  // Nothing in it can close the script element.
  return JSON.stringify(views).replaceAll('<', '\\u003c')
}

/** Apps with a valid number on any endpoint, and the baseline. */
function referencesOf(result: Result): string[] {
  const valid = result.cells.filter(({ state, verdict }) => state === 'measured' && verdict !== 'invalid')
  const measured = new Set([result.baseline, ...valid.map(({ app }) => app)])
  return result.apps.map(({ id }) => id).filter((id) => measured.has(id))
}

/** By row of the table. */
function view(result: Result, reference: string) {
  const against = againstReference(result, reference)
  return cellsInOrder(result).map(
    ({ app, endpoint }) => against.find((one) => one.app === app && one.endpoint === endpoint) ?? null,
  )
}

function row(result: Result, cell: Cell, tied: boolean): string {
  const name = escapeHtml(appName(result, cell.app))
  const remark = escapeHtml(remarkOf(cell))
  const classes = [tied ? 'tied' : '', cell.state === 'measured' && !isRanked(cell) ? 'unranked' : ''].filter(Boolean).join(' ')
  const endpoint = escapeHtml(plainText(cell.endpoint, LONGEST_ENDPOINT))
  const places =
    cell.state === 'measured'
      ? numbers.map((id) => place(id, figureOf(cell, id))).join('')
      : `<td colspan="${numbers.length}">${escapeHtml(`${cell.state}: ${plainText(cell.reason, LONGEST_REASON)}`)}</td>`
  return [
    `<tr data-endpoint="${escapeHtml(cell.endpoint)}" data-name="${name.toLowerCase()}" data-remark="${remark}" class="${classes}">`,
    `<th scope="row" class="name" data-column="name" data-sort="${name}">${name} <span class="remark">${tied ? 'cannot be told apart' : remark}</span></th>`,
    `<td data-column="endpoint" data-sort="${endpoint}">${endpoint}</td>`,
    places,
    `<td data-column="verdict" data-sort="${cell.verdict}"><span class="${cell.verdict}">${cell.verdict}</span></td>`,
    '</tr>',
  ].join('')
}

/** The cost tells beside its interval what other tables have columns for. */
function figureOf(cell: MeasuredCell, id: (typeof numbers)[number]): Figure {
  const figure = cellColumns[id].figure(cell)
  if (id !== 'cost') return figure
  const parts = (['later', 'rare'] as const).flatMap((part) => {
    const own = cellColumns[part].figure(cell)
    return own === null ? [] : [`of it ${part}: ${own.main} µs`]
  })
  return { ...figure, interval: [figure.interval, ...parts].join(', ') }
}

/** Why a cell has no place. */
function remarkOf(cell: Cell): string {
  if (cell.state !== 'measured' || isRanked(cell)) return ''
  const invalid = cell.findings.filter(({ severity }) => severity === 'invalid')
  const codes = invalid.slice(0, MOST_CODES).map(({ code }) => plainText(code, LONGEST_ENDPOINT))
  return ['not ranked', ...codes].join(': ')
}

function head(id: string, html: string, kind: string): string {
  return `<th scope="col"${columnOf(id)} class="${kind}"><button type="button">${html}</button></th>`
}

function place(id: string, { main, interval, sort, raw }: Figure): string {
  const told = raw === '' ? '' : ` data-raw="${escapeHtml(raw)}"`
  return `<td class="number"${columnOf(id)} data-sort="${escapeHtml(sort)}"${told}><span class="figure">${escapeHtml(main)}</span> <span class="interval">${escapeHtml(interval)}</span></td>`
}

function columnOf(id: string): string {
  return ` data-column="${id}"${id in metrics ? ` data-metric="${id}"` : ''}`
}

function select(
  label: string,
  options: readonly (readonly [value: string, title: string])[],
  chosen: string,
  name = label,
): string {
  const option = ([value, title]: readonly [string, string]) =>
    `<option value="${escapeHtml(value)}"${value === chosen ? ' selected' : ''}>${escapeHtml(title)}</option>`
  return `<label>${label} <select name="${name}">${options.map(option).join('')}</select></label>`
}
