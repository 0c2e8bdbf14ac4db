import type { Estimate, Result } from '../../result/model.ts'
import type { HistoryEntry } from './read-history.ts'

/** The name under which the geometric mean over endpoints is requested. */
export const OVERALL = 'overall'

/** One app's ratio in one run. */
export interface HistoryPoint {
  readonly app: string
  readonly version: string | null
  readonly startedAt: string
  readonly ratio: Estimate
}

/** Every app's ratio over time on one endpoint; what is invalid in a run has no point there. */
export function ratioSeries(entries: readonly HistoryEntry[], endpoint: string): HistoryPoint[] {
  return entries.flatMap(({ result }) =>
    ratiosOf(result, endpoint)
      .filter(({ app }) => app !== result.baseline)
      .map(({ app, ratio }) => ({
        ...{ app, ratio, startedAt: result.startedAt },
        version: result.apps.find(({ id }) => id === app)?.version ?? null,
      })),
  )
}

function ratiosOf(result: Result, endpoint: string): { app: string; ratio: Estimate }[] {
  if (result.verdict === 'invalid') return []
  if (endpoint === OVERALL) return result.overall.filter(({ verdict }) => verdict !== 'invalid')
  return result.cells
    .filter((cell) => cell.state === 'measured')
    .filter((cell) => cell.endpoint === endpoint && cell.verdict !== 'invalid')
}
