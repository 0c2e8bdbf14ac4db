import { trigamma } from '../../statistics/moderated-variance.ts'
import { total } from '../../statistics/summary.ts'
import type { TodayPart } from './data.ts'
import { thisSuite } from './this-suite.ts'
import { type BasisFigures, NORMAL_95, todayFigures } from './today-figures.ts'

export const SUITE = thisSuite.id

/** Procedures with a number for every server, by length; what is not above zero has no ratio and no place in a chart. */
export function readProcedures(part: TodayPart) {
  return todayFigures(part)
    .map((figures) => ({
      ...figures,
      /** The number that its reader takes from it: the suite's cost, the requests per second of all others. */
      reading: (figures.id === SUITE ? figures.byCost : null) ?? figures.byRate,
    }))
    .filter(({ reading }) => reading.repetitions > 0 && reading.spreads.every(({ ratios }) => ratios.every((ratio) => ratio > 0)))
}

export type ReadProcedure = ReturnType<typeof readProcedures>[number]

/**
 * How much narrower the suite is than another procedure, for every server but the two identical ones: the other's half-width over that of
 * the intervals that the suite prints, and over what its own repetitions scatter; null where one of the widths is not known. The latter with its
 * 95 % interval, which is wide: a few repetitions say little of a spread.
 */
export function narrowings(suite: BasisFigures, other: BasisFigures) {
  return other.spreads.slice(1).flatMap(({ server, halfWidthPercent: width }) => {
    if (width === null) return []
    const { printedPercent, halfWidthPercent } = spreadOf(suite, server)
    const byPrinted = printedPercent ? width / printedPercent : null
    const degrees = [suite, other].map(({ repetitions }) => repetitions - 1)
    return [{ server, width, byPrinted, bySpread: halfWidthPercent ? ratioOfSpreads(width / halfWidthPercent, degrees) : null }]
  })
}

/** With its 95 % interval: half the log of a ratio of two variances has this standard deviation, whatever they are (Fisher's z). */
function ratioOfSpreads(value: number, degrees: readonly number[]) {
  const deviation = Math.sqrt(total(degrees, (own) => trigamma(own / 2))) / 2
  const factor = Math.exp(NORMAL_95 * deviation)
  return { value, low: value / factor, high: value * factor }
}

export function spreadOf({ spreads }: BasisFigures, server: string): BasisFigures['spreads'][number] {
  return spreads.find((spread) => spread.server === server)!
}
