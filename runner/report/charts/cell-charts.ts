import type { SliceDistribution } from '../../analysis/slice-distribution.ts'
import { appId, appName, formatEstimate, formatLevel } from '../../result/format.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { isRanked } from '../cells.ts'
import { type ChartSpec, drawn, estimates, marks, referenceLine, spans } from './marks.ts'

/* Charts of a comparison: one row per app, but for those of rounds. What is invalid is in none of them. */

const ROW = { step: 24 }
const LONGEST_ENDPOINT = 40
const PLOT_WIDTH = 165
/** Processes of a row stand in the order of their rounds from top to bottom, over so many pixels. */
const PROCESSES_HEIGHT = 16

/** Endpoints that have a number, in the order requested. */
export function measuredEndpoints(result: Result): string[] {
  const known = new Set(measuredCells(result).map(({ endpoint }) => endpoint))
  return [...new Set([...result.options.endpoints, ...known])].filter((endpoint) => known.has(endpoint))
}

/** Microseconds over the baseline on one endpoint, every process a dot, with intervals and the figures beside them; null without anything to draw. */
export function overheadChart(result: Result, endpoint: string): ChartSpec | null {
  const panel = overheadPanel(result, endpoint)
  const said = panel?.data.values.map(({ app, estimate }) => `${app} ${estimate}`).join('; ')
  const description = `CPU microseconds per request over ${appId(result.baseline)} on ${short(endpoint)}: ${said}`
  return panel && { ...panel, description }
}

/** The same for all endpoints, two panels beside each other; null without anything to draw. */
export function overheadOverview(result: Result): ChartSpec | null {
  const concat = measuredEndpoints(result).flatMap((endpoint) => {
    const panel = overheadPanel(result, endpoint)
    return panel === null ? [] : [{ title: short(endpoint), ...panel }]
  })
  if (concat.length === 0) return null
  const baseline = appId(result.baseline)
  const level = formatLevel(measuredCells(result)[0]?.overheadMicroseconds.level ?? 0)
  return {
    description: `CPU microseconds per request over ${baseline} by app and endpoint, with ${level} intervals and a dot for every process`,
    title: `CPU µs per request over ${baseline}, ${level} intervals`,
    spacing: { row: 24, column: 28 },
    columns: 2,
    concat,
  }
}

function overheadPanel(result: Result, endpoint: string) {
  const cells = drawnCells(result, endpoint)
  if (cells.length === 0) return null
  const values = cells.map(({ app, name, overheadMicroseconds }) => {
    const estimate = formatEstimate(overheadMicroseconds)
    return { app: name, ...drawn(overheadMicroseconds), estimate, figures: app === result.baseline ? 'the baseline' : estimate }
  })
  // A process per round; the baseline has two, and is what all are compared with.
  const processes = cells.flatMap(({ app, name, perRound }) =>
    perRound.flatMap(({ overheadMicroseconds: value }, index) => {
      const below = PROCESSES_HEIGHT * ((index + 0.5) / perRound.length - 0.5)
      return app === result.baseline ? [] : [{ app: name, value, below }]
    }),
  )
  const title = ['µs per request, less is better', ...(processes.length > 0 ? ['one dot = one process'] : [])]
  const axis = { title, axis: { tickCount: 4, labelSeparation: 6 } }
  const frame = { values: 'x', axis, place: { y: appAxis(cells) } } as const
  const beside = { x: { value: PLOT_WIDTH + 10 }, text: { field: 'figures', type: 'nominal' } }
  return {
    width: PLOT_WIDTH,
    height: ROW,
    data: { values },
    layer: [
      referenceLine(frame),
      { data: { values: processes }, ...marks(frame, { type: 'point', style: 'process', yOffset: { expr: 'datum.below' } }) },
      ...estimates(frame),
      marks(frame, { type: 'text', style: 'label', align: 'left', baseline: 'middle' }, 'value', beside),
    ],
  }
}

