import { BASELINE } from '../../../apps/app.ts'
import type { RoundAnalysis } from '../../analysis/round-analysis.ts'
import { type CompareOptions, DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../../measure/options.ts'
import { loadOf, type Plan } from '../../measure/plan.ts'
import { RunError } from '../../result/errors.ts'
import { knownApps } from '../../servers/find-app.ts'
import { seededRandom } from '../../statistics/random.ts'
import { planOf, resolveApps } from '../resolve.ts'
import type { InvariancePart } from './data.ts'
import { type Circumstances, type Factor, invarianceFactors, standard } from './invariance-factors.ts'
import { poolRuns, type ShortRun } from './invariance-pool.ts'
import { asPlanned, type Reading, withWays } from './invariance-readings.ts'
import type { MeasurePart, PartContext, PartOutcome } from './part-context.ts'
import { unitShare } from './repetitions.ts'
import { repeatInTurns } from './turns.ts'
import { measureUnitRun, notMeasured, seedOfTurn } from './unit-run.ts'

/** Many short runs rather than one long one, so that all circumstances see the same moods of the machine. */
const ROUNDS_PER_RUN = 2
/** Slices of all ways in one block, per deployment: what a default slice comes to 8 times. */
const FULL = { warmUpSeconds: 2, measuredMilliseconds: 4_000, runMilliseconds: 45_000 }
const LEAST = { warmUpSeconds: 0.2, measuredMilliseconds: 4 * DEFAULT_SLICE_MILLISECONDS }
/** Blocks of short slices are many enough long before the time is up. */
const MOST_BLOCKS = 40

/** Length of the parts of a short run. */
interface Shape {
  readonly warmUpSeconds: number
  /** Per process and round. */
  readonly measuredMilliseconds: number
}

/** The same comparison under other circumstances: what is no framework must not change the ratio of two. */
export const measureInvariance: MeasurePart<InvariancePart> = (context) =>
  measureFactors(context, invarianceFactors(context.placement))

/** The same with any factors. */
export async function measureFactors(context: PartContext, factors: readonly Factor[]): Promise<PartOutcome<InvariancePart>> {
  const units = unitsOf(factors)
  // One turn of runs in which frameworks get warm is worth more than two of runs in which they do not.
  const share = unitShare(context.milliseconds, FULL.runMilliseconds * units.length, 1)
  const shape = {
    warmUpSeconds: Math.max(LEAST.warmUpSeconds, share * FULL.warmUpSeconds),
    measuredMilliseconds: Math.max(LEAST.measuredMilliseconds, share * FULL.measuredMilliseconds),
  }
  const { finished, cutShort, problem } = await repeatInTurns(
    context,
    units,
    {
      guessMilliseconds: FULL.runMilliseconds * share,
      random: seededRandom(context.seed),
      titleOf: ({ circumstances }) => circumstances.title,
    },
    ({ circumstances }, repetition) => shortRun(context, circumstances, readingsOf(factors, circumstances), shape, repetition),
  )
  const runs = finished.map(({ done }) => done)
  const body = runs.length === 0 ? null : { part: 'invariance' as const, factors: poolRuns(factors, runs) }
  return { body, cutShort, problem }
}

/**
 * The short runs of one turn. What has no default beside it in the same processes is compared with runs of the default, which are worth
 * repeating: the square root of the number of settings is best (Dunnett 1955, "A multiple comparison procedure for comparing several
 * treatments with a control").
 */
function unitsOf(factors: readonly Factor[]): { readonly circumstances: Circumstances }[] {
  const all = new Set(factors.flatMap(({ settings }) => settings.map(({ circumstances }) => circumstances)))
  const apart = [...all].filter(({ ways }) => ways.length === 0).length
  const defaultRuns = Math.max(1, Math.round(Math.sqrt(apart - 1)))
  return [...all].flatMap((circumstances) =>
    Array.from({ length: circumstances === standard ? defaultRuns : 1 }, () => ({ circumstances })),
  )
}

function readingsOf(factors: readonly Factor[], circumstances: Circumstances): Reading[] {
  const own = factors.flatMap(({ settings }) => settings).filter((setting) => setting.circumstances === circumstances)
  return [...new Set([asPlanned, ...own.map(({ reading }) => reading)])]
}

async function shortRun(
  context: PartContext,
  circumstances: Circumstances,
  readings: readonly Reading[],
  shape: Shape,
  repetition: number,
): Promise<ShortRun | null> {
  const apps = resolveApps([BASELINE, ...circumstances.apps.filter((app) => context.apps.includes(app))], context.cwd)
  const seed = seedOfTurn(context, repetition)
  const options = {
    ...{ seed, endpoints: ['hello' as const], rounds: ROUNDS_PER_RUN, warmUp: shape.warmUpSeconds },
  } satisfies Partial<CompareOptions>
  const byDefault = planOf(withDefaults(options, knownApps(), seed), apps)
  const all = withWays(byDefault, circumstances.ways)
  const plan = { ...all, blocksPerRound: blocksOf(all, apps.length, shape) }
  const rounds = new Map<Reading, RoundAnalysis[]>(readings.map((reading) => [reading, []]))
  const outcome = await measureUnitRun(context, {
    ...{ title: circumstances.title, apps, options, plan },
    ...(circumstances.placement === null ? {} : { placement: circumstances.placement }),
    roundFinished(round) {
      const number = repetition * ROUNDS_PER_RUN + round.round
      for (const [reading, analyses] of rounds) analyses.push(renumbered(reading.analyse(byDefault, round), number))
    },
  })
  if (outcome === null) return null
  const found = rounds.get(asPlanned)!.flatMap(({ cells }) => cells)
  if (found.every(({ app }) => app !== BASELINE)) {
    throw outcome.ledger.rounds.length === 0
      ? notMeasured(circumstances.title, outcome.result)
      : new RunError('not-measured', `${BASELINE} was not measured: every block was disturbed`)
  }
  return { circumstances, rounds }
}

/** As many blocks as fit into the time of a process. */
function blocksOf(plan: Plan, apps: number, { measuredMilliseconds }: Shape): number {
  const block = plan.deployments.reduce((sum, deployment) => sum + loadOf(plan, deployment).sliceMilliseconds, 0)
  return Math.max(1, Math.min(MOST_BLOCKS, Math.round((measuredMilliseconds * apps) / block)))
}

/** Round numbers that no other run of the part has. */
function renumbered(analysis: RoundAnalysis, round: number): RoundAnalysis {
  return { ...analysis, round, cells: analysis.cells.map((cell) => ({ ...cell, round })) }
}
