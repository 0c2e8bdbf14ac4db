import type { MeasuredCell } from '../result/model.ts'
import { median, total } from '../statistics/summary.ts'
import type { CellFigures } from './checks/finding.ts'
import type { CellEstimates, CellSeries } from './estimates.ts'
import type { Ledger } from './ledger.ts'
import { type OpenLoopFigures, openLoopOver } from './open-loop.ts'
import { sliceSums, sumBlocks, sumFields } from './sums.ts'

/** What is known of a cell beside its rounds. */
type CellKnowledge = Pick<MeasuredCell, 'app' | 'endpoint' | 'deployment' | 'load' | 'provokes'> &
  Pick<MeasuredCell, 'driftPercent' | 'helperFallPercent' | 'headerBytes'> &
  CellEstimates

/** All numbers of a measured cell; pure. */
export function cellFigures(
  { app, endpoint, rounds: perRound, measured }: CellSeries,
  known: CellKnowledge,
  ledger: Ledger,
): CellFigures {
  const { elapsedNs, idleNs, userNs, systemNs } = sliceSums(measured)
  const openLoop = openLoopOver(measured.map((round) => round.openLoop))
  // Of every round of the run: the cell may have lost all blocks of one.
  const blocks = sumBlocks(ledger.rounds.flatMap((round) => round.blocks.filter((own) => own.endpoint === endpoint)))
  return {
    state: 'measured',
    ...known,
    impliedMaximumRequestsPerSecond: 1e6 / known.cost.value,
    userShare: userNs === null || systemNs === null || userNs + systemNs === 0 ? null : userNs / (userNs + systemNs),
    latencyMicroseconds: openLoop?.latency ?? ledger.latency(app, endpoint),
    residentBytes: ledger.residentBytes(app),
    serverBusy: median(measured.map(({ serverBusy }) => serverBusy)),
    loadBusy: idleNs === null ? null : 1 - idleNs / elapsedNs,
    ...sumFields(measured, ['requests', 'slices']),
    blocksKept: total(perRound, (round) => round.blocks),
    blocksPlanned: blocks?.planned ?? null,
    ...(openLoop === null ? {} : { openLoop: openLoopFigures(openLoop) }),
    perRound: [...perRound],
  }
}

function openLoopFigures(figures: OpenLoopFigures): NonNullable<CellFigures['openLoop']> {
  const { ratePerSecond, scheduled, dropped, queued, slices, plannedNs, answeredNs, lag } = figures
  // A single answer spans no time.
  const achievedShare = answeredNs > 0 ? plannedNs / answeredNs : 1
  return { dueRequestsPerSecond: ratePerSecond, scheduled, dropped, queued, slices, achievedShare, sendLagMicroseconds: lag }
}
