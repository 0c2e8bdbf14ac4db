import type { StopReason } from '../result/model.ts'
import type { DeploymentPlan } from '../servers/deployment.ts'
import { type AllocationLimits, allocate, type CellVariances, halfWidthAfter, type RoundTimes } from '../statistics/allocation.ts'
import { mean, total } from '../statistics/summary.ts'
import { restsMilliseconds } from './between.ts'
import { countProcesses, endpointsOf, loadOf, type Plan, type RoundCut, runningIn } from './plan.ts'
import type { RoundRecord, RoundSizes } from './records.ts'
import { WARM_UP } from './warm-up.ts'
import type { WarmUpLimits } from './warmth.ts'

/** When a run ends; fixed before it begins. */
export interface StopRule {
  /** Exact number of rounds; null: as many as the precision takes. */
  readonly rounds: number | null
  /** Wanted half-width of every ratio, as a share; null with an exact number of rounds. */
  readonly precision: number | null
  /** Precision is not looked at before: stopping on a luckily small variance is what spoils coverage. */
  readonly minimumRounds: number
  readonly maximumNs: number
}

/** How narrow the intervals are after the rounds so far. */
export interface Precision {
  /** That count. */
  readonly rounds: number
  /** As a share: 0.01 is ±1 %. Infinity with fewer than two rounds. */
  readonly widestHalfWidth: number
  readonly widestCell: string
  /** That count, in all; null when no precision is wanted. */
  readonly roundsNeeded: number | null
  /** What the widths come from, cell by cell. */
  readonly variances: readonly CellVariances[]
}

/** What is known after some rounds. */
export interface Forecast {
  readonly rounds: number
  /** Before the first round a guess. */
  readonly meanRoundNs: number
  /** null after a round: nothing is left to be compared, and no ratio will ever be known better. */
  readonly precision: Precision | null
}

/** A round takes a little longer than the mean now and then; it must still end within the limit. */
export const ROUND_MARGIN = 1.05

/** What is known after one more round. */
export function afterRound({ rounds, meanRoundNs }: Forecast, lastRoundNs: number, precision: Precision | null): Forecast {
  // The first mean is a guess from the plan: it has no weight once there is a real round.
  return { rounds: rounds + 1, meanRoundNs: (meanRoundNs * rounds + lastRoundNs) / (rounds + 1), precision }
}

/** How many rounds there will be, and how much time is left; null: too early to tell. */
export function expected({ rounds, meanRoundNs, precision }: Forecast, rule: StopRule, elapsedNs: number, roundShare: number) {
  // Of those to come some will be slow and not count.
  const needed = precision?.roundsNeeded == null ? null : Math.ceil((precision.roundsNeeded * rounds) / precision.rounds)
  const wanted = rule.rounds ?? (needed === null ? null : Math.max(rule.minimumRounds, rounds, needed))
  if (meanRoundNs === 0 || wanted === null) return { expectedRounds: null, secondsLeft: null }
  const affordable = rounds + Math.floor(Math.max(0, rule.maximumNs - elapsedNs) / meanRoundNs + roundShare)
  const expectedRounds = Math.max(rounds, Math.min(wanted, affordable))
  return { expectedRounds, secondsLeft: (Math.max(0, expectedRounds - rounds - roundShare) * meanRoundNs) / 1e9 }
}

/** Why to stop after a round, or null to go on. */
export function stopAfter({ rounds, precision }: Forecast, rule: StopRule): StopReason | null {
  if (rule.rounds !== null) return rounds >= rule.rounds ? 'rounds' : null
  if (rounds < rule.minimumRounds) return null
  if (precision === null) return 'only-baseline'
  const isEnough =
    precision.rounds >= rule.minimumRounds && rule.precision !== null && precision.widestHalfWidth <= rule.precision
  return isEnough ? 'precision' : null
}

/** True when another round is expected to end within the time limit. */
export function mayStart({ meanRoundNs }: Forecast, { maximumNs }: StopRule, elapsedNs: number): boolean {
  return elapsedNs + meanRoundNs * ROUND_MARGIN <= maximumNs
}

/** What processes take to get warm in the mean, milliseconds of their CPU time, before any round has shown it. */
const USUAL_WARM_UP_MILLISECONDS = 2_500
/**
 * Fewer rounds are better than cold ones: an interval that is too wide says so itself, a bias does not. The warm-up gets shorter only where
 * otherwise not even so many rounds would fit: with three of them in 45 s, koa and express were 30 % too expensive (docs/precision-log.md).
 */
const SHORT_RUN = { rounds: 2, leastMilliseconds: 300 }

