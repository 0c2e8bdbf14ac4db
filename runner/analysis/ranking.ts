import type { Estimate, RoundValue } from '../result/model.ts'
import { bounded, estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { rankWithTies } from '../statistics/ranks.ts'
import { mean, meanOrNull } from '../statistics/summary.ts'
import { type CellSeries, distances, exactly, type Series, widened } from './estimates.ts'

/** Where an app stands among others. */
export interface Ranked {
  readonly app: string
  readonly rank: { low: number; high: number }
  /**
   * Apps that are proven cheaper or more expensive; null: only the ranges are known. Those alone do not tell: 1–2, 1–3 and 2–3 overlap, and
   * the outer two differ.
   */
  readonly apartFrom: string[] | null
}

/**
 * Places of the cells given, by endpoint, from their log ratios to the baseline.
 * @param bound what apps have to differ by to be told apart, as a log
 */
export function rankCells(cells: readonly CellSeries[], bound = 0): Map<CellSeries, Ranked> {
  const groups = [...Map.groupBy(cells, ({ endpoint }) => endpoint).values()]
  return new Map(
    groups.flatMap((group) => {
      const apps = group.map(({ app }) => app)
      const places = placesOf(apps, roundTable(group.map(logRatios)), distances(everyRound(group)), bound)
      return group.map((cell, index) => [cell, places[index]!] as const)
    }),
  )
}

function placesOf(
  apps: readonly string[],
  table: readonly (readonly number[])[],
  covariate: readonly number[] | null,
  bound: number,
): Ranked[] {
  const { ranks, pairs } = rankWithTies(table, { covariate, bound })
  return apps.map((app, index) => ({
    app,
    rank: ranks[index]!,
    apartFrom: pairs
      .filter(({ i, j, verdict }) => (i === index || j === index) && (verdict === 'lower' || verdict === 'higher'))
      .map(({ i, j }) => apps[i === index ? j : i]!),
  }))
}

/** Geometric mean over endpoints, for apps that have every endpoint in a round; ranked among themselves. */
export function estimateOverall(
  all: readonly Series[],
  endpoints: readonly string[],
  baseline: string,
  bound = 0,
): (Ranked & { readonly ratio: Estimate })[] {
  const complete = [...Map.groupBy(all, ({ app }) => app)].flatMap(([app, own]) => {
    const cells = endpoints.flatMap((wanted) => own.find(({ endpoint }) => endpoint === wanted) ?? [])
    return cells.length < endpoints.length ? [] : [{ app, cells }]
  })
  const apps = complete.map(({ app }) => app)
  const table = roundTable(complete.map(({ cells }) => meanLogs(cells)))
  // Of the rounds of the table: one that only an incomplete app has would shift the others.
  const covariate = distances(everyRound(all.filter(({ app }) => apps.includes(app))))
  const places = placesOf(apps, table, covariate, bound)
  // The baseline's ratio is 1 by definition; its variance of zero must not be lent to the others.
  const others = [...apps.keys()].filter((index) => apps[index] !== baseline)
  const means = estimateMeans(
    others.map((index) => table.map((round) => round[index]!)),
    { covariates: others.map(() => covariate) },
  )
  const estimates = new Map(others.map((index, place) => [index, widened(bounded(exponentiate(means[place]!)), bound)]))
  return places.map((place, index) => ({ ...place, ratio: estimates.get(index) ?? exactly(1) }))
}

/**
 * By round the mean of the log ratios of all endpoints, which is the log of their geometric mean: the only one that ranks alike whichever app
 * is the baseline (Fleming & Wallace 1986, "How not to lie with statistics"). NaN where an endpoint lacks the round: a mean over fewer
 * endpoints would be of something else.
 */
function meanLogs(cells: readonly Series[]): Map<number, number> {
  const logs = cells.map(logRatios)
  const rounds = new Set(logs.flatMap((own) => [...own.keys()]))
  return new Map([...rounds].map((round) => [round, mean(logs.map((own) => own.get(round) ?? Number.NaN))]))
}

function logRatios({ rounds }: Series): Map<number, number> {
  return new Map(rounds.map(({ round, ratio }) => [round, Math.log(ratio)]))
}

/** One entry for every round that any of the cells has, in order: their mean distance. */
function everyRound(cells: readonly Series[]): Pick<RoundValue, 'cpuDistanceNanoseconds'>[] {
  const byRound = Map.groupBy(
    cells.flatMap(({ rounds }) => rounds),
    ({ round }) => round,
  )
  return [...byRound]
    .sort(([one], [other]) => one - other)
    .map(([, of]) => ({ cpuDistanceNanoseconds: meanOrNull(of.map(({ cpuDistanceNanoseconds }) => cpuDistanceNanoseconds)) }))
}

/** Rows of round values, one column per map; rounds in order, NaN where a column misses one. */
function roundTable(columns: readonly ReadonlyMap<number, number>[]): number[][] {
  const rounds = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b)
  return rounds.map((round) => columns.map((column) => column.get(round) ?? Number.NaN))
}

/**
 * Whether nothing may be said about which of the two is cheaper. Where only ranges of places are known: whether these overlap, which is
 * never too bold, but sometimes too shy.
 */
export function areTied(a: Ranked, b: Ranked): boolean {
  if (a.apartFrom !== null && b.apartFrom !== null) return !a.apartFrom.includes(b.app) && !b.apartFrom.includes(a.app)
  return a.rank.low <= b.rank.high && b.rank.low <= a.rank.high
}

/** The largest groups of apps of which no two can be told apart, in the order given; an app may be in several. */
export function tieGroups(entries: readonly Ranked[]): string[][] {
  return cliques([], entries, [])
    .filter(({ length }) => length > 1)
    .map((group) => group.map(({ app }) => app))
}

/**
 * All largest groups of which no two can be told apart: a group that holds all of `group` and some candidates, if none of those tried before
 * belongs to it too (Bron & Kerbosch 1973, "Algorithm 457: finding all cliques of an undirected graph").
 */
function cliques(group: readonly Ranked[], candidates: readonly Ranked[], before: readonly Ranked[]): (readonly Ranked[])[] {
  if (candidates.length === 0) return before.length === 0 ? [group] : []
  return candidates.flatMap((one, index) => {
    const tied = (others: readonly Ranked[]) => others.filter((other) => areTied(one, other))
    return cliques([...group, one], tied(candidates.slice(index + 1)), tied([...before, ...candidates.slice(0, index)]))
  })
}
