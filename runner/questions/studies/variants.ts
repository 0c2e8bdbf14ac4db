import type { CompareOptions } from '../../measure/options.ts'
import { BASELINE_COPIES, type Plan } from '../../measure/plan.ts'
import { copyId, variantId } from '../../result/ids.ts'
import type { DeploymentPlan } from '../../servers/deployment.ts'
import { type AppRecipe, type ResolvedApp, writeGeneratedApps } from '../../servers/find-app.ts'
import { planOf } from '../resolve.ts'
import type { PreparedStudy } from './study.ts'

/** One way of deploying or asking an app: a row of a study. */
export interface Variant {
  readonly app: ResolvedApp
  /** What sets it apart, part of an id: letters, digits, dots and dashes; null: the app as it is. */
  readonly key: string | null
  /** Makes its module. Absent: it is the app's own. */
  readonly recipe?: Omit<AppRecipe, 'id'>
  /** What differs from a plain deployment. */
  readonly deployment?: Partial<Omit<DeploymentPlan, 'id' | 'app'>>
}

/**
 * What a study of variants measures: every variant is an app of the plan. Modules that have to be made are written, to be removed again.
 * @param own what of the plan is the study's own. The first variant is what everything is compared with, unless it says otherwise.
 */
export async function prepareVariants(
  options: CompareOptions,
  variants: readonly Variant[],
  own: Partial<Omit<Plan, 'deployments'>> = {},
): Promise<Omit<PreparedStudy, 'answer'>> {
  const recipes = variants.flatMap((variant) => (variant.recipe ? [{ id: idOf(variant), ...variant.recipe }] : []))
  const generated = recipes.length === 0 ? null : await writeGeneratedApps(recipes)
  const apps = variants.map((variant) => ({ ...variant.app, id: idOf(variant) }))
  const made = variants.map((variant): Variant => {
    const modulePath = generated?.apps.find(({ id }) => id === idOf(variant))?.modulePath ?? variant.app.modulePath
    return { ...variant, deployment: { modulePath, transport: options.transport, ...variant.deployment } }
  })
  const plan = { ...planOf(options, apps), ...own }
  return {
    plan: { ...plan, deployments: variantDeployments(made, plan.baseline) },
    apps,
    cleanUp: async () => generated?.remove(),
  }
}

/**
 * Deployments of variants. Of those that share a process with the baseline, or are the baseline, there are two: so that what is compared
 * with the baseline is compared with both copies of its process.
 * @param baseline id of the variant that everything is compared with
 */
export function variantDeployments(variants: readonly Variant[], baseline: string): DeploymentPlan[] {
  const processOf = (variant: Variant) => variant.deployment?.process ?? idOf(variant)
  const twice = variants.filter((variant) => idOf(variant) === baseline).map(processOf)
  return variants.flatMap((variant): DeploymentPlan[] => {
    const id = idOf(variant)
    const plan: DeploymentPlan = { id, app: id, modulePath: variant.app.modulePath, transport: 'tcp', ...variant.deployment }
    if (!twice.includes(processOf(variant))) return [plan]
    return BASELINE_COPIES.map((copy) => {
      const process = plan.process === undefined ? {} : { process: copyId(plan.process, copy) }
      return { ...plan, ...process, id: copyId(id, copy), copy }
    })
  })
}

/** The app of the plan that a variant is. */
export function idOf({ app, key }: Pick<Variant, 'app' | 'key'>): string {
  return variantId(app.id, key)
}
