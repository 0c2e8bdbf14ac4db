import { BASELINE, knownApps } from '../../apps/app.ts'
import type { RoundAnalysis } from '../analysis/round-analysis.ts'
import { RunError } from '../errors.ts'
import { type CompareOptions, DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../options.ts'
import { seededRandom } from '../random.ts'
import { planOf, resolveApps } from '../resolve.ts'
import type { InvariancePart } from './data.ts'
import { type Circumstances, type Factor, invarianceFactors, standard } from './invariance-factors.ts'
import { analysePlace, type Place, places } from './invariance-places.ts'
import { poolRuns, type ShortRun } from './invariance-pool.ts'
import type { MeasurePart, PartContext, PartOutcome } from './part-context.ts'
import { unitShare } from './repetitions.ts'
import { repeatInTurns } from './turns.ts'
import { measureUnitRun, seedOfTurn } from './unit-run.ts'

/** Many short runs rather than one long one, so that all settings see the same moods of the machine. */
const ROUNDS_PER_RUN = 2
const FULL = { warmUpSeconds: 1.5, measuredMilliseconds: 15 * DEFAULT_SLICE_MILLISECONDS, runMilliseconds: 18_000 }
const LEAST = { warmUpSeconds: 0.2, measuredMilliseconds: 4 * DEFAULT_SLICE_MILLISECONDS }

/** Length of the parts of a short run. */
interface Shape {
  readonly warmUpSeconds: number
  /** Per deployment and round. */
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
    ({ circumstances }, repetition) => shortRun(context, circumstances, shape, repetition),
  )
  const runs = finished.map(({ done }) => done)
  const body = runs.length === 0 ? null : { part: 'invariance' as const, factors: poolRuns(factors, runs) }
  return { body, cutShort, problem }
}

/**
 * The short runs of one turn. The default setting is in every difference and worth measuring more often than the others: the square root
 * of their number is best (Dunnett 1955, "A multiple comparison procedure for comparing several treatments with a control").
 */
function unitsOf(factors: readonly Factor[]): { readonly circumstances: Circumstances }[] {
  const all = new Set(factors.flatMap(({ settings }) => settings.map(({ circumstances }) => circumstances)))
  const defaultRuns = Math.max(1, Math.round(Math.sqrt(all.size - 1)))
  return [...all].flatMap((circumstances) =>
    Array.from({ length: circumstances === standard ? defaultRuns : 1 }, () => ({ circumstances })),
  )
}

async function shortRun(
  context: PartContext,
  circumstances: Circumstances,
  shape: Shape,
  repetition: number,
): Promise<ShortRun | null> {
  const apps = resolveApps([BASELINE, ...circumstances.apps.filter((app) => context.apps.includes(app))], context.cwd)
  const options = optionsFor(circumstances, shape, seedOfTurn(context, repetition))
  const plan = planOf(withDefaults(options, knownApps(), options.seed), apps)
  const renumber = (analysis: RoundAnalysis) => renumbered(analysis, repetition * ROUNDS_PER_RUN + analysis.round)
  const byPlace = new Map<Place, RoundAnalysis[]>(places.map((place) => [place, []]))
  const outcome = await measureUnitRun(context, {
    title: circumstances.title,
    apps,
    options,
    ...(circumstances.placement === null ? {} : { placement: circumstances.placement }),
    roundFinished(round) {
      for (const [place, analyses] of byPlace) analyses.push(renumber(analysePlace(plan, round, place)))
    },
  })
  if (outcome === null) return null
  const baseline = outcome.result.cells.find(({ app }) => app === BASELINE)
  if (baseline?.state !== 'measured') throw new RunError('not-measured', `${BASELINE} was not measured: ${baseline?.reason}`)
  const { serverBusy, loadBusy } = baseline
  return { circumstances, rounds: outcome.ledger.rounds.map(renumber), byPlace, serverBusy, loadBusy }
}

function optionsFor({ options }: Circumstances, shape: Shape, seed: number) {
  const slice = options.slice ?? DEFAULT_SLICE_MILLISECONDS
  return {
    ...options,
    seed,
    endpoints: ['hello'],
    rounds: ROUNDS_PER_RUN,
    warmUp: shape.warmUpSeconds,
    blocks: Math.max(1, Math.round(shape.measuredMilliseconds / slice)),
  } satisfies Partial<CompareOptions>
}

/** Round numbers that no other run of the part has. */
function renumbered(analysis: RoundAnalysis, round: number): RoundAnalysis {
  return { ...analysis, round, cells: analysis.cells.map((cell) => ({ ...cell, round })) }
}