/** Starting and ending one app, beyond what is done while the servers before it rest. Milliseconds, on the slower machines seen so far. */
const START_MILLISECONDS = 300
/** Per slice, beyond its own length: messages, drain and counters. Milliseconds. */
const SLICE_EXTRA_MILLISECONDS = 1
/** In a round whose processes are watched: one before the load, one after it. */
const RESTS = 2
const BLOCKS = { least: 4, most: 60 }
/**
 * Variances of log ratios, between processes and of a block, before any round has shown them: as on the machines seen so far
 * (docs/precision-log.md). They hold for three rounds.
 */
const EXPECTED: Omit<CellVariances, 'app'> = { process: 0.02 ** 2, reference: 0.007 ** 2, block: 0.05 ** 2 }
/** Rounds after which a new cut is worth it: at first little is known, and later little changes. */
const FIRST_REFINED = 3
/** After the first one it is known what slices take. */
const FIRST_OBSERVED = 1

/** How the rounds of a new run begin, and how long one will take. @param running deployments that are left */
export function sizeRounds(plan: Plan, running: readonly DeploymentPlan[], rule: StopRule, elapsedNs: number) {
  const { least, most } = warmUpLimits(plan, running, rule, elapsedNs)
  const wantedWarmUpMilliseconds = plan.warmUpMilliseconds ?? Math.max(USUAL_WARM_UP_MILLISECONDS, least)
  const warmUp = { leastWarmUpMilliseconds: least, warmUpMilliseconds: most, wantedWarmUpMilliseconds }
  const shape = { plan, running, ...warmUp, observed: null }
  const cut = cutRounds(shape, null, rule, rule.maximumNs - elapsedNs)
  // How long slices really take nobody knows yet: a driver or an app may be slow.
  const first = { ...cut, blocksPerRound: blockLimits(shape, rule, rule.maximumNs - elapsedNs).least }
  const sizes: RoundSizes = { ...warmUp, observed: null, ...first }
  return { sizes, cut, meanRoundNs: roundNs(shape, cut) }
}

/** Of every process; shorter than what apps need where even the fewest rounds would not fit into the time that is left. */
export function warmUpLimits(plan: Plan, running: readonly DeploymentPlan[], rule: StopRule, elapsedNs: number): WarmUpLimits {
  const { warmUpMilliseconds: given } = plan
  if (given !== null) return { least: given, most: given }
  const shape = { plan, running, warmUpMilliseconds: USUAL_WARM_UP_MILLISECONDS, observed: null }
  const times = roundTimes(shape)
  const perRound = (rule.maximumNs - elapsedNs) / 1e6 / (SHORT_RUN.rounds * ROUND_MARGIN) - times.fixedMilliseconds
  const processes = countProcesses(runningIn(running, {}))
  const fitting = perRound / processes - START_MILLISECONDS - (plan.blocksPerRound ?? BLOCKS.least) * times.blockMilliseconds
  if (fitting >= USUAL_WARM_UP_MILLISECONDS) return WARM_UP
  const most = Math.round(Math.max(SHORT_RUN.leastMilliseconds, fitting))
  return { least: Math.min(WARM_UP.least, most), most }
}

/** What slices and warm-ups took in a round. */
export function observedIn(plan: Plan, { slices, warmUps }: Pick<RoundRecord, 'slices' | 'warmUps'>): RoundSizes['observed'] {
  if (slices.length === 0 || warmUps.length === 0) return null
  const asked = new Map(plan.deployments.map((one) => [one.id, loadOf(plan, one).sliceMilliseconds]))
  return {
    excessMilliseconds: mean(slices.map(({ elapsedNs, deployment }) => Math.max(0, elapsedNs / 1e6 - asked.get(deployment)!))),
    warmUpMilliseconds: mean(warmUps.map(({ elapsedMilliseconds }) => elapsedMilliseconds)),
  }
}

/** For a narrower interval nobody waits. */
const MOST_ROUNDS = 1_000

/**
 * How narrow the widest interval will probably be, as a share, after so many rounds; and how many it takes until the precision that is wanted,
 * null: more than anybody would wait for.
 */
export function expectedPrecision({ blocksPerRound: blocks }: RoundCut, { precision, minimumRounds }: StopRule) {
  const after = (rounds: number) => halfWidthAfter(EXPECTED, { blocks, processes: 1 }, rounds)
  const all = Array.from({ length: MOST_ROUNDS }, (_, index) => minimumRounds + index)
  return { halfWidthAfter: after, roundsNeeded: all.find((rounds) => precision !== null && after(rounds) <= precision) ?? null }
}

interface RoundShape extends Pick<RoundSizes, 'warmUpMilliseconds' | 'observed'> {
  readonly plan: Plan
  /** Deployments that are left. */
  readonly running: readonly DeploymentPlan[]
}

