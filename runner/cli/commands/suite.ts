import { calibrate } from '../../questions/calibrate.ts'
import type { CalibrateOptions } from '../../questions/calibration/options.ts'
import { type SoakOutcome, soak } from '../../questions/soak/soak.ts'
import { numbers, paragraph, texts, textTable } from '../../report/document.ts'
import { toTerminal } from '../../report/terminal.ts'
import { formatNumber } from '../../result/format.ts'
import { EXIT, writeLines } from '../output.ts'
import { createCalibrationProgress, createProgress } from '../progress.ts'
import { interruptible } from './interruptible.ts'

const USUAL_SOAK_MINUTES = 30
const MEBIBYTE = 2 ** 20

/** Measures the suite itself. @returns the exit status @throws UserError what `calibrate` throws, and why a part failed */
export async function runCalibrate(given: Partial<CalibrateOptions>): Promise<number> {
  return interruptible(createCalibrationProgress(process.stderr), async (context) => {
    const { folder, pages, interrupted, problem } = await calibrate(given, context)
    context.listener.stop()
    writeLines(pages)
    if (folder !== null) process.stderr.write(`written to ${folder}\n`)
    if (problem !== null) throw problem
    return interrupted ? EXIT.interrupted : EXIT.valid
  })
}

/** Watches a long run. @returns the exit status */
export async function runSoak({ minutes = USUAL_SOAK_MINUTES }: { readonly minutes?: number }): Promise<number> {
  return interruptible(createProgress(process.stderr), async (context) => {
    const outcome = await soak({ ...context, minutes, seed: context.freshSeed })
    context.listener.stop()
    process.stdout.write(renderSoak(outcome))
    if (context.signal.aborted) return EXIT.interrupted
    return soakHolds(outcome) ? EXIT.valid : EXIT.notValid
  })
}

/** What a soak has found, for a terminal or a pipe. */
function renderSoak(outcome: SoakOutcome): string {
  const { rounds, figures, crowd } = outcome
  const bytes = (value: number | null) => (value === null ? '?' : formatNumber(value / MEBIBYTE, 0))
  const blocks = [
    paragraph(`${rounds} rounds; the first quarter of the time does not count`),
    textTable(figures, [
      texts('what', ({ title, unit }) => `${title}, ${unit}`),
      numbers('first', ({ first }) => formatNumber(first, 1)),
      numbers('last', ({ last }) => formatNumber(last, 1)),
      numbers('change per hour', ({ slopePerHour }) => formatNumber(slopePerHour, 1)),
      texts(
        'allowed',
        ({ allowedPerHour, negligible }) => `±${formatNumber(allowedPerHour, 0)}, or ${formatNumber(negligible, 1)} in all`,
      ),
      texts('', ({ holds }) => (holds ? 'holds' : 'DOES NOT HOLD')),
    ]),
    paragraph(
      `${crowd.cells} cells of 40 apps and the baseline: ${crowd.measured} measured; runner ${bytes(crowd.runnerBytes)} MiB, load generator ${bytes(crowd.loadBytes)} MiB`,
    ),
    paragraph(`Verdict: ${soakHolds(outcome) ? 'holds' : 'does not hold'}.`),
  ]
  return toTerminal([{ blocks }])
}

/** Nothing grows, and very many apps are no problem. */
function soakHolds({ figures, crowd }: SoakOutcome): boolean {
  return figures.length > 0 && figures.every(({ holds }) => holds) && crowd.measured === crowd.cells
}
