import { BASELINE } from '../../../apps/app.ts'
import { type CellSeries, cellSeries, estimateCells } from '../../analysis/estimates.ts'
import type { RoundAnalysis } from '../../analysis/round-analysis.ts'
import { DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../../measure/options.ts'
import { loadOf, type Plan } from '../../measure/plan.ts'
import { RunError } from '../../result/errors.ts'
import { knownApps } from '../../servers/find-app.ts'
import { seededRandom } from '../../statistics/random.ts'
import { median, total } from '../../statistics/summary.ts'
import { planOf, resolveApps } from '../resolve.ts'
import type { InvariancePart } from './data.ts'
import { invarianceAnswer } from './invariance-answer.ts'
import {
  asPlanned,
  type Circumstances,
  type Factor,
  type FactorSetting,
  invarianceFactors,
  type Reading,
  standard,
  withWays,
} from './invariance-factors.ts'
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
  const units = unitsOf(factors)
  // One turn of runs in which frameworks get warm is worth more than two of runs in which they do not.
  const share = unitShare(context.milliseconds, FULL.runMilliseconds * units.length, 1)
  const rule = { guessMilliseconds: FULL.runMilliseconds * share, random: seededRandom(context.seed) }
  const repetitions = await repeatInTurns(context, units, rule, ({ circumstances }, repetition) =>
    shortRun(context, circumstances, readingsOf(factors, circumstances), share, repetition),
  )
  return outcomeOf(repetitions, (finished) => {
    return {
      part: 'invariance',
      factors: poolRuns(
        factors,
        finished.map(({ done }) => done),
      ),
    }
  })
}

/**
 * The short runs of one turn. What has no default beside it in the same processes is compared with runs of the default, which are worth
 * repeating: the square root of the number of settings is best (Dunnett 1955, "A multiple comparison procedure for comparing several
 * treatments with a control").
 */
function unitsOf(factors: readonly Factor[]): { readonly title: string; readonly circumstances: Circumstances }[] {
  const all = new Set(factors.flatMap(({ settings }) => settings.map(({ circumstances }) => circumstances)))
  const apart = [...all].filter(({ ways }) => ways.length === 0).length
  const defaultRuns = Math.max(1, Math.round(Math.sqrt(apart - 1)))
  return [...all].flatMap((circumstances) =>
    Array.from({ length: circumstances === standard ? defaultRuns : 1 }, () => ({ title: circumstances.title, circumstances })),
  )
}

function readingsOf(factors: readonly Factor[], circumstances: Circumstances): Set<Reading> {
  const own = factors.flatMap(({ settings }) => settings).filter((setting) => setting.circumstances === circumstances)
  return new Set([asPlanned, ...own.map(({ reading }) => reading)])
}

/** What a short run has brought; its rounds have numbers that no other run of the part has. */
interface ShortRun {
  readonly circumstances: Circumstances
  /** The same rounds in every reading. */
  readonly rounds: ReadonlyMap<Reading, readonly RoundAnalysis[]>
}

async function shortRun(
  context: PartContext,
  circumstances: Circumstances,
  readings: ReadonlySet<Reading>,
  share: number,
  repetition: number,
): Promise<ShortRun | null> {
  const { title, placement, ways } = circumstances
  const apps = resolveApps([BASELINE, ...circumstances.apps.filter((app) => context.apps.includes(app))], context.cwd)
  const seed = seedOfTurn(context, repetition)
  const warmUp = Math.max(LEAST.warmUpSeconds, share * FULL.warmUpSeconds)
  const options = { endpoints: ['hello' as const], rounds: ROUNDS_PER_RUN, warmUp }
  const byDefault = planOf(withDefaults({ ...options, seed }, knownApps(), seed), apps)
  const all = withWays(byDefault, ways)
  const measuredMilliseconds = Math.max(LEAST.measuredMilliseconds, share * FULL.measuredMilliseconds)
  const plan = { ...all, blocksPerRound: blocksOf(all, measuredMilliseconds * apps.length) }
  const rounds = new Map<Reading, RoundAnalysis[]>([...readings].map((reading) => [reading, []]))
  const unit = {
    title,
    apps,
    options,
    plan,
    roundFinished(record: Parameters<Reading['analyse']>[1]) {
      const round = repetition * ROUNDS_PER_RUN + record.round
      for (const [reading, analyses] of rounds) {
        const analysis = reading.analyse(byDefault, record)
        analyses.push({ ...analysis, round, cells: analysis.cells.map((cell) => ({ ...cell, round })) })
      }
    },
  }
  const outcome = await measureUnitRun({ ...context, placement: placement ?? context.placement }, unit, seed)
  if (outcome === null) return null
  const found = rounds.get(asPlanned)!.flatMap(({ cells }) => cells)
  if (found.some(({ app }) => app === BASELINE)) return { circumstances, rounds }
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
function poolRuns(factors: readonly Factor[], runs: readonly ShortRun[]): InvariancePart['factors'] {
  // The default may stand in several factors; its variance must not be taken for that of several.
  const keyOf = ({ circumstances, reading }: FactorSetting) => `${circumstances.title}\n${reading.label}`
  const settings = new Map(factors.flatMap((factor) => factor.settings.map((setting) => [keyOf(setting), setting])))
  const series = new Map([...settings].map(([key, setting]) => [key, seriesOf(setting, runs)]))
  const estimates = estimateCells([...series.values()].flat(), BASELINE)
  const pooled = factors.map(({ id, title, compared, settings }) => ({
    id,
    title,
    settings: settings.flatMap((setting) => {
      const own = series.get(keyOf(setting))!
      const baseline = own.find(({ app }) => app === BASELINE)
      if (baseline === undefined) return []
      const { measured } = baseline
      return {
        label: setting.label,
        isDefault: setting.isDefault,
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

function seriesOf({ circumstances, reading }: FactorSetting, runs: readonly ShortRun[]): CellSeries[] {
  const wanted: readonly string[] = [BASELINE, ...COMPARED]
  const own = runs.filter((run) => run.circumstances === circumstances)
  return cellSeries(own.flatMap(({ rounds }) => rounds.get(reading) ?? [])).filter(({ app }) => wanted.includes(app))
}

/** Share of the time in which the load generator was not just waiting; null where it cannot tell. */
function loadBusy(rounds: CellSeries['measured']): number | null {
  if (rounds.some(({ idleNs }) => idleNs === null)) return null
  return 1 - total(rounds, ({ idleNs }) => idleNs!) / total(rounds, ({ elapsedNs }) => elapsedNs)
}
