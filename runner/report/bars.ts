import type { Result } from '../result.ts'
import { appName } from './app-name.ts'
import { formatEstimate } from './format.ts'

const BAR_WIDTH = 40

/**
 * A bar chart in plain text: microseconds over the baseline on one endpoint, an interval beside every bar. For a README, where it
 * needs no picture and stays readable in a terminal.
 */
export function renderBars(result: Result, endpoint: string): string {
  const cells = result.cells.flatMap((cell) =>
    cell.endpoint === endpoint && cell.state === 'measured' && cell.rank !== null ? [cell] : [],
  )
  const sorted = cells.toSorted((a, b) => a.overheadMicroseconds.value - b.overheadMicroseconds.value)
  const longest = Math.max(...sorted.map(({ overheadMicroseconds }) => overheadMicroseconds.value), 0)
  const names = sorted.map(({ app }) => appName(result, app).replaceAll('`', "'"))
  const width = Math.max(...names.map(({ length }) => length))
  const rows = sorted.map(({ overheadMicroseconds }, index) => {
    const bar = longest > 0 ? '█'.repeat(Math.max(0, Math.round((overheadMicroseconds.value / longest) * BAR_WIDTH))) : ''
    return `${names[index]!.padEnd(width)}  ${bar || '▏'} ${formatEstimate(overheadMicroseconds)}`
  })
  return ['```text', `CPU µs per request over ${result.baseline}, ${endpoint} endpoint, 95 % intervals`, '', ...rows, '```'].join(
    '\n',
  )
}
