import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NUMBERS_PER_SAMPLE } from '../../../apps/burning/burn-samples.ts'

/** One call of a burning workload that a server has timed itself. */
export interface BurnSample {
  readonly startedNs: number
  /** By the clock on the wall, with what a look at it takes. */
  readonly tookNs: number
  /** Number of the call among all of its process, timed or not. */
  readonly call: number
}

const FINISHED = /^\d+\.f64$/

/**
 * What the processes of an app have left of `apps/burning/burn-samples.ts` since the last look; the files are removed. Call it when the
 * processes have ended: one that was killed leaves nothing.
 * @param zeroNs where the clock that `startedNs` shall be on has its zero, on the kernel's monotonic clock
 */
export function takeSampleFiles(folder: string, zeroNs: number): BurnSample[] {
  const paths = readdirSync(folder).flatMap((name) => (FINISHED.test(name) ? [join(folder, name)] : []))
  return paths.flatMap((path) => {
    // A copy: the buffer of a small file may begin anywhere in a shared one.
    const numbers = new Float64Array(new Uint8Array(readFileSync(path)).buffer)
    rmSync(path)
    return Array.from({ length: numbers.length / NUMBERS_PER_SAMPLE }, (_, index) => {
      const [startedNs, tookNs, call] = numbers.subarray(index * NUMBERS_PER_SAMPLE)
      return { startedNs: startedNs! - zeroNs, tookNs: tookNs!, call: call! }
    })
  })
}
