import { measureQuestion, type QuestionCall } from '../../questions/measure-question.ts'
import { comparison, type Question } from '../../questions/question.ts'
import { shellQuote } from '../../result/plain-text.ts'
import { createProgress } from '../progress.ts'
import { interruptible } from './interruptible.ts'
import { showRun } from './show-run.ts'

/**
 * Measures and prints.
 * @returns the exit status
 * @throws UserError what `measureQuestion` throws, and why a run ended before its time
 */
export async function runQuestion(question: Question, call: QuestionCall): Promise<number> {
  return interruptible(createProgress(process.stderr), async (context) => {
    const kept = await measureQuestion(question, call, context)
    context.listener.stop()
    const status = showRun(kept, call.given.json)
    const { folder, mayGoOn, problem, result } = kept
    if (folder !== null && mayGoOn && (problem !== null || result.stoppedBecause === 'interrupted')) {
      process.stderr.write(`to go on: npm run ${commandOf(question)} --resume ${shellQuote(folder)}\n`)
    }
    if (problem !== null) throw problem
    return status
  })
}

function commandOf({ id }: Question): string {
  return id === comparison.id ? 'compare --' : `study -- ${id}`
}
