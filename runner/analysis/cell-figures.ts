import type { MeasuredCell } from '../result/model.ts'
import { median } from '../statistics/summary.ts'
import { sumBlocks } from './blocks.ts'
import type { CellFigures, CellTotals } from './checks/finding.ts'
import { type CellEstimates, type CellSeries, roundValue } from './estimates.ts'
import type { Ledger } from './ledger.ts'
import { type OpenLoopFigures, openLoopOver } from './open-loop.ts'
import type { CellRound } from './round-analysis.ts'
import { sumOfSlow } from './slow-answers.ts'
import { loadSums, sliceSums, sumFields, sumOfHeld } from './sums.ts'

/** What is known of a cell beside its rounds. */
type CellKnowledge = Pick<MeasuredCell, 'app' | 'endpoint' | 'deployment' | 'load' | 'provokes'> &
  Pick<MeasuredCell, 'driftPercent' | 'helperFallPercent' | 'headerBytes'> &
  CellEstimates

/** All numbers of a measured cell; pure. */
export function cellFigures({ app, endpoint, rounds }: CellSeries, known: CellKnowledge, ledger: Ledger): CellFigures {
  const { elapsedNs, idleNs, userNs, systemNs } = sliceSums(rounds)
  const openLoop = openLoopOver(rounds.map((round) => round.openLoop))
  // Of every round of the run: the cell may have lost all blocks of one.
  const blocks = sumBlocks(ledger.rounds.flatMap((round) => round.blocks.filter((own) => own.endpoint === endpoint)))
  const { blocks: blocksKept, ...counts } = sumFields(rounds, ['requests', 'slices', 'blocks'])
  return {
    state: 'measured',
    ...known,
    impliedMaximumRequestsPerSecond: 1e6 / known.cost.value,
    userShare: userNs === null || systemNs === null || userNs + systemNs === 0 ? null : userNs / (userNs + systemNs),
    latencyMicroseconds: openLoop?.latency ?? ledger.latency(app, endpoint),
    residentBytes: ledger.residentBytes(app),
    serverBusy: median(rounds.map(({ serverBusy }) => serverBusy)),
    loadBusy: idleNs === null ? null : 1 - idleNs / elapsedNs,
    ...counts,
    blocksKept,
    blocksPlanned: blocks?.planned ?? null,
    ...(openLoop === null ? {} : { openLoop: openLoopFigures(openLoop) }),
    perRound: rounds.map((round) => ({
      ...roundValue(round),
      blocks: round.blocks,
      ...(round.openLoop === null
        ? {}
        : { latencyMicroseconds: round.openLoop.latency, dueRequestsPerSecond: round.openLoop.ratePerSecond }),
      ...(round.copyLatencies.length === 0 ? {} : { copyLatenciesMicroseconds: [...round.copyLatencies] }),
      ...(round.proxy === null ? {} : { proxy: round.proxy }),
    })),
  }
}

function openLoopFigures(figures: OpenLoopFigures): NonNullable<CellFigures['openLoop']> {
  const { ratePerSecond, scheduled, dropped, queued, slices, plannedNs, answeredNs, lag } = figures
  // A single answer spans no time.
  const achievedShare = answeredNs > 0 ? plannedNs / answeredNs : 1
  return { dueRequestsPerSecond: ratePerSecond, scheduled, dropped, queued, slices, achievedShare, sendLagMicroseconds: lag }
}

/** Sums over all rounds of a cell, for the checks. */
export function cellTotals(rounds: readonly CellRound[]): CellTotals {
  return {
    ...sliceSums(rounds),
    loaded: loadSums(rounds.map(({ loaded }) => loaded)),
    slow: sumOfSlow(rounds.map(({ slow }) => slow)),
    held: sumOfHeld(rounds.map(({ held }) => held)),
  }
}
