import { BASELINE_COPIES, variantId } from '../../measure/plan.ts'
import type { DeploymentPlan } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'

/** One way of deploying or asking an app: a row of a study. */
export interface Variant {
  readonly app: ResolvedApp
  /** What sets it apart, part of an id: letters, digits, dots and dashes; null: the app as it is. */
  readonly key: string | null
  /** What differs from a plain deployment. */
  readonly deployment: Partial<Omit<DeploymentPlan, 'id' | 'app'>>
}

/** Variants as apps of a plan, for the reports. */
export function variantApps(variants: readonly Variant[]): ResolvedApp[] {
  return variants.map((variant) => ({ ...variant.app, id: variantId(variant) }))
}

/**
 * Deployments of variants. Of those that share a process with the baseline, or are the baseline, there are two: so that what is compared
 * with the baseline is compared with both copies of its process.
 * @param baseline id of the variant that everything is compared with
 */
export function variantDeployments(variants: readonly Variant[], baseline: string): DeploymentPlan[] {
  const processOf = (variant: Variant) => variant.deployment.process ?? variantId(variant)
  const twice = variants.filter((variant) => variantId(variant) === baseline).map(processOf)
  return variants.flatMap((variant): DeploymentPlan[] => {
    const id = variantId(variant)
    const plan: DeploymentPlan = {
      ...{ id, app: id, modulePath: variant.app.modulePath, transport: 'tcp' },
      ...variant.deployment,
    }
    if (!twice.includes(processOf(variant))) return [plan]
    return Array.from({ length: BASELINE_COPIES }, (_, copy) => {
      if (copy === 0) return plan
      const suffix = `#${copy + 1}`
      const process = plan.process === undefined ? {} : { process: `${plan.process}${suffix}` }
      return { ...plan, ...process, id: `${id}${suffix}` }
    })
  })
}
