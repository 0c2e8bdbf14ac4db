import { RunError } from '../result/errors.ts'
import type { StopReason } from '../result/model.ts'
import type { RoundRecord } from './records.ts'

const FAILED_ROUNDS_IN_A_ROW = 2

/** A round as it was measured, and how long it took. */
export interface MeasuredRound {
  readonly record: RoundRecord
  readonly tookNs: number
}

/** What is done in lanes. */
export interface LaneWork {
  /** Why no other round may begin: the reason to stop, or `enough` when those under way will do; null: it may. */
  mayNotBegin(): StopReason | 'enough' | null
  /**
   * @param next what will be the number of the next round in this lane, if there is one
   * @throws RunError when the round is lost
   */
  measure(lane: number, round: number, next: () => number): Promise<MeasuredRound>
  lost(round: number, error: RunError): void
  /** Called for one round at a time, in the order in which they end. Says why to stop; null: go on. */
  finished(measured: MeasuredRound): Promise<StopReason | null>
}

/**
 * Measures round after round, in several lanes at once: whichever is free takes the next number. When the run is to stop, the others
 * finish their round.
 * @param firstRound its number
 * @throws whatever a lane throws, once all have come to an end; RunError when a lane loses several rounds in a row
 */
export async function runLanes(lanes: number, firstRound: number, work: LaneWork): Promise<StopReason> {
  let unused = firstRound
  let ended: StopReason | null = null
  let lastFinished: Promise<unknown> = Promise.resolve()

  const finish = (round: MeasuredRound) => {
    const finished = lastFinished.then(() => work.finished(round))
    lastFinished = finished.catch(() => {})
    return finished
  }
  const runLane = async (lane: number) => {
    /** This round and the next one. */
    const numbers: number[] = []
    const numberAt = (place: number) => {
      while (numbers.length <= place) numbers.push(unused++)
      return numbers[place]!
    }
    let lost = 0
    while (ended === null) {
      const reason = work.mayNotBegin()
      if (reason === 'enough') return
      if (reason !== null) {
        ended = reason
        return
      }
      const round = numberAt(0)
      const measured = await work
        .measure(lane, round, () => numberAt(1))
        .catch((error) => {
          if (!(error instanceof RunError) || ++lost >= FAILED_ROUNDS_IN_A_ROW) throw error
          work.lost(round, error)
          return null
        })
      if (measured === null) continue
      lost = 0
      if (measured.record.interrupted) continue
      numbers.shift()
      ended = (await finish(measured)) ?? ended
    }
  }
  const runs = Array.from({ length: lanes }, (_, lane) =>
    runLane(lane).catch((error) => {
      ended ??= 'failed'
      throw error
    }),
  )
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason
  return ended ?? 'rounds'
}
