import { styleText } from 'node:util'
import type { Listener, Progress, RoundSummary } from '../measure/rig.ts'
import type { CalibrationListener, CalibrationProgress } from '../questions/calibration/part.ts'
import { formatDuration, formatPlusMinusPercent } from '../result/format.ts'
import { fitTo, plainText } from '../result/plain-text.ts'

const LONGEST_SENTENCE = 400
const LONGEST_NAME = 60
/** Without a terminal that rewrites lines: often enough to see that it goes on, seldom enough for a log. */
const SECONDS_BETWEEN_LINES = 60
/** At most five updates a second: more cannot be read, and the terminal takes CPU time from what is measured. */
const LEAST_MILLISECONDS_BETWEEN_UPDATES = 200
const BAR_WIDTH = 10
const COLUMNS_IF_UNKNOWN = 80
/** Back to the start of the line, and erase it. */
const CLEAR_LINE = '\r\u001b[2K'

const phases: Readonly<Record<Progress['phase'], string>> = {
  preflight: 'checking',
  start: 'starting apps',
  'warm-up': 'warming up',
  measure: 'measuring',
}

/**
 * Shows how a run goes: on a terminal one status line that is rewritten; elsewhere one plain line per round. Remarks and failures are
 * lines of their own in both.
 */
export function createProgress(stream: StatusStream, options: StatusLineOptions = {}) {
  const terminal = createStatusLine(stream, options)
  let lastSummary: RoundSummary | null = null
  return {
    remark: terminal.remark,
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
    stop: terminal.stop,
  } satisfies Listener & { stop(): void }
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

/** Shows how a calibration goes: on a terminal one status line that is rewritten; elsewhere one plain line per part and per minute. */
export function createCalibrationProgress(stream: StatusStream, options: StatusLineOptions = {}) {
  const terminal = createStatusLine(stream, options)
  let lastLineSeconds = 0
  return {
    remark: terminal.remark,
    partStarted({ title, elapsedSeconds, secondsLeft }) {
      lastLineSeconds = elapsedSeconds
      terminal.line(`${title}: begun after ${formatDuration(elapsedSeconds)}, ${left(secondsLeft)}`)
    },
    progress(progress) {
      terminal.status(() => calibrationLine(progress))
      if (terminal.isLive || progress.elapsedSeconds - lastLineSeconds < SECONDS_BETWEEN_LINES) return
      lastLineSeconds = progress.elapsedSeconds
      terminal.line(calibrationLine(progress))
    },
    stop: terminal.stop,
  } satisfies CalibrationListener & { stop(): void }
}

function calibrationLine({ title, partShare, sentence, elapsedSeconds, secondsLeft }: CalibrationProgress): string {
  const doing = plainText(sentence, LONGEST_SENTENCE)
  return `${title} ${progressBar(partShare)} ${formatDuration(elapsedSeconds)}, ${left(secondsLeft)}: ${doing}`
}

function left(seconds: number): string {
  return `about ${formatDuration(seconds)} left`
}

/** What is needed of `process.stderr`. */
interface StatusStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

interface StatusLineOptions {
  /** Milliseconds on any monotonic clock. */
  readonly now?: () => number
  readonly environment?: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined }
}

/**
 * Lines that stay, and on a terminal one status line below them that is rewritten. The cursor is never hidden, so there is nothing to
 * restore when the process is killed.
 */
function createStatusLine(stream: StatusStream, options: StatusLineOptions) {
  const { now = () => performance.now(), environment = process.env } = options
  const isLive = stream.isTTY === true && environment.TERM !== 'dumb'
  let lastUpdate = -Infinity
  let isShown = false
  let isStopped = false

  const clear = () => {
    if (isShown) stream.write(CLEAR_LINE)
    isShown = false
  }

  const line = (text: string) => {
    clear()
    stream.write(`${text}\n`)
  }

  return {
    /** A terminal that can rewrite a line; elsewhere nothing is shown of a status. */
    isLive,
    colour: isLive && !environment.NO_COLOR,
    line,
    /** What was said by the program or an app. */
    remark: (sentence: string) => line(plainText(sentence, LONGEST_SENTENCE)),
    /** Asks for the text only if it will be shown. */
    status(text: () => string) {
      if (!isLive || isStopped || now() - lastUpdate < LEAST_MILLISECONDS_BETWEEN_UPDATES) return
      lastUpdate = now()
      isShown = true
      // One column stays free: a full line makes some terminals go on to the next one.
      const columns = (stream.columns || COLUMNS_IF_UNKNOWN) - 1
      stream.write(`${CLEAR_LINE}${fitTo(text(), columns)}`)
    },
    /** Clears the status line for good; may be called more than once. */
    stop() {
      isStopped = true
      clear()
    },
  }
}

/** `[####------]`. @param share done, 0 to 1 */
function progressBar(share: number): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, share)))
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`
}
