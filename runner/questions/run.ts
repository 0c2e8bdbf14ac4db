import { assembleResult } from '../analysis/assemble.ts'
import type { RunFacts } from '../analysis/facts.ts'
import { Ledger } from '../analysis/ledger.ts'
import { precisionReached } from '../analysis/precision.ts'
import { describeMachine } from '../machine/machine.ts'
import { quickSpeedScore } from '../machine/measure-machine.ts'
import { pinRunner } from '../machine/placement.ts'
import { conduct } from '../measure/conduct.ts'
import { loadOf, provokingApps } from '../measure/plan.ts'
import { type RoundRecord, type RunRecord, type RunState, type StoredRound, storeRound } from '../measure/records.ts'
import { allListeners, type Listener } from '../measure/rig.ts'
import { RunError } from '../result/errors.ts'
import type { Result } from '../result/model.ts'
import { assertSameApps, assertSameEnvironment, type StoppedRun } from './resume.ts'
import type { OpenedRig } from './rigs.ts'

/** Stopping on precision is not thought of before this many rounds; see docs/methodology.md, "When to stop". */
const MINIMUM_ROUNDS = 6

/** What shall be measured with what, all of it decided. */
export interface RunOrder
  extends Pick<RunFacts, 'study' | 'given' | 'config' | 'options' | 'apps' | 'plan' | 'placement' | 'startedAt'> {
  readonly opened: OpenedRig
  /** A run that goes on where it was stopped; absent: a new one. */
  readonly stopped?: StoppedRun | null
}

/** Who wants to know of a run, and who may end it. */
export interface RunContext {
  readonly listener: Listener
  readonly signal: AbortSignal
  /** After every round: its record, the result as it would be if the run ended now, and what it takes to go on from here. */
  roundFinished?(round: RoundRecord, soFar: () => Result, stored: () => StoredRound): Promise<void>
}

/** How a run ended. */
export interface RunOutcome {
  readonly result: Result
  readonly ledger: Ledger
  /** Why the run ended before its time; the result holds what was finished by then. */
  readonly problem: RunError | null
}

/**
 * One run of the engine, from preflight to result; every study is made of it. Keeps nothing on disk: `roundFinished` may.
 * @throws UserError for a mistake in the call, before anything is measured; RunError when the machine fails before the first round
 * has been finished
 */
export async function runPlan(order: RunOrder, context: RunContext): Promise<RunOutcome> {
  const { options, plan, opened, stopped = null } = order
  const { rig } = opened
  pinRunner(order.placement)
  const ledger = new Ledger(plan)
  for (const record of stopped?.records ?? []) ledger.add(record)
  const startedNs = rig.now()
  const connections = Math.max(...plan.deployments.map((deployment) => loadOf(plan, deployment).connections))
  const machine = {
    ...describeMachine(order.placement, connections),
    speedScore: opened.cpuAccounting === 'simulated' ? null : await quickSpeedScore(order.placement.serverCpu),
  }
  const assembled = (record: RunRecord) =>
    assembleResult({
      ...order,
      ...opened,
      ...record,
      driver: rig.driver,
      machine,
      ledger,
      finishedAt: new Date(),
      wallNs: (stopped?.elapsedNs ?? 0) + rig.now() - startedNs,
      runnerResidentBytes: process.memoryUsage.rss(),
    })
  const precision = options.rounds === null ? options.precision / 100 : null
  const reached = () => precisionReached(ledger.rounds, plan.baseline, precision, provokingApps(plan))
  let lastRound: RunState | null = stopped?.state ?? null
  try {
    if (stopped !== null) {
      const now = { ...machine, ...order.placement, driverVersion: opened.driverVersion }
      assertSameEnvironment(stopped.result.environment, now)
    }
    const record = await conduct(rig, plan, {
      listener: allListeners([context.listener]),
      signal: context.signal,
      moreLanes: opened.moreLanes,
      rounds: options.rounds,
      precision,
      minimumRounds: MINIMUM_ROUNDS,
      maximumNs: options.maxMinutes * 60e9,
      resumed: stopped && {
        rounds: stopped.records.length,
        lastRound: Math.max(...stopped.records.map(({ round }) => round)),
        elapsedNs: stopped.elapsedNs,
        state: stopped.state,
        precision: reached(),
        assertSame: (apps) => assertSameApps(stopped.state.preflight, apps),
      },
      async roundFinished(round, state, elapsedNs) {
        ledger.add(round)
        lastRound = state
        const slow = ledger.slowRounds.find((one) => one.round === round.round)
        if (slow !== undefined) {
          const times = `every app cost at least ${slow.slowdown.toFixed(2)} times what it costs in its cheapest round`
          context.listener.remark?.(`the machine was slow in round ${round.round}, which will hardly count: ${times}`)
        }
        // A run that dies later leaves this result behind; it says of itself that it is not complete.
        await context.roundFinished?.(
          round,
          () => assembled({ ...state, stoppedBecause: 'interrupted' }),
          () => storeRound(round, state, elapsedNs),
        )
        return reached()
      },
    })
    return { result: assembled(record), ledger, problem: null }
  } catch (error) {
    if (!(error instanceof RunError) || lastRound === null) throw error
    // Finished rounds are not lost because a later one could not be had.
    return { result: assembled({ ...(lastRound as RunState), stoppedBecause: 'failed' }), ledger, problem: error }
  } finally {
    await opened.close()
  }
}
