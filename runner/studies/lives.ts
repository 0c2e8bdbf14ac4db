import { bounded, LEVEL } from '../analysis/estimates.ts'
import type { Life } from '../measure/life.ts'
import type { RoundRecord } from '../measure/round.ts'
import { appOf, type Plan } from '../plan.ts'
import type { Estimate, Result } from '../result.ts'
import { estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { mean } from '../statistics/summary.ts'

/** The lives of the processes of one round, by deployment id. */
export interface LivesOfRound {
  readonly round: number
  readonly lives: ReadonlyMap<string, Life>
}

/** A figure of a life; null: not known of it. */
export type LifeFigure = (life: Life) => number | null

/** Findings after which nothing of an app is quoted. All others are about costs, of which memory and start-up do not depend. */
const UNUSABLE = new Set(['app-failed', 'contract-broken', 'unequal-environment', 'simulated'])

/** Collects what a result does not keep; see `PreparedStudy.roundFinished`. */
export function collectLives(): { readonly rounds: readonly LivesOfRound[]; roundFinished(record: RoundRecord): void } {
  const rounds: LivesOfRound[] = []
  return { rounds, roundFinished: ({ round, lives }) => void rounds.push({ round, lives }) }
}

/** Apps of a result whose lives may be quoted, in the order of the result. */
export function quotableApps({ cells }: Pick<Result, 'cells'>): string[] {
  const byApp = Map.groupBy(cells, ({ app }) => app)
  return [...byApp].flatMap(([app, own]) =>
    own.some(({ findings }) => findings.some(({ code }) => UNUSABLE.has(code))) ? [] : [app],
  )
}

/** What lives say of apps, round by round. */
export class LifeTable {
  readonly #plan: Plan
  readonly #rounds: readonly LivesOfRound[]

  constructor(plan: Plan, rounds: readonly LivesOfRound[]) {
    this.#plan = plan
    this.#rounds = rounds
  }

  /** Geometric means over rounds. */
  levels(apps: readonly string[], of: LifeFigure): (Estimate | null)[] {
    const columns = apps.map((app) => this.#column(this.#deployments(app), of).map(Math.log))
    return estimateAll(columns).map((estimate) => estimate && bounded(exponentiate(estimate)))
  }

  /** Means over rounds of figures that may be zero. */
  means(apps: readonly string[], of: LifeFigure): (Estimate | null)[] {
    return estimateAll(apps.map((app) => this.#column(this.#deployments(app), of))).map((one) => one && bounded(one))
  }

  /** Means over rounds of the difference to another app in the same round; null for that app itself. */
  differences(apps: readonly string[], reference: string, of: LifeFigure): (Estimate | null)[] {
    const others = apps.filter((app) => app !== reference)
    const base = this.#column(this.#deployments(reference), of)
    const columns = others.map((app) => minus(this.#column(this.#deployments(app), of), base))
    const estimates = new Map(estimateAll(columns).map((estimate, index) => [others[index]!, estimate && bounded(estimate)]))
    return apps.map((app) => estimates.get(app) ?? null)
  }

  /** The second copy of an app less the first, as an A/A test. @param level of the interval */
  copies(app: string, of: LifeFigure, level: number): Estimate | null {
    const [first, second] = this.#deployments(app)
    if (first === undefined || second === undefined) return null
    const column = minus(this.#column([second], of), this.#column([first], of))
    return column.every(Number.isNaN) ? null : bounded(estimateMeans([column], { level })[0]!)
  }

  #deployments(app: string): string[] {
    return this.#plan.deployments.filter(({ id }) => appOf(this.#plan, id) === app).map(({ id }) => id)
  }

  /** One value per round, the mean of its deployments; NaN where one of them is not known. */
  #column(ids: readonly string[], of: LifeFigure): number[] {
    return this.#rounds.map(({ lives }) => {
      const values = ids.map((id) => {
        const life = lives.get(id)
        return (life && of(life)) ?? Number.NaN
      })
      return values.length === 0 ? Number.NaN : mean(values)
    })
  }
}

function minus(column: readonly number[], other: readonly number[]): number[] {
  return column.map((value, index) => value - other[index]!)
}

/** Together, so that each borrows what is known of the others' variances; null without a single value. */
function estimateAll(columns: readonly (readonly number[])[]) {
  const estimates = estimateMeans(columns, { level: LEVEL })
  return columns.map((column, index) => (column.every(Number.isNaN) ? null : estimates[index]!))
}
