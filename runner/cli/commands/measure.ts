import type { KeptRun } from '../../questions/keep-run.ts'
import { measureQuestion, type QuestionCall } from '../../questions/measure-question.ts'
import { comparison, type Question } from '../../questions/question.ts'
import { renderTerminal } from '../../report/run-report.ts'
import { renderJson } from '../../result/json.ts'
import type { Result } from '../../result/model.ts'
import { shellQuote } from '../../result/plain-text.ts'
import { EXIT, terminalOptions } from '../output.ts'
import { createProgress } from '../progress.ts'
import { interruptible } from './interruptible.ts'

/**
 * Measures and prints.
 * @returns the exit status
 * @throws UserError what `measureQuestion` throws, and why a run ended before its time
 */
export async function runQuestion(question: Question, call: QuestionCall): Promise<number> {
  return interruptible(createProgress(process.stderr), async (context) => {
    const kept = await measureQuestion(question, call, context)
    context.listener.stop()
    showRun(kept, call.given.json)
    const { folder, mayGoOn, problem, result } = kept
    if (folder !== null && mayGoOn && (problem !== null || result.stoppedBecause === 'interrupted')) {
      const command = question.id === comparison.id ? 'compare --' : `study -- ${question.id}`
      process.stderr.write(`to go on: npm run ${command} --resume ${shellQuote(folder)}\n`)
    }
    if (problem !== null) throw problem
    const isFailed = question.isFailed?.(result, call.own ?? {}) === true
    return isFailed && exitStatus(result) === EXIT.valid ? EXIT.notValid : exitStatus(result)
  })
}

/** The result on stdout, on stderr where it was written. */
function showRun({ result, folder, writtenRounds }: KeptRun, json = false): void {
  // Before the first round there are empty tables only, unless an app has failed: then it is told how.
  const isEmpty = result.rounds === 0 && result.stoppedBecause !== 'failed'
  if (!isEmpty) process.stdout.write(json ? renderJson(result) : renderTerminal(result, terminalOptions()))
  if (folder === null) return
  const written = writtenRounds < result.rounds ? `the first ${writtenRounds} rounds are kept in` : 'written to'
  process.stderr.write(`${written} ${folder}\n`)
}

/** Of a run that came to its end. */
function exitStatus({ stoppedBecause, cells, verdict }: Result): number {
  if (stoppedBecause === 'interrupted') return EXIT.interrupted
  const complete = cells.every(({ state }) => state === 'measured')
  return complete && verdict !== 'invalid' ? EXIT.valid : EXIT.notValid
}
