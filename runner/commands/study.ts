import { createProgress } from '../report/progress.ts'
import type { Study } from '../studies/study.ts'
import { measureStudy, type StudyCall } from '../study.ts'
import { interruptible } from './interruptible.ts'
import { showRun } from './show-run.ts'

/** Measures a study and prints its answer. @returns the exit status @throws UserError what `measureStudy` throws, and why a run ended before its time */
export async function runStudy(study: Study, call: StudyCall): Promise<number> {
  return interruptible(createProgress(process.stderr), async (context) => {
    const kept = await measureStudy(study, call, context)
    context.listener.stop()
    const status = showRun(kept, call.given.json)
    if (kept.problem !== null) throw kept.problem
    return status
  })
}
