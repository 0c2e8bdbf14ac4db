import type { KeptRun } from '../../questions/keep-run.ts'
import { renderTerminal } from '../../report/run-report.ts'
import type { TerminalOptions } from '../../report/terminal.ts'
import { renderJson } from '../../result/json.ts'
import type { Result } from '../../result/model.ts'
import { EXIT } from '../exit-status.ts'

const WIDTH_WITHOUT_TERMINAL = 160

/** What stdout is able to show. */
export function terminalOptions(): TerminalOptions {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR
  return { colour, width: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL }
}

/** The result on stdout, on stderr where it was written. @returns the exit status of a run that came to its end */
export function showRun({ result, folder, writtenRounds }: KeptRun, json = false): number {
  // Before the first round there are empty tables only, unless an app has failed: then it is told how.
  const isEmpty = result.rounds === 0 && result.stoppedBecause !== 'failed'
  if (!isEmpty) process.stdout.write(json ? renderJson(result) : renderTerminal(result, terminalOptions()))
  if (folder !== null) {
    const written = writtenRounds < result.rounds ? `the first ${writtenRounds} rounds are kept in` : 'written to'
    process.stderr.write(`${written} ${folder}\n`)
  }
  return exitStatus(result)
}

function exitStatus(result: Result): number {
  if (result.stoppedBecause === 'interrupted') return EXIT.interrupted
  const complete = result.cells.every(({ state }) => state === 'measured')
  return complete && result.verdict !== 'invalid' ? EXIT.valid : EXIT.notValid
}
