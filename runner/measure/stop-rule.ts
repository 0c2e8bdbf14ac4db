import type { StopReason } from '../result/model.ts'

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
  /** As a share: 0.01 is ±1 %. Infinity with fewer than two rounds. */
  readonly widestHalfWidth: number
  readonly widestCell: string
  /** In all; null when no precision is wanted. */
  readonly roundsNeeded: number | null
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
  const needed = precision?.roundsNeeded ?? null
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
  return rule.precision !== null && precision.widestHalfWidth <= rule.precision ? 'precision' : null
}

/** True when another round is expected to end within the time limit. */
export function mayStart({ meanRoundNs }: Forecast, { maximumNs }: StopRule, elapsedNs: number): boolean {
  return elapsedNs + meanRoundNs * ROUND_MARGIN <= maximumNs
}
