import type { CompareOptions } from '../../measure/options.ts'
import { BASELINE_COPIES, ownStart, type Plan } from '../../measure/plan.ts'
import type { Answer, AnswerBody } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import { copyId, variantId } from '../../result/ids.ts'
import type { Result } from '../../result/model.ts'
import { chosenFrom, list } from '../../result/option-values.ts'
import type { DeploymentPlan } from '../../servers/deployment.ts'
import { type AppRecipe, type ResolvedApp, writeGeneratedApps } from '../../servers/find-app.ts'
import type { OwnValues, PreparedQuestion, Question, QuestionContext } from '../question.ts'
import { asOptionsSay, planOf, sliceFor } from '../resolve.ts'

export interface PreparedStudy extends PreparedQuestion {
  answer(result: Result): AnswerBody
}

/** A question beyond the comparison. */
export interface Study extends Question {
  readonly title: string
  /** Of the documentation, that shows its published run; absent: studies. */
  readonly page?: 'origins'
  /** With --quick: to the end in less than five minutes. */
  readonly quick: Pick<CompareOptions, 'maxMinutes'> & Partial<Pick<CompareOptions, 'precision' | 'rounds'>>
  /** Rows that cannot be measured on this machine, and what brings them, as a sentence; null, or absent: there are none. */
  lacking?(): string | null
  /** Options of `compare` that mean nothing here; absent: none. */
  readonly without?: readonly (keyof CompareOptions)[]
  /** Lines for --help. */
  readonly examples: readonly string[]
  prepare(options: CompareOptions, own: OwnValues, context: QuestionContext): Promise<PreparedStudy>
}

/**
 * What may be said of a run: nothing, and nothing is drawn, when a finding of the whole run makes every number invalid; the figures stay
 * in the tables, for whoever looks for the fault. Cells that are invalid by themselves are the study's to leave out.
 */
export function withholdInvalid({ findings }: Pick<Result, 'findings'>, answer: Answer): Answer {
  const codes = [...new Set(findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => code))]
  if (codes.length === 0) return answer
  const notice = `This run is invalid (${codes.join(', ')}): it does not answer the question.`
  const tables = answer.tables.map((table) => ({ ...table, title: `invalid: ${table.title}`, note: notice }))
  return { ...answer, sentences: [notice], charts: [], tables }
}

/** One way of deploying or asking an app: a row of a study. */
export interface Variant {
  readonly base: ResolvedApp
  /** Id of the base. */
  readonly app: string
  /** Of the app of the plan that it is. */
  readonly id: string
  /** Makes its module. Absent: it is that of the base. */
  readonly recipe?: Omit<AppRecipe, 'id'>
  /** What differs from a plain deployment. */
  readonly deployment?: Partial<Omit<DeploymentPlan, 'id' | 'app'>>
}

/** @param key what sets it apart, part of its id: letters, digits, dots and dashes; null: the app as it is */
export function variantOf(base: ResolvedApp, key: string | null = null): Variant {
  return { base, app: base.id, id: variantId(base.id, key) }
}

/**
 * What a study of variants measures: every variant is an app of the plan. Modules that have to be made are written, to be removed again.
 * @param own what of the plan is the study's own. The first variant is what everything is compared with, unless it says otherwise.
 */
export async function prepareVariants(
  options: CompareOptions,
  variants: readonly Variant[],
  answer: PreparedStudy['answer'],
  own: Partial<Omit<Plan, 'deployments'>> = {},
): Promise<PreparedStudy> {
  const program = variants.find(({ base, recipe }) => recipe !== undefined && base.program !== undefined)
  if (program !== undefined) {
    const hint = 'name apps of Node in --apps'
    throw new UserError('no-module', `${program.base.given} is a program, and this study changes modules`, { hint })
  }
  const recipes = variants.flatMap(({ id, recipe }) => (recipe ? [{ id, ...recipe }] : []))
  const generated = recipes.length === 0 ? null : await writeGeneratedApps(recipes)
  const apps = variants.map(({ base, id }) => ({ ...base, id }))
  const made = variants.map((variant): Variant => {
    const modulePath = generated?.apps.find(({ id }) => id === variant.id)?.modulePath ?? variant.base.modulePath
    return { ...variant, deployment: { modulePath, transport: options.transport, ...variant.deployment } }
  })
  const plan = { ...planOf(options, apps), ...own }
  const deployments = variantDeployments(made, plan.baseline).map((one) => asOptionsSay(options, one))
  return {
    plan: { ...plan, deployments, sliceMilliseconds: sliceFor(options, deployments) },
    apps,
    answer,
    cleanUp: async () => generated?.remove(),
  }
}

/**
 * Deployments of variants. Of those that share a process with the baseline, or are the baseline, there are two: so that what is compared
 * with the baseline is compared with both copies of its process.
 * @param baseline id of the variant that everything is compared with
 */
export function variantDeployments(variants: readonly Variant[], baseline: string): DeploymentPlan[] {
  const processOf = ({ id, deployment }: Variant) => deployment?.process ?? id
  const twice = variants.filter(({ id }) => id === baseline).map(processOf)
  return variants.flatMap((variant): DeploymentPlan[] => {
    const { id, base, deployment } = variant
    const plan: DeploymentPlan = { id, app: id, modulePath: base.modulePath, transport: 'tcp', ...ownStart(base), ...deployment }
    if (!twice.includes(processOf(variant))) return [plan]
    return BASELINE_COPIES.map((copy) => {
      const process = plan.process === undefined ? {} : { process: copyId(plan.process, copy) }
      return { ...plan, ...process, id: copyId(id, copy), copy }
    })
  })
}

/** Parses some of a set of names; each once. */
export function someOf<Name extends string>(what: string, known: readonly Name[]): (text: string) => Name[] {
  return (text) => [...new Set(list(text).map((name) => chosenFrom(what, known, name)))]
}

/** Numbers that were given, or the usual ones; each once, the smallest first. */
export function ascending(given: unknown, usual: readonly number[]): number[] {
  return [...new Set((given as number[] | undefined) ?? usual)].sort((a, b) => a - b)
}
