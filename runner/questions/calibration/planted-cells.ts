import { differences, estimateFigures, type Figure, overheadsOf } from '../../analysis/relative.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { trimmedMean } from '../../statistics/summary.ts'
import type { PlantedPart } from './data.ts'
import type { RoundTiming } from './in-situ.ts'

export type PlantedCell = PlantedPart['runs'][number]['cells'][number]

/**
 * What a run found of known work: the cost of every app over the base, and over the wrapper that burns nothing; and beside it what the
 * work took by the clock of the servers themselves, over the wrapper too. All of it is paired by round, with ordinary t intervals, like
 * every other cost in microseconds.
 * @param planted known work by app, microseconds; the wrapper's is 0. Apps that failed are left out.
 * @param timings by app, in any order; none where the servers were not timed
 */
export function plantedCells(
  result: Pick<Result, 'cells'>,
  planted: ReadonlyMap<string, number>,
  timings: ReadonlyMap<string, readonly RoundTiming[]>,
): PlantedCell[] {
  const measured = result.cells.filter((cell) => cell.state === 'measured').filter(({ app }) => planted.has(app))
  const wrapper = measured.find(({ app }) => planted.get(app) === 0)
  const timingsOf = ({ app }: MeasuredCell) => timings.get(app) ?? []
  return measured.map((cell) => {
    const known = { plantedMicroseconds: planted.get(cell.app)!, overheadMicroseconds: cell.overheadMicroseconds }
    if (wrapper === undefined || cell === wrapper)
      return { ...known, overWrapperMicroseconds: null, inSitu: null, wholeRequest: null }
    const recovered = differences(overheadsOf(cell), overheadsOf(wrapper))
    const inSitu = differences(microseconds(timingsOf(cell)), microseconds(timingsOf(wrapper)))
    return {
      ...known,
      overWrapperMicroseconds: estimateOf(recovered),
      inSitu: inSituOf(recovered, inSitu, timingsOf(cell)),
      wholeRequest: against(recovered, requests(timingsOf(cell), timingsOf(wrapper))),
    }
  })
}

function inSituOf(
  recovered: readonly Figure[],
  inSitu: readonly Figure[],
  timings: readonly RoundTiming[],
): PlantedCell['inSitu'] {
  const compared = against(recovered, inSitu)
  const total = (of: (timing: RoundTiming) => number) => timings.reduce((sum, timing) => sum + of(timing), 0)
  return compared && { ...compared, samples: total((one) => one.samples), leftOut: total((one) => one.leftOut) }
}

/** null without a round. */
function against(recovered: readonly Figure[], truth: readonly Figure[]): PlantedCell['wholeRequest'] {
  const [microseconds, recoveredLessInSitu] = [estimateOf(truth), estimateOf(differences(recovered, truth))]
  return microseconds === null || recoveredLessInSitu === null ? null : { microseconds, recoveredLessInSitu }
}

function microseconds(timings: readonly RoundTiming[]): Figure[] {
  return timings.map(({ round, meanNs }) => ({ round, value: meanNs / 1000, cpuDistanceNs: null }))
}

/** By how much whole requests took longer, paired by block and trimmed as the suite does with its costs. */
function requests(timings: readonly RoundTiming[], ofWrapper: readonly RoundTiming[]): Figure[] {
  return timings.flatMap(({ round, requestNs }): Figure[] => {
    const other = ofWrapper.find((timing) => timing.round === round)?.requestNs
    const blocks = [...requestNs.keys()].filter((block) => other?.has(block))
    if (other === undefined || blocks.length === 0) return []
    const value = trimmedMean(blocks.map((block) => requestNs.get(block)! - other.get(block)!)) / 1000
    return [{ round, value, cpuDistanceNs: null }]
  })
}

/** null without a round. */
function estimateOf(figures: readonly Figure[]): Estimate | null {
  return estimateFigures([figures])[0]!
}
