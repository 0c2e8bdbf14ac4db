import { thisMachine } from '../machine/machine-reader.ts'
import { notPinned, placeOnCpus, remarkOnPlacement } from '../machine/placement.ts'
import { type CompareOptions, configOf, withDefaults, withOwnEndpoints } from '../measure/options.ts'
import type { Listener } from '../measure/rig.ts'
import { openRunFolder, reopenRunFolder } from '../report/files.ts'
import { UserError } from '../result/errors.ts'
import type { Result } from '../result/model.ts'
import { installApp } from '../servers/app-versions.ts'
import { knownApps, type ResolvedApp } from '../servers/find-app.ts'
import { packageCacheFolder } from '../servers/package-cache.ts'
import { type KeptRun, keepRun } from './keep-run.ts'
import { comparison, type OwnValues, type PreparedQuestion, type Question, type QuestionContext } from './question.ts'
import { resolveApps } from './resolve.ts'
import { readStoppedRun, resumedOptions, resumedValues } from './resume.ts'
import { openRig } from './rigs.ts'
import { withholdInvalid } from './studies/study.ts'

/** What was given on the command line. */
export interface QuestionCall {
  /** Options that every question has in common with `compare`. */
  readonly given: Partial<CompareOptions>
  /** Of the question alone; absent: none. */
  readonly own?: OwnValues
  /** All of them as they were written, by their flags. */
  readonly texts?: Readonly<Record<string, string>>
  /** What a file for `compare -- --config` says beside the options that every question has; absent: no such file can ask for this. */
  readonly config?: Readonly<Record<string, unknown>>
  /** A stopped run to go on with: its folder, its result, or a link to one of them. */
  readonly resume?: string
}

export interface MeasureContext {
  /** Where paths given by the user start. */
  readonly cwd: string
  readonly signal: AbortSignal
  readonly listener: Listener
  readonly freshSeed: number
  readonly startedAt: Date
}

/**
 * The story on one page: options to a plan, apps and load on a rig, rounds until it is known, findings, answer, files.
 * @throws UserError for a mistake in the call or a missing program, before anything is measured; RunError when the machine fails
 */
export async function measureQuestion(question: Question, call: QuestionCall, context: MeasureContext): Promise<KeptRun> {
  const { listener, signal, startedAt, cwd, freshSeed } = context
  const { given, own = {} } = call
  const stopped = call.resume === undefined ? null : await readStoppedRun(call.resume, question.id)
  const asked = () => withOwnEndpoints(questionOptions(question, given, freshSeed), cwd)
  const options = stopped === null ? asked() : resumedOptions(stopped, { ...given, ...own })
  const values = stopped === null ? own : resumedValues(stopped, question.ownOptions)
  const missing = (await question.missing?.(values)) ?? null
  if (missing !== null) throw new UserError('program-missing', `the study ${question.id} cannot be run: ${missing}`)
  const apps = await installed(resolveApps(options.apps, cwd, options.baseline), context)
  const mostLanes = options.lanes ?? Number.POSITIVE_INFINITY
  const placement = options.driver === 'fake' ? notPinned('nothing runs in a simulation') : placeOnCpus(thisMachine, mostLanes)
  const remark = (sentence: string) => void listener.remark?.(sentence)
  const known = { apps, placement, remark }
  const prepared = await question.prepare(options, values, known)
  try {
    const opened = await openRig(options.driver, options.seed, placement)
    const [rig, ...moreLanes] = [opened.rig, ...opened.moreLanes].map((lane) => prepared.rig?.(lane) ?? lane)
    const folder = await (stopped === null
      ? openRunFolder(options.out, question.id, startedAt)
      : reopenRunFolder(stopped.folder, stopped.repair))
    if (stopped !== null) remark(`going on after round ${stopped.records.length} of the run in ${stopped.folder}`)
    remarkBefore(options, known)
    // What a result says of a study beside its options; nothing for a comparison.
    const study = { study: question.id, given: stopped?.result.options.given ?? call.texts ?? {} }
    const config = call.config === undefined ? null : configOf(options, call.config)
    const order = {
      ...(question.id === comparison.id ? {} : study),
      config: stopped === null ? config : stopped.result.config,
      ...{ options, placement, stopped, apps: prepared.apps, plan: prepared.plan, opened: { ...opened, rig: rig!, moreLanes } },
      startedAt: stopped === null ? startedAt : new Date(stopped.result.startedAt),
    }
    const complete = (result: Result) => answered(result, question, prepared)
    return await keepRun(order, folder, { listener, signal, complete }).finally(folder.close)
  } finally {
    await prepared.cleanUp?.()
  }
}

/** Wanted versions of packages and of Node, installed beside the project. @throws UserError when npm cannot do that */
async function installed(apps: readonly ResolvedApp[], { cwd, listener }: MeasureContext): Promise<ResolvedApp[]> {
  const ready: ResolvedApp[] = []
  for (const app of apps) {
    const wanted = [
      ...(app.wish === undefined ? [] : [app.given]),
      ...(app.own?.node === undefined ? [] : [`Node ${app.own.node}`]),
    ]
    for (const what of wanted) listener.remark?.(`${what} is installed into ${packageCacheFolder()}, unless it is there`)
    ready.push(await installApp(app, cwd))
  }
  return ready
}

/** What was given, else what is usual for the question, else what is usual for `compare`. */
export function questionOptions(
  { defaults, quick }: Question,
  given: Partial<CompareOptions>,
  freshSeed: number,
): CompareOptions {
  return withDefaults({ ...defaults, ...(given.quick ? quick : {}), ...given }, knownApps(), freshSeed)
}

function answered(result: Result, { question }: Question, { answer }: PreparedQuestion): Result {
  return answer === undefined ? result : { ...result, answer: withholdInvalid(result, { question, ...answer(result) }) }
}

/** What a reader of the terminal should know before anything is measured. */
function remarkBefore(options: CompareOptions, { apps, placement, remark }: QuestionContext): void {
  const doubt = options.driver === 'fake' ? null : remarkOnPlacement(placement)
  if (doubt !== null) remark(doubt)
  const { baseline } = options
  if (!options.apps.includes(baseline)) remark(`${baseline} is measured as well: every other app is compared with it`)
  for (const { given, modulePath, insideProject } of apps) {
    if (!insideProject) remark(`${given} is code from outside this project: ${modulePath}`)
  }
}
