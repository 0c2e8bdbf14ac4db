import type { CellCheck } from './cell-facts.ts'
import { type FindingKind, findingOf, fixed, signed } from './finding-kind.ts'
import { excludes } from './interval.ts'

/** A change of the cost within rounds that matters, percent: as large as the precision requested. */
const DRIFT_PERCENT = 1
/** What helper threads take less in the second half of a round than in the first, percent of the CPU time: a cost of the same share. */
const COMPILING_PERCENT = 1

const drifts: FindingKind['message'] = ({ driftPercent, low, high }) =>
  `the cost drifts by ${signed(driftPercent, 1)} [${signed(low, 1)}, ${signed(high, 1)}] within a round: ` +
  `${Number(driftPercent) < 0 ? 'the app was still warming up' : 'each request is more expensive than the one before'}`

export const driftKinds = {
  'still-warming': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The cost changes by more than ${DRIFT_PERCENT} % (or the precision requested, if that is coarser) from the first block of a round to the last: the whole interval of this change over the rounds, corrected for the number of cells, lies beyond it. What the baseline costs in the same block is taken off first, so that a machine that changes its speed is not mistaken for it. Mostly the warm-up was too short; an app that leaks time drifts too.`,
    message: drifts,
    advice: 'Give it a longer --warm-up; if it drifts all the same, look for something in the app that grows.',
  },
  'slightly-warming': {
    severity: 'note',
    scope: 'cell',
    meaning: `As still-warming, but only the value lies beyond ${DRIFT_PERCENT} %; of the interval, it is proven no more than that it excludes none. The mean over a round is off by half of a steady drift at the most, which is less than the precision requested.`,
    message: drifts,
    advice: 'Give it a longer --warm-up if half of this drift matters to you.',
  },
  'still-compiling': {
    severity: 'suspect',
    scope: 'cell',
    meaning: `Threads of the app that run no event loop, which are V8's compiler and garbage collector, take more than ${COMPILING_PERCENT} % (or the precision requested, if that is coarser) more of its CPU time in the first half of a round than in the second, and the interval of that excludes none. The app was measured while it was still being compiled, which costs a server once and a request nothing.`,
    message: ({ helperFallPercent, low, high }) =>
      `compiler and garbage collector take ${fixed(helperFallPercent, 1)} [${fixed(low, 1)}, ${fixed(high, 1)}] % more of the CPU time in the first half of a round than in the second: the app was still being compiled`,
    advice: 'Give it a longer --warm-up, or more time with --max-minutes.',
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(driftKinds)

/** Does the cost still change while it is measured, by more than matters? */
export const checkWarm: CellCheck = ({ figures: { driftPercent: drift }, precisionPercent }) => {
  const allowed = Math.max(DRIFT_PERCENT, precisionPercent ?? 0)
  if (drift === null || Math.abs(drift.value) <= allowed || !excludes(drift, 0)) return []
  const facts = { driftPercent: drift.value, low: drift.low, high: drift.high }
  // The mean over a round is off by half of a steady drift; it has to be proven to matter before it makes the number suspect.
  const proven = drift.value < 0 ? excludes(drift, -allowed) : excludes(drift, allowed)
  return [finding(proven ? 'still-warming' : 'slightly-warming', facts)]
}

/** Was the app's code still being compiled while it was measured, by more than matters? */
export const checkCompiled: CellCheck = ({ figures: { helperFallPercent: fall }, precisionPercent }) => {
  const allowed = Math.max(COMPILING_PERCENT, precisionPercent ?? 0)
  if (fall === null || fall.value <= allowed || !excludes(fall, 0)) return []
  return [finding('still-compiling', { helperFallPercent: fall.value, low: fall.low, high: fall.high })]
}
