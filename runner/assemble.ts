import type { ResolvedApp } from '../apps/app.ts'
import {
  type CellEstimates,
  type CellSeries,
  cellSeries,
  estimateCells,
  estimateIdentical,
  estimateOverall,
  rankCells,
} from './analysis/estimates.ts'
import type { CellRound } from './analysis/round-analysis.ts'
import { checkCell } from './checks/cell-checks.ts'
import { finding } from './checks/registry.ts'
import { checkIdentical, checkRun, copiesAgree } from './checks/run-checks.ts'
import { verdictOf, worstVerdict } from './checks/verdict.ts'
import type { CpuPlacement } from './environment/cpus.ts'
import type { describeMachine } from './environment/machine.ts'
import type { Ledger } from './ledger.ts'
import type { LoadDriver } from './load/driver.ts'
import type { Failure } from './measure/fleet.ts'
import type { AppPreflight } from './measure/preflight.ts'
import { cellName } from './measure/round.ts'
import type { CompareOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { type Cell, type Environment, type Finding, FORMAT, type MeasuredCell, type Result, type StopReason } from './result.ts'
import { median } from './statistics/summary.ts'

/** Everything a result is made from. */
export interface RunFacts {
  readonly options: CompareOptions
  readonly plan: Plan
  readonly apps: readonly ResolvedApp[]
  readonly machine: ReturnType<typeof describeMachine>
  readonly placement: CpuPlacement
  readonly driver: LoadDriver
  readonly driverVersion: string
  readonly cpuAccounting: Environment['cpuAccounting']
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly wallNs: number
  readonly stoppedBecause: StopReason
  readonly warmUpMilliseconds: number
  readonly blocksPerRound: number
  readonly runnerResidentBytes: number
  readonly preflight: readonly AppPreflight[]
  readonly failures: readonly Failure[]
  readonly ledger: Ledger
}

/** One result from what a run has found; pure. Verdicts follow from findings alone, and nothing invalid is ranked. */
export function assembleResult(facts: RunFacts): Result {
  const { plan, ledger, failures, options } = facts
  const rounds = ledger.rounds.length
  const identical = estimateIdentical(ledger.rounds).map(({ endpoint, ratio }) => ({
    endpoint,
    deployments: [plan.baseline, `${plan.baseline}#2`] as [string, string],
    ratio,
    agrees: copiesAgree(ratio),
  }))
  const findings = checkRun({
    ...facts,
    rounds,
    wantedRounds: options.rounds,
    notPinnedBecause: facts.placement.notPinnedBecause,
  })
  // Without its baseline a cell has nothing to be compared with, whatever was measured before the baseline failed.
  const sound = ({ app, endpoint }: CellSeries) =>
    [app, plan.baseline].every((one) => failureOf(failures, one, endpoint) === undefined)
  const series = cellSeries(ledger.rounds).filter(sound)
  const estimates = estimateCells(series, plan.baseline)
  const cellFindings = new Map(
    series.map((cell) => {
      const control = identical.find(({ endpoint }) => endpoint === cell.endpoint)
      return [
        cell,
        [
          ...findingsOf(cell, estimates.get(cell)!, facts),
          ...(control ? checkIdentical(control.endpoint, control.ratio) : []),
          ...findings,
        ],
      ]
    }),
  )
  const ranked = (cell: CellSeries) => verdictOf(cellFindings.get(cell)!) !== 'invalid'
  const ranks = rankCells(series.filter(ranked))
  const cells = plannedCells(plan).map(({ app, endpoint }): Cell => {
    const identity = cellIdentity(facts, app, endpoint)
    const failure = failureOf(failures, app, endpoint)
    if (failure !== undefined) return failedCell(identity, failure)
    const cell = series.find((one) => one.app === app && one.endpoint === endpoint)
    if (cell === undefined) {
      const reason = skippedBecause(facts, endpoint)
      const findings = [finding('not-measured', { reason })]
      return { ...identity, state: 'skipped', reason, verdict: verdictOf(findings), findings }
    }
    return measuredCell(
      identity,
      cell,
      { ...estimates.get(cell)!, rank: ranks.get(cell) ?? null },
      cellFindings.get(cell)!,
      facts,
    )
  })
  const overall = estimateOverall(series.filter(ranked), plan.endpoints, plan.baseline).map((row) => {
    const own = uniqueFindings(cells.filter(({ app }) => app === row.app).flatMap((cell) => cell.findings))
    return { ...row, verdict: verdictOf(own), findings: own }
  })
  return {
    format: FORMAT,
    study: 'compare',
    startedAt: facts.startedAt.toISOString(),
    finishedAt: facts.finishedAt.toISOString(),
    wallSeconds: facts.wallNs / 1e9,
    measuredSeconds: ledger.measuredNs / 1e9,
    seed: plan.seed,
    options: usedOptions(facts),
    environment: {
      ...facts.machine,
      serverCpu: facts.placement.serverCpu,
      loadCpu: facts.placement.loadCpu,
      cpuAccounting: facts.cpuAccounting,
      driverVersion: facts.driverVersion,
      ...ledger.noise,
      runnerResidentBytes: facts.runnerResidentBytes,
      loadResidentBytes: ledger.loadResidentBytes,
    },
    baseline: plan.baseline,
    rounds,
    stoppedBecause: facts.stoppedBecause,
    verdict: runVerdict(findings, cells),
    apps: facts.apps.map(({ id, given }) => {
      const known = facts.preflight.find(({ app }) => app === id)
      return { id, title: known?.title ?? id, package: known?.package ?? null, version: known?.version ?? null, given }
    }),
    cells,
    overall: options.endpoints.length > 1 ? overall : [],
    controls: { identical },
    findings: uniqueFindings([...findings, ...identical.flatMap(({ endpoint, ratio }) => checkIdentical(endpoint, ratio))]),
  }
}

/** A failed app has its own verdict; it takes nothing from what was measured of the others. */
function runVerdict(findings: readonly Finding[], cells: readonly Cell[]): Result['verdict'] {
  const measured = cells.filter(({ state }) => state === 'measured').map(({ verdict }) => verdict)
  return measured.length === 0 ? 'invalid' : worstVerdict([verdictOf(findings), ...measured])
}

function findingsOf(cell: CellSeries, { ratio }: CellEstimates, { plan, options, driver }: RunFacts): Finding[] {
  const isBaseline = cell.app === plan.baseline
  const { low, high, value } = ratio
  const halfWidthPercent = isBaseline || low === null || high === null ? null : Math.max(high / value - 1, 1 - low / value) * 100
  return checkCell({
    rounds: cell.rounds.length,
    halfWidthPercent,
    precisionPercent: options.rounds === null ? options.precision : null,
    serverBusy: median(cell.rounds.map(({ serverBusy }) => serverBusy)),
    loadBusy: loadBusy(cell.rounds),
    reconnects: total(cell.rounds, ({ reconnects }) => reconnects),
    driverSleeps: driver.sleeps,
  })
}

type Identity = Omit<MeasuredCell, Exclude<keyof MeasuredCell, 'app' | 'endpoint' | 'deployment' | 'load'>>

function measuredCell(
  identity: Identity,
  { app, endpoint, rounds }: CellSeries,
  estimates: Pick<MeasuredCell, 'cost' | 'ratio' | 'overheadMicroseconds' | 'requestsPerSecond' | 'rank'>,
  findings: Finding[],
  { ledger, preflight }: RunFacts,
): MeasuredCell {
  return {
    ...identity,
    state: 'measured',
    verdict: verdictOf(findings),
    ...estimates,
    impliedMaximumRequestsPerSecond: 1e6 / estimates.cost.value,
    userShare: userShare(rounds),
    latencyMicroseconds: ledger.latency(app, endpoint),
    residentBytes: ledger.residentBytes(app),
    serverBusy: median(rounds.map(({ serverBusy }) => serverBusy)),
    loadBusy: loadBusy(rounds),
    headerBytes: preflight.find((one) => one.app === app)?.headerBytes.get(endpoint) ?? null,
    requests: total(rounds, ({ requests }) => requests),
    slices: total(rounds, ({ slices }) => slices),
    perRound: rounds.map(({ round, blocks, logCost, logRatio, overheadNs, logRate }) => ({
      round,
      blocks,
      costMicroseconds: Math.exp(logCost) / 1000,
      ratio: Math.exp(logRatio),
      overheadMicroseconds: overheadNs / 1000,
      requestsPerSecond: Math.exp(logRate),
    })),
    findings,
  }
}

function failedCell(identity: Identity, { code, reason, lastLines }: Failure): Cell {
  const broken = code === 'contract' || code === 'wrong-answers'
  const findings = [finding(broken ? 'contract-broken' : 'app-failed', { reason })]
  return { ...identity, state: 'failed', verdict: verdictOf(findings), findings, reason, lastLines: [...lastLines] }
}

function cellIdentity({ plan, options, machine }: RunFacts, app: string, endpoint: string): Identity {
  const copies = plan.deployments.filter((deployment) => deployment.app === app).length
  return {
    app,
    endpoint,
    deployment: { runtime: `node ${machine.node}`, transport: options.transport, proxy: null, workers: 1, copies },
    load: { driver: options.driver, connections: options.connections, keepAlive: true },
  }
}

function usedOptions({ options, warmUpMilliseconds, blocksPerRound, plan }: RunFacts): Result['options'] {
  return {
    apps: [...options.apps],
    endpoints: [...options.endpoints],
    connections: options.connections,
    transport: options.transport,
    driver: options.driver,
    precisionPercent: options.rounds === null ? options.precision : null,
    maxMinutes: options.maxMinutes,
    rounds: options.rounds,
    quick: options.quick,
    sliceMilliseconds: plan.sliceMilliseconds,
    blocksPerRound,
    warmUpMilliseconds,
  }
}

function plannedCells(plan: Plan): { app: string; endpoint: string }[] {
  const apps = [...new Set(plan.deployments.map(({ app }) => app))]
  return plan.endpoints.flatMap((endpoint) => apps.map((app) => ({ app, endpoint })))
}

function skippedBecause({ plan, failures }: RunFacts, endpoint: string): string {
  if (failureOf(failures, plan.baseline, endpoint) === undefined) return 'no round was finished'
  return `${plan.baseline} failed on ${endpoint}, and there is nothing else to compare with`
}

function failureOf(failures: readonly Failure[], app: string, endpoint: string): Failure | undefined {
  const names = [cellName(app, null), cellName(app, endpoint)]
  return failures.find((failure) => names.includes(cellName(failure.app, failure.endpoint)))
}

function loadBusy(rounds: readonly CellRound[]): number | null {
  if (rounds.some(({ idleNs }) => idleNs === null)) return null
  return 1 - total(rounds, ({ idleNs }) => idleNs ?? 0) / total(rounds, ({ elapsedNs }) => elapsedNs)
}

function userShare(rounds: readonly CellRound[]): number | null {
  if (rounds.some(({ userNs, systemNs }) => userNs === null || systemNs === null)) return null
  const user = total(rounds, ({ userNs }) => userNs ?? 0)
  const both = user + total(rounds, ({ systemNs }) => systemNs ?? 0)
  return both > 0 ? user / both : null
}

function uniqueFindings(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.code} ${one.message}`, one])).values()]
}

function total(rounds: readonly CellRound[], of: (round: CellRound) => number): number {
  return rounds.reduce((sum, round) => sum + of(round), 0)
}
