import type { Listener } from './measure/listener.ts'
import type { RoundRecord } from './measure/round.ts'
import type { RunFolder } from './report/files.ts'
import type { Result } from './result.ts'
import { type RunContext, type RunOrder, type RunOutcome, runPlan } from './run.ts'

/** A run and where it was written. */
export interface KeptRun extends Pick<RunOutcome, 'problem'> {
  readonly result: Result
  readonly folder: string
}

export interface KeepContext extends Pick<RunContext, 'signal'> {
  readonly listener: Listener
  /** Sees every finished round before it is written. */
  roundFinished?(round: RoundRecord): void
  /** What else a result has to say; called for every result that is written. */
  complete?(result: Result): Result
}

/** Measures into a folder: finished rounds and all reports are on the disk after every round, pages and charts at the end. */
export async function keepRun(order: RunOrder, folder: RunFolder, context: KeepContext): Promise<KeptRun> {
  const { listener, signal, roundFinished = () => {}, complete = (result) => result } = context
  const outcome = await runPlan(order, {
    listener,
    signal,
    async roundFinished(round, soFar, stored) {
      roundFinished(round)
      // Finished rounds only: what is in the files is what the result was made from.
      await folder.keepRound(round.slices, stored())
      await folder.writeReports(complete(soFar()))
    },
  })
  const { problem } = outcome
  const result = complete(outcome.result)
  const writing = folder.writeReports(result)
  // What could not be written is no news beside what ended the run.
  const remark = problem === null ? await writing : await writing.catch(() => null)
  if (remark !== null) listener.remark?.(remark)
  // The numbers are safe by now: a page that cannot be made is said, and can be made again from them.
  await folder.writePages(result).catch((error: Error) => {
    listener.remark?.(`report.html was not written (${error.message}); npm run report -- ${folder.path} makes it`)
  })
  return { result, folder: folder.path, problem }
}
