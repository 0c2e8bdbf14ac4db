import { differences, estimateFigures, estimateLogs, type Figure, logsOf } from '../../analysis/relative.ts'
import { appOf, type Plan } from '../../measure/plan.ts'
import type { ProcessRecord, RoundRecord } from '../../measure/records.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { mean } from '../../statistics/summary.ts'

/** What is known of the processes of one round, by deployment id. */
export interface ProcessesOfRound {
  readonly round: number
  readonly processes: ReadonlyMap<string, ProcessRecord>
}

/** A figure of a process; null: not known of it. */
export type ProcessFigure = (process: ProcessRecord) => number | null

/** Findings after which nothing of an app is quoted. All others are about costs, of which memory and start-up do not depend. */
const UNUSABLE = new Set(['app-failed', 'contract-broken', 'unequal-environment', 'simulated'])

const MEBIBYTE = 2 ** 20

export function mebibytes(bytes: number | undefined): number | null {
  return bytes === undefined ? null : bytes / MEBIBYTE
}

/** Collects what a result does not keep; see `PreparedStudy.roundFinished`. */
export function collectProcesses(): { readonly rounds: readonly ProcessesOfRound[]; roundFinished(record: RoundRecord): void } {
  const rounds: ProcessesOfRound[] = []
  return { rounds, roundFinished: ({ round, processRecords }) => void rounds.push({ round, processes: processRecords }) }
}

/** Apps of a result whose processes may be quoted, in the order of the result. */
export function usableApps({ cells }: Pick<Result, 'cells'>): string[] {
  const byApp = Map.groupBy(cells, ({ app }) => app)
  return [...byApp].flatMap(([app, own]) =>
    own.some(({ findings }) => findings.some(({ code }) => UNUSABLE.has(code))) ? [] : [app],
  )
}

/** What processes say of apps, round by round. */
export class ProcessTable {
  readonly #plan: Plan
  readonly #rounds: readonly ProcessesOfRound[]

  constructor(plan: Plan, rounds: readonly ProcessesOfRound[]) {
    this.#plan = plan
    this.#rounds = rounds
  }

  /** Geometric means over rounds. */
  levels(apps: readonly string[], of: ProcessFigure): (Estimate | null)[] {
    return estimateLogs(apps.map((app) => logsOf(this.#figures(this.#deployments(app), of))))
  }

  /** Means over rounds of figures that may be zero. */
  means(apps: readonly string[], of: ProcessFigure): (Estimate | null)[] {
    return estimateFigures(apps.map((app) => this.#figures(this.#deployments(app), of)))
  }

  /** Means over rounds of the difference to another app in the same round; null for that app itself. */
  differences(apps: readonly string[], reference: string, of: ProcessFigure): (Estimate | null)[] {
    const base = this.#figures(this.#deployments(reference), of)
    return estimateFigures(
      apps.map((app) => (app === reference ? [] : differences(this.#figures(this.#deployments(app), of), base))),
    )
  }

  /** The second copy of an app less the first, as an A/A test. @param level of the interval */
  copies(app: string, of: ProcessFigure, level: number): Estimate | null {
    const [first, second] = this.#deployments(app)
    if (first === undefined || second === undefined) return null
    return estimateFigures([differences(this.#figures([second], of), this.#figures([first], of))], level)[0]!
  }

  #deployments(app: string): string[] {
    return this.#plan.deployments.filter(({ id }) => appOf(this.#plan, id) === app).map(({ id }) => id)
  }

  /** One value per round, the mean of its deployments; rounds in which one of them is not known are left out. */
  #figures(ids: readonly string[], of: ProcessFigure): Figure[] {
    return this.#rounds.flatMap(({ round, processes }) => {
      const values = ids.map((id) => {
        const process = processes.get(id)
        return process === undefined ? null : of(process)
      })
      const known = values.filter((value) => value !== null)
      return known.length === 0 || known.length < ids.length ? [] : [{ round, value: mean(known), cpuDistanceNs: null }]
    })
  }
}
