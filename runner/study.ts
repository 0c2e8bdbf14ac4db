import { knownApps } from '../apps/app.ts'
import { openBench } from './benches.ts'
import { type CompareContext, remarkBefore } from './compare.ts'
import { notPinned, placeOnCpus } from './environment/cpus.ts'
import { UserError } from './errors.ts'
import { type KeptRun, keepRun } from './keep-run.ts'
import type { CompareOptions } from './options.ts'
import { withDefaults } from './options.ts'
import { openRunFolder } from './report/files.ts'
import { resolveApps } from './resolve.ts'
import { guardedAnswer } from './studies/guarded-answer.ts'
import type { OwnValues, Study } from './studies/study.ts'

/** What was given on the command line. */
export interface StudyCall {
  /** Options that every study has in common with `compare`. */
  readonly given: Partial<CompareOptions>
  /** Of the study alone. */
  readonly own: OwnValues
  /** All of them as they were written, by their flags. */
  readonly texts: Readonly<Record<string, string>>
}

/**
 * One study from its question to its files: options to cells, a run of the engine, the answer beside the result.
 * @throws UserError for a mistake in the call or a missing program, before anything is measured; RunError when the machine fails
 */
export async function measureStudy(study: Study, { given, own, texts }: StudyCall, context: CompareContext): Promise<KeptRun> {
  const { listener, signal, startedAt, cwd } = context
  const missing = await study.missing(own)
  if (missing !== null) throw new UserError('program-missing', `the study ${study.id} cannot be run: ${missing}`)
  const options = studyOptions(study, given, context.freshSeed)
  const apps = resolveApps(options.apps, cwd)
  const placement = options.driver === 'fake' ? notPinned('nothing runs in a simulation') : placeOnCpus()
  const remark = (sentence: string) => void listener.remark?.(sentence)
  const prepared = await study.prepare(options, own, { apps, placement, remark })
  try {
    const opened = await openBench(options.driver, options.seed, placement)
    const bench = prepared.bench?.(opened.bench) ?? opened.bench
    const folder = await openRunFolder(options.out, study.id, startedAt)
    remarkBefore({ options, apps, placement }, listener)
    const order = {
      ...{ study: study.id, given: texts, options, apps: prepared.apps, plan: prepared.plan },
      ...{ placement, opened: { ...opened, bench }, startedAt },
    }
    try {
      return await keepRun(order, folder, {
        ...{ listener, signal },
        roundFinished: (round) => prepared.roundFinished?.(round),
        complete: (result) => ({ ...result, answer: guardedAnswer(result, prepared.answer(result)) }),
      })
    } finally {
      await folder.close()
    }
  } finally {
    await prepared.cleanUp?.()
  }
}

/** What was given, else what is usual for the study, else what is usual for `compare`. */
export function studyOptions(study: Study, given: Partial<CompareOptions>, freshSeed: number): CompareOptions {
  const usual = { ...study.defaults, ...(given.quick ? study.quick : {}) }
  return withDefaults({ ...usual, ...given }, knownApps(), freshSeed)
}
