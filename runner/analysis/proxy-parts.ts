import type { Plan } from '../measure/plan.ts'
import type { Slice } from '../measure/records.ts'
import type { RoundValue } from '../result/model.ts'
import { type DeploymentPlan, processOf } from '../servers/deployment.ts'
import { meanOrNull, trimmedLogRatio, trimmedMean } from '../statistics/summary.ts'

export type ProxyParts = NonNullable<RoundValue['proxy']>

/**
 * Takes apart what proxy and app used, slice by slice, and pairs both by block with what they are compared with. All copies count alike.
 * @param counted slices of one endpoint in one round
 * @returns null where nothing is to be taken apart
 */
export function proxyParts(
  { deployments }: Pick<Plan, 'deployments'>,
  app: string,
  counted: readonly Slice[],
): ProxyParts | null {
  const here = counted.filter(({ drained }) => drained)
  const copiesOf = (wanted: string | null) => deployments.filter((deployment) => deployment.app === wanted)
  const copies = copiesOf(app)
  const references = copies[0]?.partsOver
  if (references === undefined) return null
  const costs = ({ id }: DeploymentPlan, of: CostOf) => byBlock(here, id, of)
  // Those in the same process as a copy where there are such: what chance gave to the process cancels.
  const directOf = (copy: DeploymentPlan) => {
    const all = copiesOf(references.direct)
    const sharing = all.filter((one) => processOf(one) === processOf(copy))
    return (sharing.length > 0 ? sharing : all).map((one) => costs(one, wholeCost))
  }
  const alone = copiesOf(references.alone).map((one) => costs(one, wholeCost))
  const ratio = (of: CostOf, over: (copy: DeploymentPlan) => number[][]) => {
    const log = meanOfKnown(copies.map((copy) => logRatio(costs(copy, of), over(copy))))
    return log === null ? null : Math.exp(log)
  }
  return {
    share: meanOfKnown(copies.map(({ id }) => shareOf(here.filter(({ deployment }) => deployment === id)))),
    overDirect: ratio(wholeCost, directOf),
    appOverDirect: ratio(appCost, directOf),
    overAlone: ratio(proxyCost, () => alone),
  }
}

type CostOf = (slice: Slice) => number | null

const wholeCost: CostOf = ({ serverCpuNs, requests }) => serverCpuNs / requests
const proxyCost: CostOf = ({ proxyCpuNs, requests }) => (proxyCpuNs === null ? null : proxyCpuNs / requests)
const appCost: CostOf = ({ proxyCpuNs, serverCpuNs, requests }) => (serverCpuNs - (proxyCpuNs ?? 0)) / requests

function meanOfKnown(values: readonly number[]): number | null {
  return meanOrNull(values.filter((value) => !Number.isNaN(value)))
}

/** NaN: no proxy. */
function shareOf(slices: readonly Slice[]): number {
  const shares = slices.flatMap(({ proxyCpuNs, serverCpuNs }) =>
    proxyCpuNs === null || serverCpuNs <= 0 ? [] : [proxyCpuNs / serverCpuNs],
  )
  return shares.length === 0 ? Number.NaN : trimmedMean(shares)
}

function byBlock(slices: readonly Slice[], id: string, of: CostOf): number[] {
  const costs: number[] = new Array(1 + Math.max(-1, ...slices.map(({ block }) => block))).fill(Number.NaN)
  for (const slice of slices) {
    const cost = slice.deployment === id && slice.requests > 0 ? of(slice) : null
    if (cost !== null && cost > 0) costs[slice.block] = cost
  }
  return costs
}

/** NaN where nothing can be paired. */
function logRatio(costs: readonly number[], references: readonly number[][]): number {
  const known = references.filter((reference) => reference.some((cost) => !Number.isNaN(cost)))
  return known.length === 0 ? Number.NaN : trimmedLogRatio(costs, known)
}
