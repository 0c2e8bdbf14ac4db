import { longestHeader } from '../../../apps/ask.ts'
import { mostBodyBytes } from '../../../apps/contract.ts'
import { type ExpectedJson, jsonFault } from '../../../apps/json-difference.ts'
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
  readonly #expected: Pick<ExpectedRequest, 'status' | 'body' | 'anyBody' | 'json'>
  readonly #body: Buffer

  constructor(expected: Pick<ExpectedRequest, 'status' | 'body' | 'anyBody' | 'json'>) {
    this.#expected = expected
    this.#body = Buffer.from(expected.body)
    this.mostBytes = longestHeader + mostBodyBytes(expected)
  }

  /** Remembers a complete response that was found right, by the chunks it came in. */
  learn(chunks: readonly Buffer[], head: unknown): void {
    const bytes = Buffer.concat(chunks)
    const changing = changingValues(bytes, this.pattern?.bytes ?? null, this.pattern?.changing ?? [])
    this.pattern = new Pattern(bytes, changing, head)
  }

  /** For the body of one response, which comes in parts. */
  newBody(): ComingBody {
    const { anyBody, json } = this.#expected
    return anyBody ? ANY_BODY : json === undefined ? new ExactBody(this.#body) : new JsonBody(json)
  }

  /** One sentence on what is wrong, or null when status and body are right. */
  fault(status: number, body: ComingBody): string | null {
    return status === this.#expected.status ? body.fault() : `status ${status} instead of ${this.#expected.status}`
  }

  /** One sentence on a response that has come to more than `mostBytes` without being complete. */
  excess(parserState: string): string {
    if (HEAD_STATES.has(parserState)) return `headers of more than ${longestHeader / 1024} KiB`
    return `a body that does not end instead of one of ${mostBodyBytes(this.#expected)} bytes`
  }
}

/** A body that comes in parts. */
export interface ComingBody {
  add(part: Buffer): void
  /** One sentence on what is wrong with the whole of it; null: it is right. */
  fault(): string | null
}

const ANY_BODY: ComingBody = { add() {}, fault: () => null }

/** Compared as it comes; nothing is kept of it. */
class ExactBody implements ComingBody {
  readonly #expected: Buffer
  #bytes = 0
  #isEqual = true

  constructor(expected: Buffer) {
    this.#expected = expected
  }

  add(part: Buffer): void {
    const end = this.#bytes + part.length
    this.#isEqual &&= end <= this.#expected.length && this.#expected.compare(part, 0, part.length, this.#bytes, end) === 0
    this.#bytes = end
  }

  fault(): string | null {
    if (this.#bytes !== this.#expected.length) return `a body of ${this.#bytes} bytes instead of ${this.#expected.length}`
    return this.#isEqual ? null : 'a body of the right length with wrong bytes'
  }
}

/** Kept until it is whole: members may come in any order. */
class JsonBody implements ComingBody {
  readonly #expected: ExpectedJson
  readonly #parts: Buffer[] = []

  constructor(expected: ExpectedJson) {
    this.#expected = expected
  }

  add(part: Buffer): void {
    // Sockets may read into one buffer: what is kept has to be copied.
    this.#parts.push(Buffer.from(part))
  }

  fault(): string | null {
    const difference = jsonFault(Buffer.concat(this.#parts), this.#expected)
    return difference && `other JSON: ${difference}`
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
