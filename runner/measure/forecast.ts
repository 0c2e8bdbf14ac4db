import type { Forecast, StopRule } from './stop-rule.ts'

/** How narrow the intervals are after the rounds so far. */
export interface Precision {
  /** As a share: 0.01 is ±1 %. Infinity with fewer than two rounds. */
  readonly widestHalfWidth: number
  readonly widestCell: string
  /** In all; null when no precision is wanted. */
  readonly roundsNeeded: number | null
}

/** Of a run that has not finished a round. */
export const NOTHING_YET: Forecast = {
  rounds: 0,
  roundsNeeded: null,
  meanRoundNs: 0,
  widestHalfWidth: null,
  widestCell: null,
  nothingToCompare: false,
}

/** Of a run that goes on: so many rounds have taken so long, breaks not counted. */
export function forecastOf({
  rounds,
  elapsedNs,
  precision,
}: {
  rounds: number
  elapsedNs: number
  precision: Precision | null
}): Forecast {
  const meanRoundNs = elapsedNs / rounds
  return { ...afterRound({ ...NOTHING_YET, rounds: rounds - 1 }, meanRoundNs, precision), meanRoundNs }
}

/** What is known after one more round. */
export function afterRound({ rounds, meanRoundNs }: Forecast, lastRoundNs: number, precision: Precision | null): Forecast {
  return {
    rounds: rounds + 1,
    // The first mean is a guess from the plan: it has no weight once there is a real round.
    meanRoundNs: (meanRoundNs * rounds + lastRoundNs) / (rounds + 1),
    roundsNeeded: precision?.roundsNeeded ?? null,
    widestHalfWidth: precision !== null && Number.isFinite(precision.widestHalfWidth) ? precision.widestHalfWidth : null,
    widestCell: precision?.widestCell ?? null,
    nothingToCompare: precision === null,
  }
}

/** How many rounds there will be, and how much time is left; null: too early to tell. */
export function expected(forecast: Forecast, rule: StopRule, elapsedNs: number, roundShare: number) {
  const { rounds, roundsNeeded, meanRoundNs } = forecast
  const wanted = rule.rounds ?? (roundsNeeded === null ? null : Math.max(rule.minimumRounds, rounds, roundsNeeded))
  if (meanRoundNs === 0) return { expectedRounds: null, secondsLeft: null }
  const affordable = rounds + Math.floor(Math.max(0, rule.maximumNs - elapsedNs) / meanRoundNs + roundShare)
  const expectedRounds = wanted === null ? null : Math.max(rounds, Math.min(wanted, affordable))
  const secondsLeft = expectedRounds === null ? null : (Math.max(0, expectedRounds - rounds - roundShare) * meanRoundNs) / 1e9
  return { expectedRounds, secondsLeft }
}