/** How the cost of one app moved from round to round, in percent of its mean, by endpoint; null with fewer than two rounds. */
export function roundsChart(result: Result, app: string): ChartSpec | null {
  const cells = measuredEndpoints(result).flatMap((endpoint) => drawnCells(result, endpoint))
  const values = cells
    .filter((cell) => cell.app === app && cell.perRound.length > 1)
    .flatMap(({ endpoint, cost, perRound }) =>
      perRound.map(({ round, costMicroseconds }) => {
        return { round, endpoint: short(endpoint), value: 100 * (costMicroseconds / cost.value - 1) }
      }),
    )
  if (values.length === 0) return null
  const color = { field: 'endpoint', type: 'nominal', scale: { domain: [...new Set(values.map(({ endpoint }) => endpoint))] } }
  const axis = { tickMinStep: 1, grid: false }
  const x = { field: 'round', type: 'quantitative', title: 'round', axis, scale: { zero: false } }
  const frame = { values: 'y', axis: { title: '% from its mean, nearer to 0 is better' }, place: { x, color } } as const
  return {
    description: `Cost of ${rowNames(result).get(app)} by round and endpoint, in percent of its mean`,
    width: 250,
    height: 120,
    data: { values },
    layer: [
      referenceLine(frame),
      marks(frame, { type: 'line', style: 'curve' }),
      marks(frame, { type: 'point', style: 'estimate', size: 22 }, 'value', { shape: { ...color, legend: null } }),
    ],
  }
}

/** How the slices of every app on one endpoint spread: 5 to 95 %, the middle half, the median; null without any. */
export function slicesChart(result: Result, distributions: readonly SliceDistribution[], endpoint: string): ChartSpec | null {
  const values = drawnCells(result, endpoint).flatMap(({ app, name }) => {
    const known = distributions.find((one) => one.app === app && one.endpoint === endpoint)
    if (known === undefined) return []
    const [p5, p25, p50, p75, p95] = known.costMicroseconds
    return [{ app: name, name, p5, p25, p50, p75, p95 }]
  })
  if (values.length === 0) return null
  const axis = { title: 'CPU µs per request of a slice, less is better', scale: { zero: false } }
  const frame = { values: 'x', axis, place: { y: appAxis(values) } } as const
  return {
    description: `Spread of slices on ${short(endpoint)}: 5 to 95 %, middle half and median of CPU microseconds per request`,
    width: 230,
    height: ROW,
    data: { values },
    layer: [
      spans(frame, { type: 'rule', style: 'interval' }, 'p5', 'p95'),
      spans(frame, { type: 'bar', style: 'bar-rest', height: 10 }, 'p25', 'p75'),
      marks(frame, { type: 'tick', style: 'chosen', height: 14, thickness: 2 }, 'p50'),
    ],
  }
}

/** Cells with numbers that nothing speaks against, cheapest first, with the names of their rows. */
function drawnCells(result: Result, endpoint: string): (MeasuredCell & { readonly name: string })[] {
  const names = rowNames(result)
  return measuredCells(result)
    .filter((cell) => cell.endpoint === endpoint && isRanked(cell))
    .sort((a, b) => a.cost.value - b.cost.value)
    .map((cell) => ({ ...cell, name: names.get(cell.app) ?? cell.app }))
}

/** Encoding of the y channel: apps by their names, in the order given. */
function appAxis(cells: readonly { readonly name: string }[]) {
  return { field: 'app', type: 'nominal', title: null, sort: cells.map(({ name }) => name), axis: { labelLimit: 130 } }
}

/** A name for every app of a chart, no two alike: axes tell rows apart by their names. */
export function rowNames(result: Result): Map<string, string> {
  const apps = new Map<string, string>()
  for (const { id } of result.apps) {
    const plain = appName(result, id)
    let name = plain
    for (let copy = 2; apps.has(name); copy += 1) name = `${plain} (${copy})`
    apps.set(name, id)
  }
  return new Map([...apps].map(([name, id]) => [id, name]))
}

function measuredCells({ cells }: Result): MeasuredCell[] {
  return cells.filter((cell) => cell.state === 'measured')
}

function short(endpoint: string): string {
  return plainText(endpoint, LONGEST_ENDPOINT)
}
