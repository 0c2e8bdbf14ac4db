import type { Readable } from 'node:stream'

const KEPT_LINES = 20
const KEPT_LINE_LENGTH = 500

/** The last lines that a process has written, long ones cut; whatever it writes, no more than these are kept. */
export class LastLines {
  readonly #lines: string[] = []

  get lines(): readonly string[] {
    return this.#lines
  }

  add(line: string): void {
    this.#lines.push(line.replace(/\r$/, '').slice(0, KEPT_LINE_LENGTH))
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
  }

  /** Takes in all that a stream brings, until it ends. */
  readFrom(stream: Readable): void {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      // A line that does not end must not fill the memory.
      rest = lines.pop()!.slice(0, KEPT_LINE_LENGTH)
      for (const line of lines.slice(-KEPT_LINES)) this.add(line)
    })
    stream.once('end', () => {
      if (rest !== '') this.add(rest)
    })
  }
}
