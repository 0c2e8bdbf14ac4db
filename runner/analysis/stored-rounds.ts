import type { MeasuredCell, Result } from '../result.ts'
import type { EstimatedSeries } from './estimates.ts'

/** A measured cell of a stored result, ready to be estimated again. */
export interface StoredSeries extends EstimatedSeries {
  readonly cell: MeasuredCell
}

/** Round values of every measured cell, as a result keeps them. */
export function storedSeries({ cells }: Pick<Result, 'cells'>): StoredSeries[] {
  return cells
    .filter((cell) => cell.state === 'measured')
    .map((cell) => ({
      ...{ cell, app: cell.app, endpoint: cell.endpoint },
      rounds: cell.perRound.map((round) => ({
        round: round.round,
        logCost: Math.log(1000 * round.costMicroseconds),
        logRatio: Math.log(round.ratio),
        overheadNs: 1000 * round.overheadMicroseconds,
        typicalLogCost: round.typicalCostMicroseconds === null ? null : Math.log(1000 * round.typicalCostMicroseconds),
        typicalLogRatio: round.typicalRatio === null ? null : Math.log(round.typicalRatio),
        lateNs: round.lateMicroseconds === null ? null : 1000 * round.lateMicroseconds,
        logRate: Math.log(round.requestsPerSecond),
        cpuDistanceNs: round.cpuDistanceNanoseconds,
      })),
    }))
}
