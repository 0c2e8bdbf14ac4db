import { styleText } from 'node:util'
import type { Listener, Progress, RoundSummary } from '../measure/rig.ts'
import { formatDuration, formatPlusMinusPercent } from '../result/format.ts'
import { plainText } from '../result/plain-text.ts'
import { createStatusLine, progressBar, type StatusLineOptions, type StatusStream } from './status-line.ts'

const LONGEST_SENTENCE = 400
const LONGEST_NAME = 60

const phases: Readonly<Record<Progress['phase'], string>> = {
  preflight: 'checking',
  pilot: 'pilot',
  start: 'starting apps',
  'warm-up': 'warming up',
  measure: 'measuring',
}

/** Shows how a run goes; `stop` clears the status line, and may be called at any time and more than once. */
export interface ProgressReporter extends Required<Omit<Listener, 'sliceMeasured'>> {
  stop(): void
}

/**
 * On a terminal one status line that is rewritten; elsewhere one plain line per round. Remarks and failures are lines of their own in
 * both.
 */
export function createProgress(stream: StatusStream, options: StatusLineOptions = {}): ProgressReporter {
  const terminal = createStatusLine(stream, options)
  let lastSummary: RoundSummary | null = null
  return {
    remark: (sentence) => terminal.line(plainText(sentence, LONGEST_SENTENCE)),
    progress: (progress) => terminal.status(() => statusLine(progress, lastSummary)),
    roundFinished(summary) {
      lastSummary = summary
      if (!terminal.isLive) terminal.line(roundLine(summary))
    },
    appFailed(app, reason, hint) {
      const advice = hint === null ? '' : ` (${plainText(hint, LONGEST_SENTENCE)})`
      const sentence = `${plainText(app, LONGEST_NAME)} failed: ${plainText(reason, LONGEST_SENTENCE)}${advice}`
      terminal.line(terminal.colour ? styleText('yellow', sentence, { validateStream: false }) : sentence)
    },
    stop: () => terminal.stop(),
  }
}

function statusLine(progress: Progress, summary: RoundSummary | null): string {
  const { phase, round, expectedRounds, elapsedSeconds, secondsLeft } = progress
  // Only a summary says whether the number of rounds was given; until the first one it counts as a guess.
  const isGiven = summary !== null && summary.precisionPercent === null
  const widest = summary === null ? null : widestInterval(summary)
  return [
    `${round === 0 ? '' : `${roundOf(round, expectedRounds, isGiven)} `}${progressBar(progress.roundShare)} ${phases[phase]}`,
    formatDuration(elapsedSeconds),
    ...(secondsLeft === null ? [] : [`about ${formatDuration(secondsLeft)} left`]),
    ...(widest === null ? [] : [widest]),
  ].join(', ')
}

function roundLine(summary: RoundSummary): string {
  const { round, expectedRounds, elapsedSeconds, secondsLeft, precisionPercent } = summary
  const widest = widestInterval(summary) ?? 'widest interval not known yet'
  const parts = [
    `${formatDuration(elapsedSeconds)} elapsed`,
    ...(secondsLeft === null ? [] : [`about ${formatDuration(secondsLeft)} left`]),
    precisionPercent === null ? widest : `${widest}, aiming for ${formatPlusMinusPercent(precisionPercent)}`,
  ]
  return `${roundOf(round, expectedRounds, precisionPercent === null)}: ${parts.join(', ')}`
}

function roundOf(round: number, expected: number | null, isGiven: boolean): string {
  return expected === null ? `round ${round}` : `round ${round} of ${isGiven ? '' : '~'}${expected}`
}

function widestInterval({ widestHalfWidthPercent, widestCell }: RoundSummary): string | null {
  if (widestHalfWidthPercent === null) return null
  const cell = widestCell === null ? '' : ` (${plainText(widestCell, LONGEST_NAME)})`
  return `widest interval ${formatPlusMinusPercent(widestHalfWidthPercent)}${cell}`
}
