import { hodgesLehmann, modifiedZScores } from '../../statistics/summary.ts'
import { excludes, relativeWidth } from '../estimates.ts'
import {
  type CellCheck,
  type Facts,
  findingOf,
  fixed,
  invalid,
  kindsOf,
  logRatiosOf,
  note,
  percent,
  signed,
  suspect,
  TRUSTED_ROUNDS,
} from './finding.ts'

const FEWEST_ROUNDS = 2
/** Blocks kept of those planned: with fewer, what was thrown away may have been different from what was kept. */
const FEW_BLOCKS_SHARE = 0.7
const TOO_FEW_BLOCKS_SHARE = 0.5
/** Beyond so many robust standard deviations a value counts as an outlier (Iglewicz and Hoaglin, 1993). */
const OUTLIER_SCORE = 3.5
/** Two estimates of the centre further apart than this share of the half-width: the rounds are skewed. */
const SKEW_SHARE = 0.5

/** A change of the cost within rounds that matters, percent: as large as the precision requested. */
const DRIFT_PERCENT = 1
/** What helper threads take less in the second half of a round than in the first, percent of the CPU time: a cost of the same share. */
const COMPILING_PERCENT = 1

/** What Node costs more or less in slices than without a break lies within ±5 %, seen from the baseline. */
const BURST_PERCENT = 10

const bursts = ({ times, low, high }: Facts) =>
  `a request costs ${fixed(times, 2)} [${fixed(low, 2)}, ${fixed(high, 2)}] times what it cost without a break, as seen from the baseline`

const drifts = ({ driftPercent, low, high }: Facts) =>
  `the cost drifts by ${signed(driftPercent, 1)} [${signed(low, 1)}, ${signed(high, 1)}] within a round: ` +
  `${Number(driftPercent) < 0 ? 'the app was still warming up' : 'each request is more expensive than the one before'}`

