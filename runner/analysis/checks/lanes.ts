import { differenceOfMeans, estimateMeans } from '../../statistics/estimate.ts'
import { holm } from '../../statistics/ranks.ts'
import { type FamilyCheck, findingOf, fixed, kindsOf, logRatiosOf, percent, probability, signed, suspect } from './finding.ts'
import { unexplained } from './over-rounds.ts'

/** What lanes disagree about is no sample of one thing, so it has to be as far beyond doubt as a trend. */
const LANES_ALPHA = 0.01
/** A lane with fewer rounds is not judged. */
const LEAST_ROUNDS = 3

export const laneKinds = kindsOf('cell', {
  'lanes-disagree': suspect({
    meaning: `Rounds were measured in several lanes, and those of one say something else than the others: the means of their log ratios differ (Welch, with moderated variances, p below ${percent(LANES_ALPHA, 0)} after Holm's correction for the number of cells and lanes). What the distance of the CPUs explains (cpu-distance-changed) is not counted. The mean describes neither. Simulated in clean runs of 16 cells: 0.5 to 2 of a hundred have it, the more the more lanes share few rounds.`,
    message: ({ lane, ratio, others, differencePercent, adjustedP }) =>
      `in lane ${lane} the ratio is ${fixed(ratio, 3)}, in the others ${fixed(others, 3)} (${signed(differencePercent, 1)}, p ${probability(adjustedP)})`,
    advice:
      'Measure again with --lanes 1; look at the CPUs of the lanes with npm run doctor (kind, caches, what else runs there).',
  }),
})

const finding = findingOf(laneKinds)

/** Do the lanes say the same, each held against the others? */
export const checkLanesAgree: FamilyCheck = (cells) => {
  const byLane = cells.map(({ figures: { perRound }, covariate }) => {
    const logs = unexplained(logRatiosOf(perRound), covariate)
    return perRound.map(({ lane = 0 }, index) => ({ lane, log: logs[index]! }))
  })
  const lanes = [...new Set(byLane.flat().map(({ lane }) => lane))].sort((a, b) => a - b)
  // Of two lanes there is one difference only.
  const compared = lanes.length > 2 ? lanes : lanes.slice(1)
  const tests = compared.flatMap((lane) => {
    const meansOf = (isIn: (one: number) => boolean) =>
      estimateMeans(byLane.map((rounds) => rounds.flatMap((one) => (isIn(one.lane) ? one.log : []))))
    const [own, others] = [meansOf((one) => one === lane), meansOf((one) => one !== lane)]
    return own.map((mean, cell) => {
      const other = others[cell]!
      const isJudged = mean.rounds >= LEAST_ROUNDS && other.rounds >= LEAST_ROUNDS
      return { cell, lane, mean, other, pValue: isJudged ? differenceOfMeans(mean, other).pValue : 1 }
    })
  })
  const adjusted = holm(tests.map(({ pValue }) => pValue))
  const found = tests
    .map((test, index) => ({ ...test, adjustedP: adjusted[index]! }))
    .filter(({ adjustedP }) => adjustedP < LANES_ALPHA)
    .sort((a, b) => a.pValue - b.pValue)
  return cells.map((_, index) => {
    const worst = found.find(({ cell }) => cell === index)
    if (worst === undefined) return null
    const { lane, mean, other, adjustedP } = worst
    return finding('lanes-disagree', {
      lane: lane + 1,
      ratio: Math.exp(mean.value),
      others: Math.exp(other.value),
      differencePercent: Math.expm1(mean.value - other.value) * 100,
      adjustedP,
    })
  })
}
