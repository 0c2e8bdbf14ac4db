import { bounded, LEVEL } from '../analysis/estimates.ts'
import type { MeasuredCell, Result } from '../result.ts'
import { estimateMeans } from '../statistics/estimate.ts'
import type { PlantedPart } from './data.ts'

export type PlantedCell = PlantedPart['runs'][number]['cells'][number]

/**
 * What a run found of known work: the cost of every app over the base, and over the wrapper that burns nothing. The latter is paired
 * by round, with an ordinary t interval, like every other cost in microseconds.
 * @param planted known work by app, microseconds; the wrapper's is 0. Apps that failed are left out.
 */
export function plantedCells(result: Pick<Result, 'cells'>, planted: ReadonlyMap<string, number>): PlantedCell[] {
  const measured = result.cells.filter((cell) => cell.state === 'measured').filter(({ app }) => planted.has(app))
  const wrapper = measured.find(({ app }) => planted.get(app) === 0)
  return measured.map((cell) => ({
    plantedMicroseconds: planted.get(cell.app)!,
    overheadMicroseconds: cell.overheadMicroseconds,
    overWrapperMicroseconds: wrapper === undefined || cell === wrapper ? null : difference(cell, wrapper),
  }))
}

function difference(cell: MeasuredCell, wrapper: MeasuredCell): PlantedCell['overWrapperMicroseconds'] {
  const ofWrapper = new Map(wrapper.perRound.map(({ round, overheadMicroseconds }) => [round, overheadMicroseconds]))
  const rounds = cell.perRound
    .filter(({ round }) => ofWrapper.has(round))
    .map(({ round, overheadMicroseconds }) => overheadMicroseconds - ofWrapper.get(round)!)
  if (rounds.length === 0) return null
  return bounded(estimateMeans([rounds], { level: LEVEL })[0]!)
}
