import type { CpuPlacement } from '../../machine/cpus.ts'
import type { Progress } from '../../measure/listener.ts'
import { type CompareOptions, withDefaults } from '../../measure/options.ts'
import type { Plan } from '../../measure/plan.ts'
import type { RoundRecord } from '../../measure/records.ts'
import { RunError } from '../../result/errors.ts'
import type { Result } from '../../result/model.ts'
import { knownApps, type ResolvedApp } from '../../servers/find-app.ts'
import { planOf } from '../resolve.ts'
import { type RunOutcome, runPlan } from '../run.ts'
import type { IdenticalPart } from './data.ts'
import type { PartContext } from './part-context.ts'

type RunTime = Omit<IdenticalPart['runs'][number], 'ratios' | 'controls'>

/** One run of the suite as a unit of a part. */
export interface UnitRun {
  /** For the progress line: `koa with known work`. */
  readonly title: string
  /** The first one is the baseline. */
  readonly apps: readonly ResolvedApp[]
  /** Options that differ from the defaults of `compare`; `seed` is needed. */
  readonly options: Partial<CompareOptions> & Pick<CompareOptions, 'seed'>
  /** Absent: the one that options and apps come to. */
  readonly plan?: Plan
  /** Absent: the part's. */
  readonly placement?: CpuPlacement
  roundFinished?(round: RoundRecord): void
}

/**
 * One run of the engine within a part; its progress becomes that of the part.
 * @returns null when the run was interrupted: half a run is no repetition
 * @throws RunError when the machine failed, even if some rounds were finished by then
 */
export async function measureUnitRun(context: PartContext, unit: UnitRun): Promise<RunOutcome | null> {
  const { signal } = context
  const options = withDefaults(unit.options, knownApps(), unit.options.seed)
  const placement = unit.placement ?? context.placement
  const opened = await context.openRig(options.driver, options.seed, placement)
  const order = {
    options,
    apps: unit.apps,
    plan: unit.plan ?? planOf(options, unit.apps),
    placement,
    opened,
    startedAt: new Date(),
  }
  const outcome = await runPlan(order, {
    signal,
    listener: {
      progress: (progress) => context.progress(`${unit.title}, ${where(progress)}`),
      appFailed: (app, reason) => context.remark(`${app} is out of ${unit.title}: ${reason}`),
    },
    roundFinished: async (round) => unit.roundFinished?.(round),
  })
  if (outcome.problem !== null) throw outcome.problem
  return signal.aborted ? null : outcome
}

/** How long a run took and how it was judged: kept of every run of the calibration. */
export function runTime({ rounds, wallSeconds, measuredSeconds, verdict }: Result): RunTime {
  return { rounds, wallSeconds, measuredSeconds, verdict }
}

/** Why a run has nothing to say: what failed, else what was wrong with the run, else why nothing is there. */
export function notMeasured(what: string, { findings, cells }: Result): RunError {
  const failed = cells.find((cell) => cell.state === 'failed')?.reason
  const skipped = cells.find((cell) => cell.state === 'skipped')?.reason
  const reason = failed ?? findings.find(({ severity }) => severity === 'invalid')?.message ?? skipped
  return new RunError('not-measured', `${what} was not measured${reason === undefined ? '' : `: ${reason}`}`)
}

/** Another seed for every repetition of a part. */
export function seedOfTurn({ seed }: Pick<PartContext, 'seed'>, turn: number): number {
  return (seed + turn) % 2 ** 32
}

function where({ phase, round, expectedRounds }: Progress): string {
  if (round === 0) return phase
  return `round ${round}${expectedRounds === null ? '' : ` of ${expectedRounds}`}`
}
