import type { Estimate } from '../result/model.ts'
import { median } from '../statistics/summary.ts'
import { sumBlocks } from './blocks.ts'
import type { CellFigures, CellTotals } from './checks/cell-facts.ts'
import type { CellEstimates, CellSeries } from './estimates.ts'
import type { Ledger } from './ledger.ts'
import { type OpenLoopFigures, openLoopOver } from './open-loop.ts'
import type { CellRound, LoadSums } from './round-analysis.ts'
import { sumOfHeld, sumOfSlow } from './slow-answers.ts'

/** What is known of a cell beside its rounds. */
export interface CellKnowledge {
  readonly identity: Pick<CellFigures, 'app' | 'endpoint' | 'deployment' | 'load' | 'provokes'>
  readonly estimates: CellEstimates
  readonly driftPercent: Estimate | null
  readonly helperFallPercent: Estimate | null
  readonly headerBytes: number | null
  readonly ledger: Ledger
}

/** All numbers of a measured cell; pure. */
export function cellFigures({ app, endpoint, rounds }: CellSeries, known: CellKnowledge): CellFigures {
  const { identity, estimates, ledger, driftPercent, helperFallPercent, headerBytes } = known
  const openLoop = openLoopOver(rounds.map((round) => round.openLoop))
  return {
    ...identity,
    state: 'measured',
    ...estimates,
    impliedMaximumRequestsPerSecond: 1e6 / estimates.cost.value,
    userShare: userShare(rounds),
    latencyMicroseconds: openLoop?.latency ?? ledger.latency(app, endpoint),
    residentBytes: ledger.residentBytes(app),
    serverBusy: median(rounds.map(({ serverBusy }) => serverBusy)),
    loadBusy: loadBusy(rounds),
    headerBytes,
    requests: total(rounds, ({ requests }) => requests),
    slices: total(rounds, ({ slices }) => slices),
    driftPercent,
    helperFallPercent,
    blocksKept: total(rounds, ({ blocks }) => blocks),
    // Of every round of the run: the cell may have lost all blocks of one.
    blocksPlanned:
      sumBlocks(ledger.rounds.flatMap(({ blocks }) => blocks.filter((own) => own.endpoint === endpoint)))?.planned ?? null,
    ...(openLoop === null ? {} : { openLoop: openLoopFigures(openLoop) }),
    perRound: rounds.map(({ round, blocks, openLoop: due, ...values }) => ({
      round,
      blocks,
      costMicroseconds: Math.exp(values.logCost) / 1000,
      ratio: Math.exp(values.logRatio),
      overheadMicroseconds: values.overheadNs / 1000,
      typicalCostMicroseconds: Math.exp(values.typicalLogCost) / 1000,
      typicalRatio: Math.exp(values.typicalLogRatio),
      lateMicroseconds: values.lateNs === null ? null : values.lateNs / 1000,
      requestsPerSecond: Math.exp(values.logRate),
      cpuDistanceNanoseconds: values.cpuDistanceNs,
      ...(due === null ? {} : { latencyMicroseconds: due.latency, dueRequestsPerSecond: due.ratePerSecond }),
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
    serverCpuNs: total(rounds, ({ serverCpuNs }) => serverCpuNs),
    elapsedNs: total(rounds, ({ elapsedNs }) => elapsedNs),
    ...loadSums(rounds),
    loaded: loadSums(rounds.map(({ loaded }) => loaded)),
    slow: sumOfSlow(rounds.map(({ slow }) => slow)),
    waitNs: totalOrNull(rounds, ({ waitNs }) => waitNs),
    held: sumOfHeld(rounds.map(({ held }) => held)),
    cpuWaitNs: totalOrNull(rounds, ({ cpuWaitNs }) => cpuWaitNs),
    userNs: totalOrNull(rounds, ({ userNs }) => userNs),
    systemNs: totalOrNull(rounds, ({ systemNs }) => systemNs),
  }
}

function loadSums(rounds: readonly LoadSums[]): LoadSums {
  return {
    reconnects: total(rounds, ({ reconnects }) => reconnects),
    steadyRequests: total(rounds, ({ steadyRequests }) => steadyRequests),
    steadyNs: total(rounds, ({ steadyNs }) => steadyNs),
  }
}

function loadBusy(rounds: readonly CellRound[]): number | null {
  const idle = totalOrNull(rounds, ({ idleNs }) => idleNs)
  return idle === null ? null : 1 - idle / total(rounds, ({ elapsedNs }) => elapsedNs)
}

function userShare(rounds: readonly CellRound[]): number | null {
  const { userNs, systemNs } = cellTotals(rounds)
  if (userNs === null || systemNs === null || userNs + systemNs === 0) return null
  return userNs / (userNs + systemNs)
}

function total<Round>(rounds: readonly Round[], of: (round: Round) => number): number {
  return rounds.reduce((sum, round) => sum + of(round), 0)
}

function totalOrNull(rounds: readonly CellRound[], of: (round: CellRound) => number | null): number | null {
  return rounds.some((round) => of(round) === null) ? null : total(rounds, (round) => of(round) ?? 0)
}
