import type { InvariancePart } from '../data.ts'
import { invarianceFigures, type SettingDifference } from '../invariance-figures.ts'
import { bounded } from './bounded.ts'
import type { FactorRows, SettingMark } from './invariance-chart.ts'

/** What the chart of one endpoint shows: every factor that was varied there. */
export function factorRows(part: InvariancePart, endpoint: string): FactorRows[] {
  const differences = invarianceFigures(part)
  return part.factors
    .map(({ id, title, settings }) => ({
      title,
      rows: settings.map(({ label, isDefault, cells }) => ({
        label: isDefault ? `${label} (default)` : label,
        marks: cells
          .filter((cell) => cell.endpoint === endpoint)
          .flatMap(({ app, ratio }) => {
            const difference = differences.find(isOf(id, label, app, endpoint))
            return bounded(ratio).map((known): SettingMark => ({ ...known, app, state: stateOf(isDefault, difference) }))
          }),
      })),
    }))
    .map(({ title, rows }) => ({ title, rows: rows.filter(({ marks }) => marks.length > 0) }))
    .filter(({ rows }) => rows.length > 1)
}

export function endpointsOf(part: InvariancePart): string[] {
  const all = part.factors.flatMap(({ settings }) => settings.flatMap(({ cells }) => cells.map(({ endpoint }) => endpoint)))
  return [...new Set(all)]
}

/** Whether a difference is that of this app under this setting. */
export function isOf(factor: string, setting: string, app: string, endpoint: string): (one: SettingDifference) => boolean {
  return (one) => one.factor === factor && one.setting === setting && one.app === app && one.endpoint === endpoint
}

function stateOf(isDefault: boolean, difference: SettingDifference | undefined): SettingMark['state'] {
  if (isDefault) return 'default'
  return difference?.proven === true ? 'proven different' : 'not told apart from the default'
}

/** The largest difference that the intervals of these settings leave possible, percent; null where one interval is not known. */
export function largestPossible(differences: readonly SettingDifference[]): number | null {
  const ends = differences.flatMap(({ differencePercent: { low, high } }) => [low, high])
  const known = ends.filter((end) => end !== null)
  return known.length === 0 || known.length < ends.length ? null : Math.max(...known.map(Math.abs))
}
