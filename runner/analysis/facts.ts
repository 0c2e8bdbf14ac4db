import type { LoadDriver } from '../load/driver.ts'
import type { describeMachine } from '../machine/machine.ts'
import type { CpuPlacement } from '../machine/placement.ts'
import type { CompareOptions } from '../measure/options.ts'
import { loadOf, type Plan, provokedBy, runningIn } from '../measure/plan.ts'
import type { RunRecord } from '../measure/records.ts'
import type { Environment, MeasuredCell, Result } from '../result/model.ts'
import { type DeploymentPlan, workersOf } from '../servers/deployment.ts'
import type { ResolvedApp } from '../servers/find-app.ts'
import { median, total } from '../statistics/summary.ts'
import type { OutsideWork } from './all-in.ts'
import type { CellFacts, CellFigures } from './checks/finding.ts'
import { overContinuous } from './continuous.ts'
import { type CellSeries, distances, estimateCells, estimateChanges } from './estimates.ts'
import type { Ledger } from './ledger.ts'
import { type OpenLoopFigures, openLoopOver } from './open-loop.ts'
import { cellTotals, sumFields } from './sums.ts'

/** Everything a result is made from. */
export interface RunFacts extends RunRecord {
  /** Absent: a comparison. */
  readonly study?: string
  /** Options of a study as they were given, by their flags. */
  readonly given?: Readonly<Record<string, string>>
  readonly options: CompareOptions
  /** What a file says that asks for the same; null, or absent: there is none. */
  readonly config?: Result['config']
  readonly plan: Plan
  readonly apps: readonly ResolvedApp[]
  readonly machine: ReturnType<typeof describeMachine>
  readonly placement: CpuPlacement
  readonly driver: LoadDriver
  readonly driverVersion: string
  readonly cpuAccounting: Environment['cpuAccounting']
  readonly callerNodeOptions: string | null
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly wallNs: number
  readonly runnerResidentBytes: number
  readonly ledger: Ledger
}

/**
 * What is known of every measured cell, for its checks and for the result.
 * @param bound what two copies of one server may differ by in this run, as a log
 */
export function gatherFacts(
  series: readonly CellSeries[],
  facts: RunFacts,
  outsideWork: readonly OutsideWork[],
  bound: number,
): CellFacts[] {
  const { plan, options, ledger, machine } = facts
  const estimates = estimateCells(series, plan.baseline, bound)
  const continuous = overContinuous(series, ledger, plan.baseline)
  const [drifts, helperFalls] = [estimateChanges(series, 'drift'), estimateChanges(series, 'helperFall')]
  return series.map((cell) => {
    const { app, endpoint, rounds, measured } = cell
    const known = facts.preflight.find((one) => one.app === app)
    const deployment = plan.deployments.find((one) => one.app === app)!
    const load = loadOf(plan, deployment)
    return {
      figures: {
        ...cellIdentity(facts, app, endpoint),
        ...estimates.get(cell)!,
        impliedMaximumRequestsPerSecond: 1e6 / estimates.get(cell)!.cost.value,
        driftPercent: drifts.get(cell) ?? null,
        helperFallPercent: helperFalls.get(cell) ?? null,
        headerBytes: known?.headerBytes.get(endpoint) ?? null,
        ...measuredFigures(cell, ledger),
      },
      totals: cellTotals(measured),
      isBaseline: app === plan.baseline,
      covariate: distances(rounds),
      isPlain: facts.study === undefined && isUsual(deployment),
      package: known?.package ?? null,
      nodeMajor: Number.parseInt(machine.node.replace(/^v/, ''), 10),
      cpus: facts.placement.serverCpu === null ? null : (deployment.cpus?.length ?? 1),
      driverSleeps: facts.driver.sleeps || load.sleeps,
      loadSaturates: load.saturates,
      outside: outsideWork.find((one) => one.app === app) ?? null,
      overContinuous: continuous.get(app) ?? null,
      precisionPercent: options.rounds === null ? options.precision : null,
    }
  })
}

/** A module on the Node of the suite, as everybody starts it. */
function isUsual({ program, runner, nodeFlags, env }: DeploymentPlan): boolean {
  return [program, runner, nodeFlags, env].every((one) => one === undefined)
}

/** What its rounds say of a cell, beside what is estimated. */
function measuredFigures({ app, endpoint, rounds: perRound, measured }: CellSeries, ledger: Ledger) {
  const { elapsedNs, idleNs, userNs, systemNs, ...counts } = sumFields(measured, [
    'elapsedNs',
    'idleNs',
    'userNs',
    'systemNs',
    'requests',
    'slices',
  ])
  const openLoop = openLoopOver(measured.map((round) => round.openLoop))
  // Of every round of the run: the cell may have lost all blocks of one.
  const blocks = ledger.rounds.flatMap((round) => round.blocks.filter((own) => own.endpoint === endpoint))
  return {
    state: 'measured' as const,
    userShare: userNs === null || systemNs === null || userNs + systemNs === 0 ? null : userNs / (userNs + systemNs),
    latencyMicroseconds: openLoop?.latency ?? ledger.latency(app, endpoint),
    residentBytes: ledger.residentBytes(app),
    serverBusy: median(measured.map(({ serverBusy }) => serverBusy)),
    loadBusy: idleNs === null ? null : 1 - idleNs / elapsedNs,
    ...counts,
    blocksKept: total(perRound, (round) => round.blocks),
    blocksPlanned: blocks.length || null,
    ...(openLoop !== null && { openLoop: toldOf(openLoop) }),
    perRound: [...perRound],
  }
}

function toldOf({ plannedNs, answeredNs, latency: _, ...told }: OpenLoopFigures): NonNullable<CellFigures['openLoop']> {
  // A single answer spans no time.
  return { ...told, achievedShare: answeredNs > 0 ? plannedNs / answeredNs : 1 }
}

export type Identity = Pick<MeasuredCell, 'app' | 'endpoint' | 'deployment' | 'load' | 'provokes'>

export function cellIdentity({ plan, options, machine, processes }: RunFacts, app: string, endpoint: string): Identity {
  const copies = runningIn(plan.deployments, processes).filter((deployment) => deployment.app === app)
  const [first] = copies
  const { runtime, transport, proxy } = first!
  const { connections, keepAlive, sliceMilliseconds } = loadOf(plan, first!)
  const provokes = provokedBy(plan, app)
  return {
    app,
    endpoint,
    deployment: {
      runtime: runtime ?? `node ${machine.node}`,
      transport,
      proxy: proxy?.name ?? null,
      workers: workersOf(copies[0]!),
      copies: copies.length,
    },
    load: { driver: options.driver, connections, keepAlive, sliceMilliseconds },
    ...(provokes.length === 0 ? {} : { provokes: [...provokes] }),
  }
}
