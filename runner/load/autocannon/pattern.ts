import type { ByteSpan } from './changing-values.ts'

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
