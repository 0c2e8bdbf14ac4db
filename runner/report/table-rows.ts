import { type BeyondTypical, beyondTypical } from '../analysis/beyond-typical.ts'
import { appName } from '../result/app-name.ts'
import { formatInterval, formatRank, formatShare, formatValue } from '../result/format.ts'
import type { Cell, Estimate, MeasuredCell, Overall, Result } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'
import type { Figure, Row } from './table-shape.ts'

const LONGEST_REASON = 200

/** Ranked: has a place, and nothing says that its numbers are wrong. */
export function isRanked(entry: Pick<MeasuredCell, 'rank' | 'verdict'>): boolean {
  return entry.rank !== null && entry.verdict !== 'invalid'
}

/** A cell with numbers; the rank is told only where nothing says that the numbers are wrong. */
export function measuredRow(result: Result, cell: MeasuredCell): Row {
  return {
    ...{ app: cell.app, state: cell.state, verdict: cell.verdict, note: null },
    figures: {
      rank: plain(formatRank(isRanked(cell) ? cell.rank : null)),
      app: plain(appName(result, cell.app)),
      cost: figure(cell.cost),
      ...beyondTypicalFigure(cell, 'later'),
      ...beyondTypicalFigure(cell, 'rare'),
      ratio: figure(cell.ratio),
      overhead: figure(cell.overheadMicroseconds),
      requestsPerSecond: figure(cell.requestsPerSecond),
      serverBusy: plain(formatShare(cell.serverBusy)),
      loadBusy: plain(formatShare(cell.loadBusy)),
      verdict: plain(cell.verdict),
    },
  }
}

/** An app over all endpoints: its ratio. */
export function overallRow(result: Result, entry: Overall): Row {
  return {
    ...{ app: entry.app, state: 'measured', verdict: entry.verdict, note: null },
    figures: {
      rank: plain(formatRank(isRanked(entry) ? entry.rank : null)),
      app: plain(appName(result, entry.app)),
      ratio: figure(entry.ratio),
      verdict: plain(entry.verdict),
    },
  }
}

/** A cell that failed or was skipped: the reason, never a number. */
export function numberlessRow(result: Result, cell: Exclude<Cell, MeasuredCell>): Row {
  return noteRow(result, cell.app, cell.state, cell.verdict, `${cell.state}: ${plainText(cell.reason, LONGEST_REASON)}`)
}

/** A row that holds a sentence in place of numbers. */
export function noteRow(result: Result, app: string, state: Row['state'], verdict: Row['verdict'], text: string): Row {
  return { app, state, verdict, note: text, figures: { app: plain(appName(result, app)), verdict: plain(text) } }
}

/** Nothing where it does not matter. */
function beyondTypicalFigure(cell: MeasuredCell, part: BeyondTypical): Partial<Row['figures']> {
  const estimate = beyondTypical(cell, part)
  return estimate === null ? {} : { [part]: figure(estimate) }
}

function figure(estimate: Estimate): Figure {
  return { main: formatValue(estimate), interval: formatInterval(estimate) }
}

function plain(main: string): Figure {
  return { main, interval: '' }
}
