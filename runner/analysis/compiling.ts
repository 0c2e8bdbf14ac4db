import type { Slice } from '../measure/sample.ts'

/** Halves of fewer blocks say nothing. */
const FEWEST_BLOCKS = 4

export type HelpedSlice = Pick<Slice, 'block' | 'serverCpuNs' | 'helperCpuNs'>

/**
 * By how much the share of the CPU time that helper threads take falls from the first half of a round's blocks to the second, as a
 * difference of shares. V8's compiler works on such threads, and what it still does while a round is measured is no cost of a request. The
 * share knows nothing of the machine's speed, so it shows an app that is cold where the cost is too noisy to drift visibly.
 * @param slices of one app and endpoint that count, of one round
 * @returns null with too few blocks, or where helper threads are not known
 */
export function helperFall(slices: readonly HelpedSlice[]): number | null {
  const blocks = [...new Set(slices.map(({ block }) => block))].sort((a, b) => a - b)
  if (blocks.length < FEWEST_BLOCKS) return null
  const middle = blocks[Math.floor(blocks.length / 2)]!
  const first = helperShare(slices.filter(({ block }) => block < middle))
  const second = helperShare(slices.filter(({ block }) => block >= middle))
  return first === null || second === null ? null : first - second
}

/** Of all CPU time of the slices; null where it is not known. Samples of older versions have no such field. */
function helperShare(slices: readonly HelpedSlice[]): number | null {
  let [helperNs, cpuNs] = [0, 0]
  for (const { serverCpuNs, helperCpuNs } of slices) {
    if (helperCpuNs === null || helperCpuNs === undefined) return null
    helperNs += helperCpuNs
    cpuNs += serverCpuNs
  }
  return cpuNs > 0 ? helperNs / cpuNs : null
}
