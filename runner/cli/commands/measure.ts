import type { KeptRun } from '../../questions/keep-run.ts'
import { measureQuestion, type QuestionCall } from '../../questions/measure-question.ts'
import { comparison, type Question } from '../../questions/question.ts'
import { renderTerminal } from '../../report/run-report.ts'
import type { TerminalOptions } from '../../report/terminal.ts'
import { prettyJson, renderJson } from '../../result/json.ts'
import type { Result } from '../../result/model.ts'
import { shellQuote } from '../../result/plain-text.ts'
import { EXIT } from '../output.ts'
import { createProgress } from '../progress.ts'
import { interruptible } from './interruptible.ts'

const WIDTH_WITHOUT_TERMINAL = 160
const USUAL_SOAK_MINUTES = 30

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
    return exitStatus(result)
  })
}

/** Looks at the machine. @returns the exit status */
export async function runDoctor({ json }: { readonly json?: boolean }): Promise<number> {
  const [{ EXAMINATION_SECONDS, examineMachine }, { renderExamination }] = await Promise.all([
    import('../../questions/doctor.ts'),
    import('../doctor-report.ts'),
  ])
  process.stderr.write(`looking at this machine for about ${EXAMINATION_SECONDS} seconds\n`)
  const examination = await examineMachine(new Date())
  process.stdout.write(json ? prettyJson(examination) : renderExamination(examination, terminalOptions()))
  return examination.fit ? EXIT.valid : EXIT.notValid
}

/** Watches a long run. @returns the exit status */
export async function runSoak({ minutes = USUAL_SOAK_MINUTES }: { readonly minutes?: number }): Promise<number> {
  const [{ soak }, { renderSoak, soakHolds }] = await Promise.all([
    import('../../questions/soak/soak.ts'),
    import('../soak-report.ts'),
  ])
  return interruptible(createProgress(process.stderr), async (context) => {
    const outcome = await soak({ ...context, minutes, seed: context.freshSeed })
    context.listener.stop()
    process.stdout.write(renderSoak(outcome))
    if (context.signal.aborted) return EXIT.interrupted
    return soakHolds(outcome) ? EXIT.valid : EXIT.notValid
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

/** What stdout is able to show. */
function terminalOptions(): TerminalOptions {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR
  return { colour, width: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL }
}

/** Of a run that came to its end. */
function exitStatus({ stoppedBecause, cells, verdict }: Result): number {
  if (stoppedBecause === 'interrupted') return EXIT.interrupted
  const complete = cells.every(({ state }) => state === 'measured')
  return complete && verdict !== 'invalid' ? EXIT.valid : EXIT.notValid
}
