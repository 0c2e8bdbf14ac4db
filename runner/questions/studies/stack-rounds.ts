import type { Figure } from '../../analysis/relative.ts'
import type { RoundRecord } from '../../measure/records.ts'
import type { Slice } from '../../measure/sample.ts'
import type { DeploymentPlan } from '../../servers/deployment.ts'
import { processOf } from '../../servers/deployment.ts'
import { trimmedLogRatio } from '../../statistics/paired-log-ratios.ts'
import { mean, meanOrNull, trimmedMean } from '../../statistics/summary.ts'

/** Which cells a cell is compared with, ids of apps in the plan. */
export interface StackReferences {
  /** The same app without anything in front of it, over tcp; null: none, as for nginx alone. */
  readonly direct: string | null
  /** nginx without an app behind it; null: not measured. */
  readonly alone: string | null
}

/** What the rounds so far say of one cell beside its costs: figures by round. */
export interface StackFigures {
  /** Part of the CPU time that nginx used, from 0 to 1. */
  readonly proxyShare: Figure[]
  /** Logs of the whole cost, and of the app's part, over the cost of the app without nginx. */
  readonly overDirect: Figure[]
  readonly appOverDirect: Figure[]
  /** Log of nginx's part over nginx alone. */
  readonly proxyOverAlone: Figure[]
}

type Costs = readonly number[]

/** Takes apart what nginx and what the app used, slice by slice, and pairs both by block; round by round. */
export class StackRounds {
  readonly #deployments: readonly DeploymentPlan[]
  readonly #referencesOf: (app: string) => StackReferences
  readonly #figures = new Map<string, StackFigures>()

  /** @param referencesOf by app of the plan */
  constructor(deployments: readonly DeploymentPlan[], referencesOf: (app: string) => StackReferences) {
    this.#deployments = deployments
    this.#referencesOf = referencesOf
  }

  add({ round, slices }: Pick<RoundRecord, 'round' | 'slices'>): void {
    const counting = slices.filter(({ disturbance, drained }) => disturbance === null && drained)
    for (const [endpoint, here] of Map.groupBy(counting, (slice) => slice.endpoint)) {
      for (const app of new Set(this.#deployments.map((deployment) => deployment.app))) this.#addCell(round, app, endpoint, here)
    }
  }

  figuresOf(app: string, endpoint: string): StackFigures {
    return this.#figures.get(JSON.stringify([app, endpoint])) ?? NO_FIGURES
  }

  #addCell(round: number, app: string, endpoint: string, here: readonly Slice[]): void {
    const own = this.#copiesOf(app).map((copy) => ({ copy, slices: here.filter(({ deployment }) => deployment === copy.id) }))
    const present = own.filter(({ slices }) => slices.length > 0)
    if (present.length === 0) return
    const { direct, alone } = this.#referencesOf(app)
    const blocks = 1 + Math.max(...here.map(({ block }) => block))
    const costs = (id: string, of: (slice: Slice) => number | null) => byBlock(here, id, blocks, of)
    const directCosts = (copy: DeploymentPlan) => this.#nearest(direct, copy).map(({ id }) => costs(id, wholeCost))
    const aloneCosts = this.#copiesOf(alone).map(({ id }) => costs(id, wholeCost))
    const figure = (values: readonly number[]) => {
      const known = values.filter((value) => !Number.isNaN(value))
      if (known.length === 0) return []
      return [
        { round, value: mean(known), cpuDistanceNs: meanOrNull(present[0]!.slices.map(({ cpuDistanceNs }) => cpuDistanceNs)) },
      ]
    }
    const overDirect = (of: (slice: Slice) => number | null) =>
      figure(present.map(({ copy }) => logRatio(costs(copy.id, of), directCosts(copy))))
    const figures = this.figuresOf(app, endpoint)
    this.#figures.set(JSON.stringify([app, endpoint]), {
      proxyShare: [...figures.proxyShare, ...figure(present.map(({ slices }) => shareOf(slices)))],
      overDirect: [...figures.overDirect, ...overDirect(wholeCost)],
      appOverDirect: [...figures.appOverDirect, ...overDirect(appCost)],
      proxyOverAlone: [
        ...figures.proxyOverAlone,
        ...figure(present.map(({ copy }) => logRatio(costs(copy.id, proxyCost), aloneCosts))),
      ],
    })
  }

  #copiesOf(app: string | null): DeploymentPlan[] {
    return this.#deployments.filter((deployment) => deployment.app === app)
  }

  /** Those in the same process as a copy where there are such: what chance gave to the process cancels. */
  #nearest(app: string | null, copy: DeploymentPlan): DeploymentPlan[] {
    const all = this.#copiesOf(app)
    const sharing = all.filter((one) => processOf(one) === processOf(copy))
    return sharing.length > 0 ? sharing : all
  }
}

const NO_FIGURES: StackFigures = { proxyShare: [], overDirect: [], appOverDirect: [], proxyOverAlone: [] }

function wholeCost({ serverCpuNs, requests }: Slice): number {
  return serverCpuNs / requests
}

function proxyCost({ proxyCpuNs, requests }: Slice): number | null {
  return proxyCpuNs === null ? null : proxyCpuNs / requests
}

function appCost({ proxyCpuNs, serverCpuNs, requests }: Slice): number {
  return (serverCpuNs - (proxyCpuNs ?? 0)) / requests
}

/** NaN: no proxy. */
function shareOf(slices: readonly Slice[]): number {
  const shares = slices.flatMap(({ proxyCpuNs, serverCpuNs }) =>
    proxyCpuNs === null || serverCpuNs <= 0 ? [] : [proxyCpuNs / serverCpuNs],
  )
  return shares.length === 0 ? Number.NaN : trimmedMean(shares)
}

function byBlock(slices: readonly Slice[], id: string, blocks: number, of: (slice: Slice) => number | null): Costs {
  const costs: number[] = new Array(blocks).fill(Number.NaN)
  for (const slice of slices) {
    const cost = slice.deployment === id && slice.requests > 0 ? of(slice) : null
    if (cost !== null && cost > 0) costs[slice.block] = cost
  }
  return costs
}

/** NaN where nothing can be paired. */
function logRatio(costs: Costs, references: readonly Costs[]): number {
  const known = references.filter((reference) => reference.some((cost) => !Number.isNaN(cost)))
  return known.length === 0 ? Number.NaN : trimmedLogRatio(costs, known)
}
