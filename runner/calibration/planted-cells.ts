import { bounded, LEVEL } from '../analysis/estimates.ts'
import type { Estimate, MeasuredCell, Result } from '../result.ts'
import { estimateMeans } from '../statistics/estimate.ts'
import type { PlantedPart } from './data.ts'
import type { RoundTiming } from './in-situ.ts'

export type PlantedCell = PlantedPart['runs'][number]['cells'][number]

/** A figure by number of the round. */
type ByRound = ReadonlyMap<number, number>

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
    if (wrapper === undefined || cell === wrapper) return { ...known, overWrapperMicroseconds: null, inSitu: null }
    const recovered = difference(overheads(cell), overheads(wrapper))
    const inSitu = difference(microseconds(timingsOf(cell)), microseconds(timingsOf(wrapper)))
    return {
      ...known,
      overWrapperMicroseconds: estimateOf(recovered),
      inSitu: inSituOf(recovered, inSitu, timingsOf(cell)),
    }
  })
}

function inSituOf(recovered: ByRound, inSitu: ByRound, timings: readonly RoundTiming[]): PlantedCell['inSitu'] {
  const [microseconds, recoveredLessInSitu] = [estimateOf(inSitu), estimateOf(difference(recovered, inSitu))]
  if (microseconds === null || recoveredLessInSitu === null) return null
  const total = (of: (timing: RoundTiming) => number) => timings.reduce((sum, timing) => sum + of(timing), 0)
  return { microseconds, recoveredLessInSitu, samples: total((one) => one.samples), leftOut: total((one) => one.leftOut) }
}

function overheads({ perRound }: MeasuredCell): ByRound {
  return new Map(perRound.map(({ round, overheadMicroseconds }) => [round, overheadMicroseconds]))
}

function microseconds(timings: readonly RoundTiming[]): ByRound {
  return new Map(timings.map(({ round, meanNs }) => [round, meanNs / 1000]))
}

/** Of the rounds that both have. */
function difference(one: ByRound, other: ByRound): ByRound {
  const both = [...one].filter(([round]) => other.has(round))
  return new Map(both.map(([round, value]) => [round, value - other.get(round)!]))
}

/** null without a round. */
function estimateOf(rounds: ByRound): Estimate | null {
  return rounds.size === 0 ? null : bounded(estimateMeans([[...rounds.values()]], { level: LEVEL })[0]!)
}