export const roundsKinds = kindsOf('cell', {
  'not-measured': invalid({
    meaning: 'Nothing was measured of this cell: the baseline is out, no round was finished, or every block was disturbed.',
    message: ({ reason }) => `nothing was measured: ${reason}`,
    advice: 'Look at what happened to the baseline, let at least two rounds finish, or end other programs.',
  }),
  'few-rounds': suspect({
    meaning: `Fewer than ${TRUSTED_ROUNDS} rounds. The interval is still meant to hold, but a single odd round moves it far.`,
    message: ({ rounds }) => `only ${rounds} rounds: an interval needs at least ${TRUSTED_ROUNDS} to be trusted`,
    advice: 'Let the run finish, or give it more time with --max-minutes or more --rounds.',
  }),
  'too-few-rounds': invalid({
    meaning: `Fewer than ${FEWEST_ROUNDS} rounds: there is no interval.`,
    message: ({ rounds }) => `${rounds} round is no sample: there is no interval`,
    advice: 'Let at least two rounds finish; six make an interval to be trusted.',
  }),
  // The interval is honest whatever its width, and printed beside the number: that it is wider than requested makes nothing wrong.
  'precision-not-reached': note({
    meaning: 'The interval of the ratio is wider than --precision requested. It is still right.',
    message: ({ halfWidthPercent, precisionPercent }) =>
      `the interval is ±${fixed(halfWidthPercent, 2)} %, ±${precisionPercent} % was requested`,
    advice: 'Give it more time with --max-minutes, or ask for less with --precision.',
  }),
  'few-blocks-kept': suspect({
    meaning: `Fewer than ${percent(FEW_BLOCKS_SHARE, 0)} of the planned blocks count; the others were disturbed every time they were tried. What was kept may describe only the quiet moments of the machine.`,
    message: ({ kept, planned }) =>
      `only ${kept} of ${planned} planned blocks count: the others were disturbed whenever they were tried`,
    advice: 'Measure on a quieter machine.',
  }),
  'too-few-blocks-kept': invalid({
    meaning: `As few-blocks-kept, with fewer than ${percent(TOO_FEW_BLOCKS_SHARE, 0)}.`,
    message: ({ kept, planned }) =>
      `${kept} of ${planned} planned blocks are too few: the others were disturbed whenever they were tried`,
    advice: 'Measure on a quieter machine.',
  }),
  'round-outlier': note({
    meaning: `The ratio of a round lies more than ${OUTLIER_SCORE} robust standard deviations from the median of the rounds (modified z). It is reported and stays in the mean: to remove what looks odd makes intervals too narrow.`,
    message: ({ rounds, largestScore }) =>
      `${String(rounds).includes(',') ? `rounds ${rounds} lie` : `round ${rounds} lies`} far from the others, by up to ${fixed(largestScore, 1)} robust standard deviations`,
    advice: 'Nothing was removed. Look at the samples of these rounds if the interval is wide.',
  }),
  'skewed-rounds': note({
    meaning:
      'The mean over the rounds and the Hodges-Lehmann estimate differ by more than half a half-width: the rounds lie to one side, and the interval is trusted a little less.',
    message: ({ mean, hodgesLehmann }) =>
      `the rounds are skewed: their mean ratio is ${fixed(mean, 4)}, their middle (Hodges-Lehmann) ${fixed(hodgesLehmann, 4)}`,
    advice: 'Read the interval with care, or let more rounds be measured.',
  }),
  'still-warming': suspect({
    meaning: `The cost changes by more than ${DRIFT_PERCENT} % (or the precision requested, if that is coarser) from the first block of a round to the last: the whole interval of this change over the rounds, corrected for the number of cells, lies beyond it. What the baseline costs in the same block is taken off first, so that a machine that changes its speed is not mistaken for it. Mostly the warm-up was too short; an app that leaks time drifts too.`,
    message: drifts,
    advice: 'Give it a longer --warm-up; if it still drifts, look for something in the app that grows.',
  }),
  'slightly-warming': note({
    meaning: `As still-warming, but only the value lies beyond ${DRIFT_PERCENT} %; of the interval, it is proven no more than that it excludes none. The mean over a round is off by half of a steady drift at the most, which is less than the precision requested.`,
    message: drifts,
    advice: 'Give it a longer --warm-up if half of this drift matters to you.',
  }),
  'costs-in-bursts': invalid({
    meaning: `A request costs more in slices than it cost at the end of the warm-up, where it was asked without a break, or less: by more than ${BURST_PERCENT} % beyond what slices do to the baseline, and so does the whole interval over the rounds. The server does something when requests begin or end to come, such as collecting garbage or compiling code again; the cost is that of bursts, and no server under a steady load has it. Seen: 0.97 to 1.03 times for the Node of the suite, 1.2 for Go and 1.6 for Deno in slices of 20 ms, and 1.0 in slices of 100 ms; 2.6 for Koa on Bun in slices of 20 ms, 1.8 of 100, and 1.3 of 400; 2 to 5 for Express on Node 20 and 22 after a rest. Of an app that is asked for several endpoints all that it answered is judged together. Not judged where the load is not meant to keep the server busy.`,
    message: bursts,
    advice: 'Measure it in longer slices, with --slice.',
  }),
  'may-cost-in-bursts': suspect({
    meaning: `As costs-in-bursts, but of the interval no more is proven than that it excludes none.`,
    message: bursts,
    advice: 'Measure it in longer slices, with --slice.',
  }),
  'still-compiling': suspect({
    meaning: `Threads of the app that run no event loop, which are V8's compiler and garbage collector, take more than ${COMPILING_PERCENT} % (or the precision requested, or the half-width of the ratio, if one of them is coarser) more of its CPU time in the first half of a round than in the second, and the interval of that excludes 0. The app was measured while it was still being compiled, which a server pays once and no request causes.`,
    message: ({ helperFallPercent, low, high }) =>
      `compiler and garbage collector take ${fixed(helperFallPercent, 1)} [${fixed(low, 1)}, ${fixed(high, 1)}] % more of the CPU time in the first half of a round than in the second: the app was still being compiled`,
    advice: 'Give it a longer --warm-up, or more time with --max-minutes.',
  }),
})

const finding = findingOf(roundsKinds)

