import { type CompareOptions, withDefaults } from '../../measure/options.ts'
import type { Plan } from '../../measure/plan.ts'
import type { RoundRecord } from '../../measure/records.ts'
import type { Listener } from '../../measure/rig.ts'
import { RunError } from '../../result/errors.ts'
import type { Result } from '../../result/model.ts'
import { knownApps, type ResolvedApp } from '../../servers/find-app.ts'
import { planOf } from '../resolve.ts'
import { type RunOutcome, runPlan } from '../run.ts'
import type { PartContext } from './part.ts'
import { type Repetitions, repeatUnit, seedOfTurn, shrunk } from './repetitions.ts'

/** One run of the suite as a unit of something longer. */
export interface UnitRun {
  /** The first one is the baseline. */
  readonly apps: readonly ResolvedApp[]
  /** Options that differ from the defaults of `compare`. */
  readonly options: Partial<CompareOptions>
  /** Absent: the one that options and apps come to. */
  readonly plan?: Plan
  /** @param soFar the result as it would be if the run ended now */
  roundFinished?(round: RoundRecord, plan: Plan, soFar: () => Result): void
}

/** @throws RunError when the machine failed, even if some rounds were finished by then */
export async function runUnit(
  { openRig, placement, signal }: Pick<PartContext, 'openRig' | 'placement' | 'signal'>,
  { apps, options: given, plan: ownPlan, roundFinished }: UnitRun,
  seed: number,
  listener: Listener,
): Promise<RunOutcome> {
  const options = withDefaults({ ...given, seed }, knownApps(), seed)
  const plan = ownPlan ?? planOf(options, apps)
  const opened = await openRig(options.driver, seed, placement)
  const order = { options, apps, plan, placement, opened, startedAt: new Date() }
  const outcome = await runPlan(order, {
    signal,
    listener,
    roundFinished: async (round, soFar) => roundFinished?.(round, plan, soFar),
  })
  if (outcome.problem !== null) throw outcome.problem
  return outcome
}

/** One of a part, with its title for the progress line: `koa with known work`. */
export type TitledRun = UnitRun & { readonly title: string }

/**
 * One run of the engine within a part; its progress becomes that of the part.
 * @returns null when the run was interrupted: half a run is no repetition
 * @throws RunError when the machine failed
 */
export async function measureUnitRun(context: PartContext, unit: TitledRun, seed: number): Promise<RunOutcome | null> {
  const outcome = await runUnit(context, unit, seed, {
    progress({ phase, round, expectedRounds }) {
      const rounds = `round ${round}${expectedRounds === null ? '' : ` of ${expectedRounds}`}`
      context.progress(`${unit.title}, ${round === 0 ? phase : rounds}`)
    },
    appFailed: (app, reason) => context.remark(`${app} is out of ${unit.title}: ${reason}`),
  })
  return context.signal.aborted ? null : outcome
}

/** What a part keeps of a run beside its time and verdict. */
interface KeptRun<Kept> extends TitledRun {
  /** @throws RunError when it has nothing to say */
  read(outcome: RunOutcome): Kept | Promise<Kept>
}

/** Repeats runs of the engine for as long as the part has time, each with another seed; one that fails is left out, two in a row end it. */
export function repeatRuns<Kept>(
  context: PartContext,
  guessMilliseconds: number,
  unitOf: (turn: number) => KeptRun<Kept>,
): Promise<Repetitions<RunTime & Kept>> {
  return repeatUnit(context, { guessMilliseconds, failuresInARow: 2 }, async (turn) => {
    const unit = unitOf(turn)
    const outcome = await measureUnitRun(context, unit, seedOfTurn(context, turn))
    if (outcome === null) return null
    const { rounds, wallSeconds, measuredSeconds, verdict } = outcome.result
    return { rounds, wallSeconds, measuredSeconds, verdict, ...(await unit.read(outcome)) }
  })
}

/** How long a run took and how it was judged: kept of every run of the calibration. */
export type RunTime = Pick<Result, 'rounds' | 'wallSeconds' | 'measuredSeconds' | 'verdict'>

/** How large a run is when there is time, and the least that still makes sense. */
export type RunSizes = Readonly<Record<'rounds' | 'blocks' | 'warmUp', { readonly full: number; readonly least: number }>>

/** Options of a run that has to shrink to this share of its full size. */
export function sized({ rounds, blocks, warmUp }: RunSizes, share: number) {
  return {
    rounds: shrunk(rounds.full, share, rounds.least),
    blocks: shrunk(blocks.full, share, blocks.least),
    warmUp: Math.max(warmUp.least, warmUp.full * share),
  }
}

/** Why a run has nothing to say: what failed, else what was wrong with the run, else why nothing is there. */
export function notMeasured(what: string, { findings, cells }: Pick<Result, 'findings' | 'cells'>): RunError {
  const failed = cells.find((cell) => cell.state === 'failed')?.reason
  const skipped = cells.find((cell) => cell.state === 'skipped')?.reason
  const reason = failed ?? findings.find(({ severity }) => severity === 'invalid')?.message ?? skipped
  return new RunError('not-measured', `${what} was not measured${reason === undefined ? '' : `: ${reason}`}`)
}
