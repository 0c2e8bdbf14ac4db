import { compare } from '../compare.ts'
import type { CompareOptions } from '../options.ts'
import { createProgress } from '../report/progress.ts'
import { shellQuote } from '../report/shell-quote.ts'
import { interruptible } from './interruptible.ts'
import { showRun } from './show-run.ts'

/** Measures and prints. @returns the exit status @throws UserError what `compare` throws, and why a run ended before its time */
export async function runCompare(given: Partial<CompareOptions> & { readonly resume?: string }): Promise<number> {
  return interruptible(createProgress(process.stderr), async (context) => {
    const kept = await compare(given, context)
    context.listener.stop()
    const status = showRun(kept, given.json)
    const { folder, mayGoOn, problem, result } = kept
    if (folder !== null && mayGoOn && (problem !== null || result.stoppedBecause === 'interrupted')) {
      process.stderr.write(`to go on: npm run compare -- --resume ${shellQuote(folder)}\n`)
    }
    if (problem !== null) throw problem
    return status
  })
}
