import { appName } from '../../result/app-name.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { isRanked } from '../cell-columns.ts'

const STEP_PIXELS = 24
const LONGEST_NAME_PIXELS = 130

/** Height of a chart with a row per app. */
export const APP_ROWS = { step: STEP_PIXELS }

/** Encoding of the y channel of such a chart: apps by their names, in the order given. */
export function appAxis(values: readonly { readonly app: string }[]) {
  return {
    ...{ field: 'app', type: 'nominal' as const, title: null, sort: values.map(({ app }) => app) },
    axis: { labelLimit: LONGEST_NAME_PIXELS },
  }
}

/** Endpoints that have a number, in the order requested. */
export function measuredEndpoints(result: Result): string[] {
  const known = new Set(measuredCells(result).map(({ endpoint }) => endpoint))
  return [...new Set([...result.options.endpoints.filter((endpoint) => known.has(endpoint)), ...known])]
}

/** Cells with numbers that nothing speaks against, cheapest first: what is invalid is in no chart. */
export function drawnCells(result: Result, endpoint: string): MeasuredCell[] {
  return measuredCells(result)
    .filter((cell) => cell.endpoint === endpoint && isRanked(cell))
    .sort((a, b) => a.cost.value - b.cost.value)
}

/** A name for every app of a chart, no two alike: axes tell rows apart by their names. */
export function rowNames(result: Result): Map<string, string> {
  const taken = new Set<string>()
  return new Map(
    result.apps.map(({ id }) => {
      const plain = appName(result, id)
      let name = plain
      for (let copy = 2; taken.has(name); copy += 1) name = `${plain} (${copy})`
      taken.add(name)
      return [id, name]
    }),
  )
}

function measuredCells({ cells }: Result): MeasuredCell[] {
  return cells.filter((cell) => cell.state === 'measured')
}
