import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

const KEPT_LINES = 20
const KEPT_LINE_LENGTH = 500
const READ_BYTES = 16 * 1024
/** What a server prints beyond this is cut off from the beginning, while it goes on. */
const MOST_BYTES = 4 * 2 ** 20
const LOOK_MILLISECONDS = 1_000

/**
 * Where a server's stdout and stderr go: a file of its private folder. Nobody reads it while the server works: a pipe would have to be read,
 * and one that is full stops who writes into it.
 */
export class OutputFile {
  /** For the server's file descriptors 1 and 2. */
  readonly descriptor: number
  readonly #timer: NodeJS.Timeout
  #lines: readonly string[] = []
  #open = true

  constructor(folder: string) {
    // Whoever appends goes on at the new end of a file that was cut.
    this.descriptor = openSync(join(folder, 'output'), 'a+')
    this.#timer = setInterval(() => this.#bound(), LOOK_MILLISECONDS).unref()
  }

  /** The last lines, long ones cut. */
  get lastLines(): readonly string[] {
    if (this.#open) this.#lines = this.#read()
    return this.#lines
  }

  /** The folder may be removed then; the last lines are kept. */
  close(): void {
    if (!this.#open) return
    this.#lines = this.#read()
    this.#open = false
    clearInterval(this.#timer)
    closeSync(this.descriptor)
  }

  #bound(): void {
    if (fstatSync(this.descriptor).size > MOST_BYTES) ftruncateSync(this.descriptor)
  }

  #read(): readonly string[] {
    const { size } = fstatSync(this.descriptor)
    const length = Math.min(size, READ_BYTES)
    const buffer = Buffer.alloc(length)
    const read = readSync(this.descriptor, buffer, 0, length, size - length)
    const lines = buffer.toString('utf8', 0, read).split('\n')
    if (lines.at(-1) === '') lines.pop()
    return lines.slice(-KEPT_LINES).map((line) => line.replace(/\r$/, '').slice(0, KEPT_LINE_LENGTH))
  }
}
