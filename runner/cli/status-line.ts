import { fitTo } from '../result/plain-text.ts'

/** At most five updates a second: more cannot be read, and the terminal takes CPU time from what is measured. */
const LEAST_MILLISECONDS_BETWEEN_UPDATES = 200
const BAR_WIDTH = 10
const COLUMNS_IF_UNKNOWN = 80
/** Back to the start of the line, and erase it. */
const CLEAR_LINE = '\r\u001b[2K'

/** What is needed of `process.stderr`. */
export interface StatusStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface StatusLineOptions {
  /** Milliseconds on any monotonic clock. */
  readonly now?: () => number
  readonly environment?: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined }
}

/** Lines that stay, and on a terminal one status line below them that is rewritten. */
export interface StatusLine {
  /** A terminal that can rewrite a line; elsewhere nothing is shown of a status. */
  readonly isLive: boolean
  readonly colour: boolean
  line(text: string): void
  /** Asks for the text only if it will be shown. */
  status(text: () => string): void
  /** Clears the status line for good; may be called more than once. */
  stop(): void
}

/** The cursor is never hidden, so there is nothing to restore when the process is killed. */
export function createStatusLine(stream: StatusStream, options: StatusLineOptions = {}): StatusLine {
  const { now = () => performance.now(), environment = process.env } = options
  const isLive = stream.isTTY === true && environment.TERM !== 'dumb'
  let lastUpdate = -Infinity
  let isShown = false
  let isStopped = false

  function clear(): void {
    if (isShown) stream.write(CLEAR_LINE)
    isShown = false
  }

  return {
    isLive,
    colour: isLive && !environment.NO_COLOR,
    line(text) {
      clear()
      stream.write(`${text}\n`)
    },
    status(text) {
      if (!isLive || isStopped || now() - lastUpdate < LEAST_MILLISECONDS_BETWEEN_UPDATES) return
      lastUpdate = now()
      isShown = true
      // One column stays free: a full line makes some terminals go on to the next one.
      const columns = (stream.columns || COLUMNS_IF_UNKNOWN) - 1
      stream.write(`${CLEAR_LINE}${fitTo(text(), columns)}`)
    },
    stop() {
      isStopped = true
      clear()
    },
  }
}

/** `[####------]`. @param share done, 0 to 1 */
export function progressBar(share: number): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, share)))
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`
}