/** Does the way in which it is measured change what it costs? */
export const checkBursts: CellCheck = ({ overContinuous: over, loadSaturates, figures: { openLoop } }) => {
  const limit = 1 + BURST_PERCENT / 100
  if (over === null || !loadSaturates || openLoop !== undefined) return null
  const isBeyond = over.value > limit || over.value < 1 / limit
  if (!isBeyond || !excludes(over, 1)) return null
  const isProven = excludes(over, over.value > 1 ? limit : 1 / limit)
  return finding(isProven ? 'costs-in-bursts' : 'may-cost-in-bursts', { times: over.value, low: over.low, high: over.high })
}

/** Are there enough rounds for an interval? */
export const checkRounds: CellCheck = ({ figures }) => {
  const rounds = figures.perRound.length
  return rounds < TRUSTED_ROUNDS && finding(rounds < FEWEST_ROUNDS ? 'too-few-rounds' : 'few-rounds', { rounds })
}

/** Is the interval as narrow as requested? */
export const checkPrecision: CellCheck = ({ figures, isBaseline, precisionPercent }) => {
  const width = relativeWidth(figures.ratio)
  if (isBaseline || width === null || precisionPercent === null || width * 100 <= precisionPercent) return null
  return finding('precision-not-reached', { halfWidthPercent: width * 100, precisionPercent })
}

/** Are enough of the planned blocks left? */
export const checkBlocksKept: CellCheck = ({ figures: { blocksKept: kept, blocksPlanned: planned } }) => {
  if (kept === null || planned === null || kept >= planned * FEW_BLOCKS_SHARE) return null
  return finding(kept < planned * TOO_FEW_BLOCKS_SHARE ? 'too-few-blocks-kept' : 'few-blocks-kept', { kept, planned })
}

/** Is there a round unlike the others? With few rounds their middle deviation is luck, so they are not judged. */
export const checkRoundOutliers: CellCheck = ({ figures: { perRound }, isBaseline }) => {
  if (isBaseline || perRound.length < TRUSTED_ROUNDS) return null
  const scores = modifiedZScores(logRatiosOf(perRound)).map(Math.abs)
  const odd = perRound.filter((_, index) => scores[index]! > OUTLIER_SCORE)
  const facts = { rounds: odd.map(({ round }) => round).join(', '), largestScore: Math.max(...scores) }
  return odd.length > 0 && finding('round-outlier', facts)
}

/** Do the rounds lie evenly around their mean? */
export const checkSkew: CellCheck = ({ figures: { perRound, ratio }, isBaseline }) => {
  const width = relativeWidth(ratio)
  if (isBaseline || width === null || perRound.length < TRUSTED_ROUNDS) return null
  const middle = Math.exp(hodgesLehmann(logRatiosOf(perRound)))
  const isSkewed = Math.abs(middle / ratio.value - 1) > SKEW_SHARE * width
  return isSkewed && finding('skewed-rounds', { mean: ratio.value, hodgesLehmann: middle })
}

/** Does the cost still change while it is measured, by more than matters? */
export const checkWarm: CellCheck = ({ figures: { driftPercent: drift }, precisionPercent }) => {
  const allowed = Math.max(DRIFT_PERCENT, precisionPercent ?? 0)
  if (drift === null || Math.abs(drift.value) <= allowed || !excludes(drift, 0)) return null
  // The mean over a round is off by half of a steady drift; it has to be proven to matter before it makes the number suspect.
  const proven = excludes(drift, drift.value < 0 ? -allowed : allowed)
  const { value: driftPercent, low, high } = drift
  return finding(proven ? 'still-warming' : 'slightly-warming', { driftPercent, low, high })
}

/** Was the app's code still being compiled while it was measured, by more than matters? */
export const checkCompiled: CellCheck = ({ figures: { helperFallPercent: fall, ratio }, precisionPercent }) => {
  // The mean over a round is off by half of it: less than half of an interval that is that wide anyway.
  const allowed = Math.max(COMPILING_PERCENT, precisionPercent ?? 0, 100 * (relativeWidth(ratio) ?? 0))
  if (fall === null || fall.value <= allowed || !excludes(fall, 0)) return null
  return finding('still-compiling', { helperFallPercent: fall.value, low: fall.low, high: fall.high })
}
