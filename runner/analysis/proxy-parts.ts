import type { Plan } from '../measure/plan.ts'
import type { Slice } from '../measure/records.ts'
import type { RoundValue } from '../result/model.ts'
import { type DeploymentPlan, processOf } from '../servers/deployment.ts'
import { meanOrNull, trimmedLogRatio, trimmedMean } from '../statistics/summary.ts'
import { costsByBlock } from './within-round.ts'

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
  const blocks = 1 + Math.max(-1, ...here.map(({ block }) => block))
  const slicesOf = ({ id }: DeploymentPlan) => here.filter(({ deployment }) => deployment === id)
  const copiesOf = (wanted: string | null) => deployments.filter((deployment) => deployment.app === wanted)
  const copies = copiesOf(app)
  const references = copies[0]?.partsOver
  if (references === undefined) return null
  const costs = (copy: DeploymentPlan, ns: NanosecondsOf) =>
    costsByBlock(slicesOf(copy), blocks, (slice) => positive(ns(slice) / slice.requests))
  // Those in the same process as a copy where there are such: what chance gave to the process cancels.
  const directOf = (copy: DeploymentPlan) => {
    const all = copiesOf(references.direct)
    const sharing = all.filter((one) => processOf(one) === processOf(copy))
    return sharing.length > 0 ? sharing : all
  }
  const ratio = (ns: NanosecondsOf, over: (copy: DeploymentPlan) => DeploymentPlan[]) => {
    const logs = copies.map((copy) => {
      const others = over(copy).map((one) => costs(one, whole))
      const known = others.filter((other) => !other.every(Number.isNaN))
      return known.length === 0 ? Number.NaN : trimmedLogRatio(costs(copy, ns), known)
    })
    const log = meanOfKnown(logs)
    return log === null ? null : Math.exp(log)
  }
  const shares = copies.map((copy) => {
    const own = slicesOf(copy).filter(({ proxyCpuNs, serverCpuNs }) => proxyCpuNs !== null && serverCpuNs > 0)
    return own.length === 0 ? Number.NaN : trimmedMean(own.map((slice) => ofProxy(slice) / whole(slice)))
  })
  return {
    share: meanOfKnown(shares),
    overDirect: ratio(whole, directOf),
    appOverDirect: ratio((slice) => whole(slice) - (slice.proxyCpuNs ?? 0), directOf),
    overAlone: ratio(ofProxy, () => copiesOf(references.alone)),
  }
}

type NanosecondsOf = (slice: Slice) => number

const whole: NanosecondsOf = ({ serverCpuNs }) => serverCpuNs
/** NaN: no proxy. */
const ofProxy: NanosecondsOf = ({ proxyCpuNs }) => proxyCpuNs ?? Number.NaN

const positive = (cost: number) => (cost > 0 && cost < Infinity ? cost : Number.NaN)

function meanOfKnown(values: readonly number[]): number | null {
  return meanOrNull(values.map((value) => (Number.isNaN(value) ? null : value)))
}
