import type { HeldAnswers } from '../driver.ts'
import type { GatedClient } from './gate.ts'

/**
 * When the rest of an answer is requested: long after pieces come that nothing holds back, and well before the kernel acknowledges by
 * itself, which on Linux is after 40 ms at the earliest (TCP_DELACK_MIN).
 */
const HASTEN_AFTER_MILLISECONDS = 15
/** Seen: 0.05 to 0.5 ms for what Nagle's algorithm held back, 9 to 30 ms for what the app itself was not ready to send. */
const RELEASED_WITHIN_MILLISECONDS = 2

/**
 * Answers of one target that come in pieces. Their first bytes early and their last ones late has two reasons, which look alike: an app
 * that sends the head and then waits for something, or Nagle's algorithm, which keeps the second of two small writes back until the first
 * is acknowledged, while the kernel of this side puts that off. Acknowledging tells them apart: only the second kind comes at once then.
 * That is tried while warming up, once a pulse, so that nothing is changed of what is measured.
 */
export class AnswersInPieces {
  #heldMilliseconds = 0
  readonly #begun = new Map<GatedClient, number>()
  #mayHasten = false
  #hastened: { readonly client: GatedClient; readonly at: number } | null = null
  /** By request. */
  readonly #outcomes: { hastened: number; released: number }[] = []
  #request = 0

  open(request: number, isWarmUp: boolean): void {
    this.#request = request
    this.#outcomes[request] ??= { hastened: 0, released: 0 }
    this.#mayHasten = isWarmUp
    this.#hastened = null
    // What broke off in the pulse before is lost, and told there.
    this.#begun.clear()
  }

  /** A piece of an answer has come that is not its last. */
  piece(client: GatedClient): void {
    if (!this.#begun.has(client)) this.#begun.set(client, performance.now())
  }

  /** The last piece of an answer has come, or the only one. */
  last(client: GatedClient): void {
    const begunAt = this.#begun.get(client)
    if (begunAt === undefined) return
    this.#begun.delete(client)
    const now = performance.now()
    this.#heldMilliseconds += now - begunAt
    if (this.#hastened?.client !== client) return
    const outcome = this.#outcomes[this.#request]!
    outcome.hastened++
    if (now - this.#hastened.at <= RELEASED_WITHIN_MILLISECONDS) outcome.released++
    this.#hastened = null
  }

  /** @param now on `performance.now()`'s clock */
  look(now: number): void {
    if (!this.#mayHasten || this.#begun.size === 0) return
    for (const [client, begunAt] of this.#begun) {
      if (now - begunAt < HASTEN_AFTER_MILLISECONDS || !client.acknowledge()) continue
      this.#mayHasten = false
      this.#hastened = { client, at: performance.now() }
      return
    }
  }

  /** What there is to say at the end of a pulse; null: no answer was held, nor has been before. */
  take(): HeldAnswers | null {
    const ns = this.#heldMilliseconds * 1e6
    this.#heldMilliseconds = 0
    const { hastened, released } = this.#outcomes[this.#request]!
    return ns + hastened === 0 ? null : { ns, hastened, released }
  }
}
