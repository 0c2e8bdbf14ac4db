import { appId } from '../../result/app-name.ts'
import { formatEstimate, formatLevel } from '../../result/format.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { APP_ROWS, appAxis, drawnCells, measuredEndpoints, rowNames } from './cell-rows.ts'
import type { ChartSpec } from './render-svg.ts'
import { zeroLine } from './zero-line.ts'

const PLOT_WIDTH = 165
const COLUMNS = 2
/** Processes of a row stand in the order of their rounds from top to bottom, over so many pixels. */
const PROCESSES_HEIGHT = 16

/** Microseconds over the baseline on one endpoint, every process a dot, with intervals and the figures beside them; null without anything to draw. */
export function overheadChart(result: Result, endpoint: string): ChartSpec | null {
  const panel = overheadPanel(result, endpoint, null)
  return panel === null ? null : { ...panel, description: describe(result, endpoint) }
}

/** The same for all endpoints, two panels beside each other; null without anything to draw. */
export function overheadOverview(result: Result): ChartSpec | null {
  const panels = measuredEndpoints(result)
    .map((endpoint) => overheadPanel(result, endpoint, plainText(endpoint, 40)))
    .filter((panel) => panel !== null)
  if (panels.length === 0) return null
  const level = formatLevel(result.cells.find((cell) => cell.state === 'measured')?.overheadMicroseconds.level ?? 0)
  return {
    description: `CPU microseconds per request over ${appId(result.baseline)} by app and endpoint, with ${level} intervals and a dot for every process`,
    title: `CPU µs per request over ${appId(result.baseline)}, ${level} intervals`,
    spacing: { row: 24, column: 28 },
    columns: COLUMNS,
    concat: panels,
  }
}

function describe(result: Result, endpoint: string): string {
  const names = rowNames(result)
  const said = drawnCells(result, endpoint).map(
    ({ app, overheadMicroseconds }) => `${names.get(app)} ${formatEstimate(overheadMicroseconds)}`,
  )
  return `CPU microseconds per request over ${appId(result.baseline)} on ${plainText(endpoint, 40)}: ${said.join('; ')}`
}

/** A process per round; the baseline has two, and is what all are compared with. */
function processDots({ app, perRound }: MeasuredCell, name = app) {
  return perRound.map(({ overheadMicroseconds: value }, index) => ({
    ...{ app: name, value },
    below: PROCESSES_HEIGHT * ((index + 0.5) / perRound.length - 0.5),
  }))
}

function overheadPanel(result: Result, endpoint: string, heading: string | null) {
  const names = rowNames(result)
  const cells = drawnCells(result, endpoint)
  if (cells.length === 0) return null
  const values = cells.map(({ app, overheadMicroseconds: { value, low, high }, overheadMicroseconds }) => ({
    ...{ app: names.get(app) ?? app, value, low: low ?? value, high: high ?? value },
    figures: app === result.baseline ? 'the baseline' : formatEstimate(overheadMicroseconds),
  }))
  const processes = cells.filter(({ app }) => app !== result.baseline).flatMap((cell) => processDots(cell, names.get(cell.app)))
  const y = appAxis(values)
  const title = ['µs per request, less is better', ...(processes.length > 0 ? ['one dot = one process'] : [])]
  const x = { type: 'quantitative' as const, title, axis: { tickCount: 4, labelSeparation: 6 } }
  return {
    ...(heading === null ? {} : { title: heading }),
    width: PLOT_WIDTH,
    height: APP_ROWS,
    data: { values },
    layer: [
      zeroLine('x', x),
      {
        data: { values: processes },
        mark: { type: 'point' as const, style: 'process', yOffset: { expr: 'datum.below' } },
        encoding: { y, x: { field: 'value', ...x } },
      },
      { mark: { type: 'rule' as const, style: 'interval' }, encoding: { y, x: { field: 'low', ...x }, x2: { field: 'high' } } },
      { mark: { type: 'point' as const, style: 'estimate' }, encoding: { y, x: { field: 'value', ...x } } },
      {
        mark: { type: 'text' as const, style: 'label', align: 'left' as const, baseline: 'middle' as const },
        encoding: { y, x: { value: PLOT_WIDTH + 10 }, text: { field: 'figures', type: 'nominal' as const } },
      },
    ],
  }
}
