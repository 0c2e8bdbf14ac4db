import { beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import * as simulated from '../fixtures/simulated-rounds.ts'
import { type EstimateOptions, estimateMeans, type MeanEstimate } from './estimate.ts'
import { rankWithTies } from './ranks.ts'
import { mean } from './summary.ts'

/**
 * Whole simulated runs, from slices to intervals. The planted truth must lie within nominal 95 % intervals in 93 to 97 % of
 * cases, on the average of all cells; the cell that truly varies most may fall to 91 %, which is what sharing variances costs
 * it. The simulation itself errs by about 0.3 points on the average and 0.8 on one cell. Seeds are fixed, so nothing here is
 * flaky.
 */
interface Plan {
  readonly least: number
  readonly most: number
  /** Stop as soon as no half-width is larger. */
  readonly target: number
}

const RUNS = 1000
const SEED = 20_261_121

const estimatesOf = (rounds: readonly (readonly number[])[], options?: EstimateOptions) =>
  estimateMeans(
    rounds[0]!.map((_, cell) => rounds.map((round) => round[cell]!)),
    options,
  )

/** The same runs of so many rounds for all that is asked of them: by round, estimator and cell. */
function simulatedRuns(conditions: simulated.Conditions, rounds: number, ...estimators: simulated.Estimator[]): number[][][][] {
  const random = seededRandom(SEED)
  const round = () => simulated.simulateRound(random, conditions, estimators)
  return Array.from({ length: RUNS }, () => Array.from({ length: rounds }, round))
}

const by = (estimator: number, run: readonly (readonly number[][])[]) => run.map((round) => round[estimator]!)

function stoppedRun(next: () => number[], { least, most, target }: Plan) {
  const rounds = Array.from({ length: least }, next)
  for (;;) {
    const estimates = estimatesOf(rounds)
    if (rounds.length >= most || estimates.every(({ halfWidth }) => halfWidth <= target))
      return { estimates, rounds: rounds.length }
    rounds.push(next())
  }
}

/** Percent of runs in which the interval of a cell holds the truth. */
function coverage(runs: readonly MeanEstimate[][]) {
  const cells = simulated.TRUTH.map((truth, cell) => {
    const held = runs.filter((estimates) => estimates[cell]!.low <= truth && truth <= estimates[cell]!.high)
    return (100 * held.length) / runs.length
  })
  return { average: mean(cells), worst: Math.min(...cells) }
}

const normal = { processDeviation: 0.005, sliceNoise: simulated.normalNoise, disturbance: simulated.quiet }
const skewed = { ...normal, sliceNoise: simulated.skewedNoise }
const restless = { ...normal, processDeviation: 0.015 }

describe('nominal 95 % intervals over whole runs', () => {
  const cases: [string, simulated.Conditions][] = [
    ['normal noise', normal],
    ['skewed noise with spikes', skewed],
    ['10 % outlying processes', { ...normal, disturbance: simulated.outlyingProcesses }],
    ['skew, spikes and 10 % outlying rounds', { ...skewed, disturbance: simulated.outlyingRounds }],
  ]
  const ways = ['typical', 'all-in'].flatMap((of, estimator) => [6, 12].map((rounds) => ({ of, estimator, rounds })))
  describe.each(cases)('cover the truth under %s', (_name, conditions) => {
    let runs: ReturnType<typeof simulatedRuns>
    beforeAll(() => {
      runs = simulatedRuns(conditions, 12, simulated.typical, simulated.allIn)
    })

    it.each(ways)('$of, with $rounds rounds', ({ estimator, rounds }) => {
      const { average, worst } = coverage(runs.map((run) => estimatesOf(by(estimator, run.slice(0, rounds)))))
      expect(average).toBeGreaterThan(93)
      expect(average).toBeLessThan(97)
      expect(worst).toBeGreaterThan(91)
    })
  })

  it('cover the truth when rounds stop at the first sight of a small half-width', () => {
    const random = seededRandom(SEED)
    const plan = { least: 6, most: 24, target: 0.0085 }
    const runs = Array.from({ length: RUNS }, () =>
      stoppedRun(() => simulated.simulateRound(random, normal, [simulated.typical])[0]!, plan),
    )
    const rounds = mean(runs.map((run) => run.rounds))
    expect(rounds).toBeGreaterThan(8)
    expect(rounds).toBeLessThan(20)
    const { average, worst } = coverage(runs.map(({ estimates }) => estimates))
    expect(average).toBeGreaterThan(93)
    expect(average).toBeLessThan(97)
    expect(worst).toBeGreaterThan(91)
  })

  it('serve the cell that varies most better than variances that may be lowered too', () => {
    const runs = simulatedRuns(restless, 6, simulated.typical).map((run) => by(0, run))
    const lowered = coverage(runs.map((run) => estimatesOf(run, { moderation: { raiseOnly: false } })))
    const raised = coverage(runs.map((run) => estimatesOf(run)))
    expect(lowered.worst).toBeLessThan(92)
    expect(raised.worst).toBeGreaterThan(lowered.worst + 1.5)
  })

  it('cover the truth for a single cell, which has nothing to borrow', () => {
    const random = seededRandom(7)
    const runs = 2000
    const held = Array.from({ length: runs }, () => {
      const rounds = Array.from({ length: 6 }, () => 0.2 + 0.01 * random.normal() * (random.uniform() < 0.1 ? 4 : 1))
      const [estimate] = estimateMeans([rounds])
      return estimate!.degreesOfFreedom === 5 && estimate!.low <= 0.2 && estimate!.high >= 0.2
    }).filter(Boolean)
    expect(held.length / runs).toBeGreaterThan(0.93)
    expect(held.length / runs).toBeLessThan(0.97)
  })
})

describe('ranks of equal apps', () => {
  it.each([0, 0.35, 0.8])('name an order in at most about one run in twenty, deviations apart by e^±%f', (spread) => {
    const random = seededRandom(11)
    const runs = 500
    const deviations = Array.from({ length: 5 }, (_, app) => 0.01 * Math.exp(spread * (app / 2 - 1)))
    const wrong = Array.from({ length: runs }, () => {
      const rounds = Array.from({ length: 6 }, () => {
        const shared = 0.03 * random.normal()
        return deviations.map((deviation) => shared + deviation * random.normal())
      })
      return rankWithTies(rounds, { margin: 0 }).ranks.some(({ low, high }) => low > 1 || high < 5)
    }).filter(Boolean)
    expect(wrong.length / runs).toBeLessThan(0.06)
  })
})
