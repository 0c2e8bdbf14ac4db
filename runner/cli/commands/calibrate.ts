import { calibrate } from '../../questions/calibrate.ts'
import type { CalibrateOptions } from '../../questions/calibration/options.ts'
import { createCalibrationProgress } from '../calibration-progress.ts'
import { EXIT, writeLines } from '../output.ts'
import { interruptible } from './interruptible.ts'

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
