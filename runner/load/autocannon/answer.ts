import { longestHeader, usualBodyBytes } from '../../../apps/ask.ts'
import type { ExpectedRequest } from '../driver.ts'
import { type ByteSpan, changingValues } from './changing-values.ts'

/** Of autocannon's parser, as long as it has not seen the blank line behind the headers. */
const HEAD_STATES = new Set(['RESPONSE_LINE', 'HEADER'])

/**
 * The right answer to one request of one deployment. The last right response that autocannon's parser has read becomes the pattern; a
 * response equal to it byte for byte is right without being parsed again, in however many chunks it comes. That makes the check of every
 * response complete and, at the same time, the load generator cheaper. Anything else takes the long way.
 *
 * Values of headers may change from one answer to the next without making it another answer: the Date always, and those in which a
 * response that was found right differs from the pattern, such as a request id or a signed cookie. They are left out of the comparison.
 */
export class Answer {
  pattern: Pattern | null = null
  /** Bytes of a response that is not complete yet; what is longer can only be wrong, and must not fill the load process' memory. */
  readonly mostBytes: number
  readonly #status: number
  /** null: any. */
  readonly #body: Buffer | null

  constructor(expected: Pick<ExpectedRequest, 'status' | 'body' | 'anyBody'>) {
    this.#status = expected.status
    this.#body = expected.anyBody ? null : Buffer.from(expected.body)
    this.mostBytes = longestHeader + (this.#body?.length ?? usualBodyBytes)
  }

  /** Remembers a complete response that was found right, by the chunks it came in. */
  learn(chunks: readonly Buffer[], head: unknown): void {
    const bytes = Buffer.concat(chunks)
    const changing = changingValues(bytes, this.pattern?.bytes ?? null, this.pattern?.changing ?? [])
    this.pattern = new Pattern(bytes, changing, head)
  }

  /** True when `part` is what the body holds after its first `offset` bytes. */
  holds(part: Buffer, offset: number): boolean {
    if (this.#body === null) return true
    const end = offset + part.length
    return end <= this.#body.length && this.#body.compare(part, 0, part.length, offset, end) === 0
  }

  /**
   * One sentence on what is wrong, or null when status and body are right.
   * @param isEqual whether all parts of the body were what the right one holds there
   */
  fault(status: number, bodyBytes: number, isEqual: boolean): string | null {
    if (status !== this.#status) return `status ${status} instead of ${this.#status}`
    if (this.#body !== null && bodyBytes !== this.#body.length)
      return `a body of ${bodyBytes} bytes instead of ${this.#body.length}`
    return isEqual ? null : 'a body of the right length with wrong bytes'
  }

  /** One sentence on a response that has come to more than `mostBytes` without being complete. */
  excess(parserState: string): string {
    if (HEAD_STATES.has(parserState)) return `headers of more than ${longestHeader / 1024} KiB`
    return `a body that does not end instead of one of ${this.#body?.length ?? usualBodyBytes} bytes`
  }
}

/** A whole response that was found right, byte for byte, but for values that may change. */
export class Pattern {
  readonly bytes: Buffer
  /** Parts that may change, ascending. */
  readonly changing: readonly ByteSpan[]
  /** What autocannon's parser made of its head. */
  readonly head: unknown

  constructor(bytes: Buffer, changing: readonly ByteSpan[], head: unknown) {
    this.bytes = bytes
    this.changing = changing
    this.head = head
  }

  get length(): number {
    return this.bytes.length
  }

  /** True when `chunk` is what comes after the first `offset` bytes, whatever stands in the parts that may change. */
  continues(chunk: Buffer, offset: number): boolean {
    let end = offset + chunk.length
    if (end > this.bytes.length) return false
    // From the end: the body is what is most likely to be wrong.
    for (let index = this.changing.length - 1; index >= 0; index--) {
      const span = this.changing[index]!
      if (!this.#equals(chunk, offset, Math.max(offset, span.end), end)) return false
      end = Math.min(end, span.start)
    }
    return this.#equals(chunk, offset, offset, end)
  }

  /** The first bytes, in place of those that were found equal to them. */
  beginning(length: number): Buffer {
    return this.bytes.subarray(0, length)
  }

  #equals(chunk: Buffer, offset: number, from: number, to: number): boolean {
    return from >= to || this.bytes.compare(chunk, from - offset, to - offset, from, to) === 0
  }
}
