import { hodgesLehmann, modifiedZScores } from '../../statistics/robust.ts'
import type { CellCheck } from './cell-facts.ts'
import { type FindingKind, findingOf, fixed, percent } from './finding-kind.ts'
import { relativeWidth } from './interval.ts'
import { TRUSTED_ROUNDS } from './thresholds.ts'

const FEWEST_ROUNDS = 2
/** Blocks kept of those planned: with fewer, what was thrown away may have been different from what was kept. */
const FEW_BLOCKS_SHARE = 0.7
const TOO_FEW_BLOCKS_SHARE = 0.5
/** Beyond so many robust standard deviations a value counts as an outlier (Iglewicz and Hoaglin, 1993). */
const OUTLIER_SCORE = 3.5
/** Two estimates of the centre further apart than this share of the half-width: the rounds are skewed. */
const SKEW_SHARE = 0.5

export const roundsKinds = {
  'not-measured': {
    severity: 'invalid',
    scope: 'cell',
    meaning: 'Nothing was measured of this cell: the baseline is out, no round was finished, or every block was disturbed.',
    message: ({ reason }) => `nothing was measured: ${reason}`,
    advice: 'Look at what happened to the baseline, let at least two rounds finish, or end other programs.',
  },
  'few-rounds': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Fewer than ${TRUSTED_ROUNDS} rounds. The interval is meant to hold all the same, but a single odd round moves it far.`,
    message: ({ rounds }) => `only ${rounds} rounds: an interval needs at least ${TRUSTED_ROUNDS} to be trusted`,
    advice: 'Let the run finish, or give it more time with --max-minutes or more --rounds.',
  },
  'too-few-rounds': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `Fewer than ${FEWEST_ROUNDS} rounds: there is no interval.`,
    message: ({ rounds }) => `${rounds} round is no sample: there is no interval`,
    advice: 'Let at least two rounds finish; six make an interval to be trusted.',
  },
  // The interval is honest whatever its width, and printed beside the number: that it is wider than requested makes nothing wrong.
  'precision-not-reached': {
    severity: 'note',
    scope: 'cell',
    meaning: 'The interval of the ratio is wider than --precision requested. It is right all the same.',
    message: ({ halfWidthPercent, precisionPercent }) =>
      `the interval is ±${fixed(halfWidthPercent, 2)} %, ±${precisionPercent} % was requested`,
    advice: 'Give it more time with --max-minutes, or ask for less with --precision.',
  },
  'few-blocks-kept': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Fewer than ${percent(FEW_BLOCKS_SHARE, 0)} of the planned blocks count; the others were disturbed every time they were tried. What was kept may tell of the machine's quiet moments only.`,
    message: ({ kept, planned }) =>
      `only ${kept} of ${planned} planned blocks count: the others were disturbed whenever they were tried`,
    advice: 'Measure on a quieter machine.',
  },
  'too-few-blocks-kept': {
    severity: 'invalid',
    scope: 'cell',
    meaning: `As few-blocks-kept, with fewer than ${percent(TOO_FEW_BLOCKS_SHARE, 0)}.`,
    message: ({ kept, planned }) =>
      `${kept} of ${planned} planned blocks are too few: the others were disturbed whenever they were tried`,
    advice: 'Measure on a quieter machine.',
  },
  'round-outlier': {
    severity: 'note',
    scope: 'cell',
    meaning: `The ratio of a round lies more than ${OUTLIER_SCORE} robust standard deviations from the median of the rounds (modified z). It is reported and stays in the mean: to remove what looks odd makes intervals too narrow.`,
    message: ({ rounds, largestScore }) =>
      `${String(rounds).includes(',') ? `rounds ${rounds} lie` : `round ${rounds} lies`} far from the others, by up to ${fixed(largestScore, 1)} robust standard deviations`,
    advice: 'Nothing was removed. Look at the samples of these rounds if the interval is wide.',
  },
  'skewed-rounds': {
    severity: 'note',
    scope: 'cell',
    meaning:
      'The mean over the rounds and the Hodges-Lehmann estimate differ by more than half a half-width: the rounds lie to one side, and the interval is trusted a little less.',
    message: ({ mean, hodgesLehmann }) =>
      `the rounds are skewed: their mean ratio is ${fixed(mean, 4)}, their middle (Hodges-Lehmann) ${fixed(hodgesLehmann, 4)}`,
    advice: 'Read the interval with care, or let more rounds be measured.',
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(roundsKinds)

/** Are there enough rounds for an interval? */
export const checkRounds: CellCheck = ({ figures }) => {
  const rounds = figures.perRound.length
  if (rounds < FEWEST_ROUNDS) return [finding('too-few-rounds', { rounds })]
  return rounds < TRUSTED_ROUNDS ? [finding('few-rounds', { rounds })] : []
}

/** Is the interval as narrow as requested? */
export const checkPrecision: CellCheck = ({ figures, isBaseline, precisionPercent }) => {
  const width = relativeWidth(figures.ratio)
  if (isBaseline || width === null || precisionPercent === null || width * 100 <= precisionPercent) return []
  return [finding('precision-not-reached', { halfWidthPercent: width * 100, precisionPercent })]
}

/** Are enough of the planned blocks left? */
export const checkBlocksKept: CellCheck = ({ figures: { blocksKept: kept, blocksPlanned: planned } }) => {
  if (kept === null || planned === null || kept >= planned * FEW_BLOCKS_SHARE) return []
  return [finding(kept < planned * TOO_FEW_BLOCKS_SHARE ? 'too-few-blocks-kept' : 'few-blocks-kept', { kept, planned })]
}

/** Is there a round unlike the others? With few rounds their middle deviation is luck, so they are not judged. */
export const checkRoundOutliers: CellCheck = ({ figures: { perRound }, isBaseline }) => {
  if (isBaseline || perRound.length < TRUSTED_ROUNDS) return []
  const scores = modifiedZScores(perRound.map(({ ratio }) => Math.log(ratio))).map(Math.abs)
  const odd = perRound.filter((_, index) => scores[index]! > OUTLIER_SCORE)
  if (odd.length === 0) return []
  return [finding('round-outlier', { rounds: odd.map(({ round }) => round).join(', '), largestScore: Math.max(...scores) })]
}

/** Do the rounds lie evenly around their mean? */
export const checkSkew: CellCheck = ({ figures: { perRound, ratio }, isBaseline }) => {
  const width = relativeWidth(ratio)
  if (isBaseline || width === null || perRound.length < TRUSTED_ROUNDS) return []
  const middle = Math.exp(hodgesLehmann(perRound.map((round) => Math.log(round.ratio))))
  if (Math.abs(middle / ratio.value - 1) <= SKEW_SHARE * width) return []
  return [finding('skewed-rounds', { mean: ratio.value, hodgesLehmann: middle })]
}
