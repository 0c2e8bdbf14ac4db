import type { CalibrationListener, CalibrationProgress } from '../questions/calibration/part.ts'
import { formatDuration } from '../result/format.ts'
import { plainText } from '../result/plain-text.ts'
import { createStatusLine, progressBar, type StatusLineOptions, type StatusStream } from './status-line.ts'

const LONGEST_SENTENCE = 400
/** Without a terminal that rewrites lines: often enough to see that it goes on, seldom enough for a log. */
const SECONDS_BETWEEN_LINES = 60

/** Shows how a calibration goes; `stop` clears the status line. */
export interface CalibrationReporter extends CalibrationListener {
  stop(): void
}

/** On a terminal one status line that is rewritten; elsewhere one plain line per part and per minute. */
export function createCalibrationProgress(stream: StatusStream, options: StatusLineOptions = {}): CalibrationReporter {
  const terminal = createStatusLine(stream, options)
  let lastLineSeconds = 0
  return {
    remark: (sentence) => terminal.line(plainText(sentence, LONGEST_SENTENCE)),
    partStarted({ title, elapsedSeconds, secondsLeft }) {
      lastLineSeconds = elapsedSeconds
      terminal.line(`${title}: begun after ${formatDuration(elapsedSeconds)}, ${left(secondsLeft)}`)
    },
    progress(progress) {
      terminal.status(() => statusLine(progress))
      if (terminal.isLive || progress.elapsedSeconds - lastLineSeconds < SECONDS_BETWEEN_LINES) return
      lastLineSeconds = progress.elapsedSeconds
      terminal.line(statusLine(progress))
    },
    stop: () => terminal.stop(),
  }
}

function statusLine({ title, partShare, sentence, elapsedSeconds, secondsLeft }: CalibrationProgress): string {
  const doing = plainText(sentence, LONGEST_SENTENCE)
  return `${title} ${progressBar(partShare)} ${formatDuration(elapsedSeconds)}, ${left(secondsLeft)}: ${doing}`
}

function left(seconds: number): string {
  return `about ${formatDuration(seconds)} left`
}
