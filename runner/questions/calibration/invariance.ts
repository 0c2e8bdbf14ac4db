import { BASELINE } from '../../../apps/app.ts'
import { type CellSeries, cellSeries, estimateCells } from '../../analysis/estimates.ts'
import type { RoundAnalysis } from '../../analysis/round-analysis.ts'
import { DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../../measure/options.ts'
import { loadOf, type Plan } from '../../measure/plan.ts'
import type { RoundRecord } from '../../measure/records.ts'
import { RunError } from '../../result/errors.ts'
import { knownApps } from '../../servers/find-app.ts'
import { seededRandom } from '../../statistics/random.ts'
import { median, total } from '../../statistics/summary.ts'
import { planOf, resolveApps } from '../resolve.ts'
import type { InvariancePart } from './data.ts'
import { invarianceAnswer } from './invariance-answer.ts'
import { type Comparison, type Factor, invarianceFactors, readRound, standard, withWays } from './invariance-factors.ts'
import { COMPARED, type Part, type PartContext, type PartOutcome } from './part.ts'
import { outcomeOf, repeatInTurns, seedOfTurn, unitShare } from './repetitions.ts'
import { measureUnitRun, notMeasured } from './unit-run.ts'

/** Many short runs rather than one long one, so that all circumstances see the same moods of the machine. */
const ROUNDS_PER_RUN = 2
/** Slices of all ways in one block, per deployment: what a default slice comes to 8 times. */
const FULL = { warmUpSeconds: 2, measuredMilliseconds: 4_000, runMilliseconds: 45_000 }
const LEAST = { warmUpSeconds: 0.2, measuredMilliseconds: 4 * DEFAULT_SLICE_MILLISECONDS }
/** Blocks of short slices are many enough long before the time is up. */
const MOST_BLOCKS = 40

/** The same comparison under other circumstances: what is no framework must not change the ratio of two. */
export const invariance: Part<InvariancePart> = {
  id: 'invariance',
  title: 'other circumstances',
  share: 0.12,
  measure: (context) => measureFactors(context, invarianceFactors(context.placement)),
  heading: 'Invariance',
  question: 'Does a ratio stay the same when something other than the framework changes?',
  goals: ['no other setting than the default moves a ratio provably'],
  answer: invarianceAnswer,
}

/** The same with any factors. */
export async function measureFactors(context: PartContext, factors: readonly Factor[]): Promise<PartOutcome<InvariancePart>> {
  const comparisons = [...new Set(factors.flatMap(({ settings }) => settings.map(({ comparison }) => comparison)))]
  const units = unitsOf(comparisons)
  // One turn of runs in which frameworks get warm is worth more than two of runs in which they do not.
  const share = unitShare(context.milliseconds, FULL.runMilliseconds * units.length, 1)
  const rule = { guessMilliseconds: FULL.runMilliseconds * share, random: seededRandom(context.seed) }
  const repetitions = await repeatInTurns(context, units, rule, (unit, turn) => shortRun(context, unit, share, turn))
  return outcomeOf(repetitions, (finished) => {
    const roundsOf = (comparison: Comparison) => finished.flatMap(({ done }) => done.get(comparison) ?? [])
    const rounds = new Map(comparisons.map((comparison) => [comparison, roundsOf(comparison)]))
    return { part: 'invariance', factors: poolRounds(factors, rounds) }
  })
}

/**
 * The short runs of one turn. What has no default beside it in the same processes is compared with runs of the default, which are worth
 * repeating: the square root of the number of settings is best (Dunnett 1955, "A multiple comparison procedure for comparing several
 * treatments with a control").
 */
function unitsOf(comparisons: readonly Comparison[]) {
  const runs = Map.groupBy(comparisons, ({ circumstances }) => circumstances)
  const apart = [...runs.keys()].filter(({ ways }) => ways.length === 0).length
  const defaultRuns = Math.max(1, Math.round(Math.sqrt(apart - 1)))
  return [...runs].flatMap(([circumstances, own]) => {
    const unit = { title: circumstances.title, circumstances, comparisons: own }
    // Copies, because every member of a turn is counted by itself.
    return Array.from({ length: circumstances === standard ? defaultRuns : 1 }, () => ({ ...unit }))
  })
}

type Unit = ReturnType<typeof unitsOf>[number]

/** What a run has brought, with round numbers that no other run of the part has; the same rounds in every comparison. */
type RoundsRead = ReadonlyMap<Comparison, readonly RoundAnalysis[]>

async function shortRun(
  context: PartContext,
  { title, circumstances: { apps: wanted, ways, placement = context.placement }, comparisons }: Unit,
  share: number,
  repetition: number,
): Promise<RoundsRead | null> {
  const apps = resolveApps([BASELINE, ...wanted.filter((app) => context.apps.includes(app))], context.cwd)
  const seed = seedOfTurn(context, repetition)
  const warmUp = Math.max(LEAST.warmUpSeconds, share * FULL.warmUpSeconds)
  const options = { endpoints: ['hello' as const], rounds: ROUNDS_PER_RUN, warmUp }
  const byDefault = planOf(withDefaults({ ...options, seed }, knownApps(), seed), apps)
  const all = withWays(byDefault, ways)
  const measuredMilliseconds = Math.max(LEAST.measuredMilliseconds, share * FULL.measuredMilliseconds)
  const plan = { ...all, blocksPerRound: blocksOf(all, measuredMilliseconds * apps.length) }
  const rounds = new Map(comparisons.map((comparison) => [comparison, [] as RoundAnalysis[]]))
  const roundFinished = ({ round, slices }: RoundRecord) => {
    const numbered = { round: repetition * ROUNDS_PER_RUN + round, slices }
    for (const [{ reading }, analyses] of rounds) analyses.push(readRound(reading, byDefault, numbered))
  }
  const outcome = await measureUnitRun({ ...context, placement }, { title, apps, options, plan, roundFinished }, seed)
  if (outcome === null) return null
  const found = [...rounds.values()].flat().flatMap(({ cells }) => cells)
  if (found.some(({ app }) => app === BASELINE)) return rounds
  if (outcome.ledger.rounds.length === 0) throw notMeasured(title, outcome.result)
  throw new RunError('not-measured', `${BASELINE} was not measured: every block was disturbed`)
}

/** As many blocks as fit into the time of all processes. */
function blocksOf(plan: Plan, milliseconds: number): number {
  const block = total(plan.deployments, (deployment) => loadOf(plan, deployment).sliceMilliseconds)
  return Math.max(1, Math.min(MOST_BLOCKS, Math.round(milliseconds / block)))
}

/**
 * The rounds of all short runs under the same circumstances, taken together into one estimate; all estimates borrow what is known of the
 * others' variances. A setting without a round is left out, and so is a factor of which nothing but one setting is left.
 */
function poolRounds(factors: readonly Factor[], rounds: RoundsRead): InvariancePart['factors'] {
  const wanted: readonly string[] = [BASELINE, ...COMPARED]
  const series = new Map([...rounds].map(([key, own]) => [key, cellSeries(own).filter(({ app }) => wanted.includes(app))]))
  const estimates = estimateCells([...series.values()].flat(), BASELINE)
  const pooled = factors.map(({ id, title, compared, settings }) => ({
    id,
    title,
    settings: settings.flatMap(({ label, comparison }, index) => {
      const own = series.get(comparison)!
      const baseline = own.find(({ app }) => app === BASELINE)
      if (baseline === undefined) return []
      const { measured } = baseline
      return {
        label,
        isDefault: index === 0,
        rounds: measured.length,
        baselineMicroseconds: estimates.get(baseline)!.cost,
        serverBusy: median(measured.map(({ serverBusy }) => serverBusy)),
        loadBusy: loadBusy(measured),
        cells: own
          .filter(({ app }) => compared.includes(app))
          .map((cell) => {
            const { ratio, overheadMicroseconds } = estimates.get(cell)!
            const perRound = cell.rounds.map(({ round, ratio }) => ({ round, ratio }))
            return { app: cell.app, endpoint: cell.endpoint, ratio, overheadMicroseconds, perRound }
          }),
      }
    }),
  }))
  return pooled.filter(({ settings }) => settings.length > 1)
}

/** Share of the time in which the load generator was not just waiting; null where it cannot tell. */
function loadBusy(rounds: CellSeries['measured']): number | null {
  if (rounds.some(({ idleNs }) => idleNs === null)) return null
  return 1 - total(rounds, ({ idleNs }) => idleNs!) / total(rounds, ({ elapsedNs }) => elapsedNs)
}
