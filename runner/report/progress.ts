import { styleText } from 'node:util'
import type { Listener, Progress, RoundSummary } from '../measure/listener.ts'
import { formatDuration, formatPlusMinusPercent } from './format.ts'
import { fitTo, plainText } from './plain-text.ts'

/** At most five updates a second: more cannot be read, and the terminal takes CPU time from what is measured. */
const LEAST_MILLISECONDS_BETWEEN_UPDATES = 200
const BAR_WIDTH = 10
const LONGEST_SENTENCE = 400
const LONGEST_NAME = 60
const COLUMNS_IF_UNKNOWN = 80
/** Back to the start of the line, and erase it. */
const CLEAR_LINE = '\r\u001b[2K'

const phases: Readonly<Record<Progress['phase'], string>> = {
  preflight: 'checking',
  pilot: 'pilot',
  start: 'starting apps',
  'warm-up': 'warming up',
  measure: 'measuring',
}

/** What is needed of `process.stderr`. */
export interface ProgressStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface ProgressOptions {
  /** Milliseconds on any monotonic clock. */
  readonly now?: () => number
  readonly environment?: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined }
}

/** Shows how a run goes; `stop` clears the status line, and may be called at any time and more than once. */
export interface ProgressReporter extends Required<Omit<Listener, 'sliceMeasured'>> {
  stop(): void
}

/**
 * On a terminal one status line that is rewritten; elsewhere one plain line per round. Remarks and failures are lines of their own in
 * both. The cursor is never hidden, so there is nothing to restore when the process is killed.
 */
export function createProgress(stream: ProgressStream, options: ProgressOptions = {}): ProgressReporter {
  const { now = () => performance.now(), environment = process.env } = options
  const isLive = stream.isTTY === true && environment.TERM !== 'dumb'
  const colour = isLive && !environment.NO_COLOR
  let lastUpdate = -Infinity
  let lastSummary: RoundSummary | null = null
  let isShown = false
  let isStopped = false

  function clear(): void {
    if (isShown) stream.write(CLEAR_LINE)
    isShown = false
  }

  function line(text: string): void {
    clear()
    stream.write(`${text}\n`)
  }

  return {
    remark: (sentence) => line(plainText(sentence, LONGEST_SENTENCE)),
    progress(progress) {
      if (!isLive || isStopped || now() - lastUpdate < LEAST_MILLISECONDS_BETWEEN_UPDATES) return
      lastUpdate = now()
      isShown = true
      // One column stays free: a full line makes some terminals go on to the next one.
      const columns = (stream.columns || COLUMNS_IF_UNKNOWN) - 1
      stream.write(`${CLEAR_LINE}${fitTo(statusLine(progress, lastSummary), columns)}`)
    },
    roundFinished(summary) {
      lastSummary = summary
      if (!isLive) line(roundLine(summary))
    },
    appFailed(app, reason, hint) {
      const advice = hint === null ? '' : ` (${plainText(hint, LONGEST_SENTENCE)})`
      const sentence = `${plainText(app, LONGEST_NAME)} failed: ${plainText(reason, LONGEST_SENTENCE)}${advice}`
      line(colour ? styleText('yellow', sentence, { validateStream: false }) : sentence)
    },
    stop() {
      isStopped = true
      clear()
    },
  }
}

function statusLine(progress: Progress, summary: RoundSummary | null): string {
  const { phase, round, expectedRounds, elapsedSeconds, secondsLeft } = progress
  // Only a summary says whether the number of rounds was given; until the first one it counts as a guess.
  const isGiven = summary !== null && summary.precisionPercent === null
  const widest = summary === null ? null : widestInterval(summary)
  return [
    `${round === 0 ? '' : `${roundOf(round, expectedRounds, isGiven)} `}${bar(progress)} ${phases[phase]}`,
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

function bar({ roundShare }: Progress): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, roundShare)))
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`
}