/** How long a round will take, nanoseconds. */
export function roundNs(shape: RoundShape, { blocksPerRound, processes }: RoundCut): number {
  const { fixedMilliseconds, processMilliseconds, blockMilliseconds } = roundTimes(shape)
  const count = countProcesses(runningIn(shape.running, processes))
  return (fixedMilliseconds + count * (processMilliseconds + blocksPerRound * blockMilliseconds)) * 1e6
}

/**
 * How many blocks a round has, and how many processes an app of which the plan has several.
 * @param variances null: not known yet
 * @param availableNs for all rounds together
 */
export function cutRounds(
  shape: RoundShape,
  variances: readonly CellVariances[] | null,
  rule: StopRule,
  availableNs: number,
): RoundCut {
  const { plan, running } = shape
  const byApp = Map.groupBy(running, ({ app }) => app)
  const several = new Map([...byApp].filter(([, own]) => own.some(({ optional }) => optional)))
  const apps = [...byApp.keys()].filter((app) => app !== plan.baseline || byApp.size === 1)
  const cells = variances ?? apps.map((app) => ({ app, ...EXPECTED }))
  const compared = new Set(cells.map(({ app }) => app))
  const { processes, ...found } = allocate(cells, roundTimes(shape), {
    blocks: blockLimits(shape, rule, availableNs),
    mostProcesses: new Map([...several].map(([app, own]) => [app, variances === null ? 1 : own.length])),
    referenceProcesses: countProcesses(runningIn(running, {})) - compared.size,
    availableMilliseconds: availableNs / 1e6 / ROUND_MARGIN,
    leastRounds: rule.rounds ?? rule.minimumRounds,
  })
  const ofSeveral = [...several.keys()].map((app) => [app, processes.get(app) ?? 1] as const)
  return { blocksPerRound: found.blocks, processes: Object.fromEntries(ofSeveral) }
}

/** A plan may wish for more than the fewest blocks, as long as the least number of rounds fits. */
function blockLimits(shape: RoundShape, rule: StopRule, availableNs: number): AllocationLimits['blocks'] {
  const { blocksPerRound: given, leastBlocks = BLOCKS.least } = shape.plan
  if (given !== null) return { least: given, most: given }
  const perRoundNs = availableNs / ROUND_MARGIN / (rule.rounds ?? rule.minimumRounds)
  const withoutBlocksNs = roundNs(shape, { blocksPerRound: 0, processes: {} })
  const affordable = (perRoundNs - withoutBlocksNs) / (roundNs(shape, { blocksPerRound: 1, processes: {} }) - withoutBlocksNs)
  return { least: Math.max(BLOCKS.least, Math.min(leastBlocks, Math.floor(affordable))), most: BLOCKS.most }
}

/** Whether rounds are cut anew after so many. */
export function isRefinedAfter(rounds: number): boolean {
  return rounds === FIRST_OBSERVED || (rounds >= FIRST_REFINED && Number.isInteger(Math.log2(rounds / FIRST_REFINED)))
}

/**
 * How much the processes of an app differ is one figure for all its endpoints, and what all apps have in common has the weight of so many rounds:
 * of the largest of sixteen variances after three rounds most is luck. Taken as they are, they make the widest interval 10 % wider (simulated).
 */
const COMMON_ROUNDS = 6

/** What so many rounds say of the variances; null: too little. */
export function variancesAfter(rounds: number, { variances }: Precision): readonly CellVariances[] | null {
  if (rounds < FIRST_REFINED || variances.length === 0) return null
  const byApp = Map.groupBy(variances, ({ app }) => app)
  const meanOf = (cells: readonly CellVariances[]) => mean(cells.map(({ process }) => process))
  const weight = COMMON_ROUNDS / (COMMON_ROUNDS + rounds - 1)
  return variances.map((cell) => {
    return { ...cell, process: weight * meanOf(variances) + (1 - weight) * meanOf(byApp.get(cell.app)!) }
  })
}

function roundTimes({ plan, running, warmUpMilliseconds, observed }: RoundShape): RoundTimes {
  const once = runningIn(running, {})
  const slice = (one: DeploymentPlan) => loadOf(plan, one).sliceMilliseconds + (observed?.excessMilliseconds ?? 0)
  const block = total(once, (one) => (slice(one) + SLICE_EXTRA_MILLISECONDS) * endpointsOf(plan, one).length)
  return {
    fixedMilliseconds: restsMilliseconds(warmUpMilliseconds) + RESTS * (plan.processRecords?.restMilliseconds ?? 0),
    processMilliseconds:
      START_MILLISECONDS + (observed?.warmUpMilliseconds ?? Math.min(USUAL_WARM_UP_MILLISECONDS, warmUpMilliseconds)),
    blockMilliseconds: block / countProcesses(once),
  }
}
