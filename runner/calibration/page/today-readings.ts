import type { TodayPart } from '../data.ts'
import { type BasisFigures, type ProcedureFigures, todayFigures } from '../today-figures.ts'

export const SUITE = 'suite'
/** What the goal compares with: one autocannon run per server, one server after another. */
export const SEQUENTIAL = 'autocannon'

/** A procedure by the number its reader takes from it: the suite's cost, the requests per second of all others. */
export interface ReadProcedure {
  readonly id: string
  readonly title: string
  readonly figures: ProcedureFigures
  readonly reading: BasisFigures
}

/** Procedures with a number for every server, in their order; what is not above zero has no ratio and no place in a chart. */
export function readProcedures(part: TodayPart): ReadProcedure[] {
  return todayFigures(part)
    .map((figures) => {
      const reading = figures.id === SUITE ? (figures.byCost ?? figures.byRate) : figures.byRate
      return { id: figures.id, title: figures.title, figures, reading }
    })
    .filter(({ reading }) => reading.repetitions > 0 && reading.spreads.every(({ ratios }) => ratios.every((ratio) => ratio > 0)))
}

/** How much narrower the suite is than another procedure, for one server; null where one of the widths is not known. */
export interface Narrowing {
  readonly server: string
  readonly otherPercent: number
  /** Other half-width over that of the intervals that the suite prints. */
  readonly byPrinted: number | null
  /** Other half-width over what the suite's own repetitions scatter. */
  readonly bySpread: number | null
}

/** For every server but the two identical ones. */
export function narrowings(part: TodayPart, suite: ReadProcedure, other: BasisFigures): Narrowing[] {
  return part.servers.slice(2).flatMap((server) => {
    const otherPercent = widthOf(other, server)
    if (otherPercent === null) return []
    const printed = suite.figures.ownHalfWidthPercent?.[server] ?? null
    const spread = widthOf(suite.reading, server)
    const times = (width: number | null) => (width === null || width === 0 ? null : otherPercent / width)
    return [{ server, otherPercent, byPrinted: times(printed), bySpread: times(spread) }]
  })
}

export function widthOf(figures: BasisFigures, server: string): number | null {
  return figures.spreads.find((spread) => spread.server === server)?.halfWidthPercent ?? null
}

/** The narrowing that the goal is judged by: the smallest of all servers, by intervals and by spread alike. */
export function leastNarrowing(all: readonly Narrowing[]): number | null {
  const known = all.flatMap(({ byPrinted, bySpread }) => [byPrinted, bySpread]).filter((times) => times !== null)
  return known.length === 0 ? null : Math.min(...known)
}
