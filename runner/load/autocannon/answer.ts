import type autocannon from 'autocannon'
import { longestHeader } from '../../../apps/ask.ts'
import type { ExpectedRequest } from '../driver.ts'
import { type ByteSpan, changingValues } from './changing-values.ts'
import type { GatedClient } from './gate.ts'

/** Of autocannon's parser, as long as it has not seen the blank line behind the headers. */
const HEAD_STATES = new Set(['RESPONSE_LINE', 'HEADER'])

/**
 * The right answer to one request of one deployment. The first right response that autocannon's parser has read becomes the
 * pattern; a response equal to it byte for byte is right without being parsed again. That makes the check of every response
 * complete and, at the same time, the load generator cheaper. Anything else takes the long way.
 *
 * Values of headers may change from one answer to the next without making it another answer: the Date always, and those in which a
 * response that was found right differs from the pattern, such as a request id or a signed cookie. They are left out of the comparison.
 */
export class Answer {
  readonly #status: number
  readonly #body: Buffer
  #pattern: Buffer | null = null
  /** Parts of the pattern that may change, ascending. */
  #changing: readonly ByteSpan[] = []
  /** What autocannon's parser made of the pattern's head. */
  head: unknown = null
  /** Bytes of a response that is not complete yet; what is longer can only be wrong, and must not fill the load process' memory. */
  readonly mostBytes: number

  constructor(expected: ExpectedRequest) {
    this.#status = expected.status
    this.#body = Buffer.from(expected.body)
    this.mostBytes = longestHeader + this.#body.length
  }

  /** True when `chunk` is the whole answer, equal to an earlier one that was found right. */
  recognises(chunk: Buffer): boolean {
    const pattern = this.#pattern
    if (pattern === null || chunk.length !== pattern.length) return false
    // From the end: the body is what is most likely to be wrong.
    let end = pattern.length
    for (let index = this.#changing.length - 1; index >= 0; index--) {
      const span = this.#changing[index]!
      if (pattern.compare(chunk, span.end, end, span.end, end) !== 0) return false
      end = span.start
    }
    return pattern.compare(chunk, 0, end, 0, end) === 0
  }

  /** Remembers a complete response that was found right. */
  learn(chunk: Buffer, head: unknown): void {
    this.#changing = changingValues(chunk, this.#pattern, this.#changing)
    this.#pattern = Buffer.from(chunk)
    this.head = head
  }

  /** One sentence on what is wrong, or null when status and body are right. */
  fault(status: number, body: Buffer): string | null {
    if (status !== this.#status) return `status ${status} instead of ${this.#status}`
    if (body.equals(this.#body)) return null
    if (body.length !== this.#body.length) return `a body of ${body.length} bytes instead of ${this.#body.length}`
    return 'a body of the right length with wrong bytes'
  }

  /** One sentence on a response that has come to more than `mostBytes` without being complete. */
  excess(parserState: string): string {
    if (HEAD_STATES.has(parserState)) return `headers of more than ${longestHeader / 1024} KiB`
    return `a body that does not end instead of one of ${this.#body.length} bytes`
  }
}

const UNASKED = 'bytes that were not asked for'

/** What a client tells about each response. */
export interface AnswerListener {
  right(bytes: number): void
  wrong(sentence: string): void
}

/**
 * Puts the check of every response in front of a client's parser.
 * @param current the answer expected at the moment: that of the request the gate was opened for.
 */
export function checkAnswers(gated: GatedClient, current: () => Answer, listener: AnswerListener): void {
  const { client } = gated
  const { parser } = client
  const parse = parser.execute
  const messageComplete = (parser.constructor as unknown as { kOnMessageComplete: number }).kOnMessageComplete
  let head: { statusCode: number } | null = null
  let body: Buffer[] = []
  let completed = 0
  let received = 0
  let allRight = true
  let recognised = false
  let surplus = false
  let guarded = false

  client.on('headers', (parsed: { statusCode: number; headers: string[] }) => {
    head = { ...parsed }
    body = []
  })
  client.on('body', (part: Buffer) => body.push(part))
  client.on('response', (status: number, bytes: number) => {
    completed++
    if (!recognised) {
      const fault = current().fault(status, Buffer.concat(body))
      if (fault !== null) {
        allRight = false
        return listener.wrong(fault)
      }
    }
    listener.right(bytes)
  })

  /** Two answers in one chunk: the second is nobody's, and autocannon would take it for that of a request just sent, or crash. */
  const guard = () => {
    const complete = parser[messageComplete]!
    parser[messageComplete] = () => {
      if (completed === 0) complete.call(parser)
      else surplus = true
    }
    guarded = true
  }

  parser.execute = (chunk) => {
    // autocannon sets its handlers only after `setupClient`.
    if (!guarded) guard()
    completed = 0
    // Bytes nobody asked for would crash autocannon's queue.
    if (!gated.waiting) return refuse(gated, listener, UNASKED)
    const answer = current()
    const atStart = parser.state === 'RESPONSE_LINE' && parser.line === ''
    if (atStart && answer.recognises(chunk)) {
      client.pipelinedRequests.setHeaders(answer.head)
      recognised = true
      parser[messageComplete]!()
      recognised = false
      return chunk.length
    }
    allRight = true
    surplus = false
    received = atStart ? chunk.length : received + chunk.length
    const parsed = parse.call(parser, chunk)
    if (surplus) return refuse(gated, listener, UNASKED)
    if (parsed instanceof Error) return refuse(gated, listener, `bytes that are no HTTP response (${parsed.message})`)
    if (completed === 0 && received > answer.mostBytes) return refuse(gated, listener, answer.excess(parser.state))
    const whole = atStart && completed === 1 && parser.state === 'RESPONSE_LINE' && parser.line === ''
    if (whole && allRight) answer.learn(chunk, head)
    return parsed
  }
}

/** autocannon ignores what its parser cannot read and would wait for ever: count it and start on a new connection. */
function refuse(gated: GatedClient, listener: AnswerListener, sentence: string): number {
  listener.wrong(sentence)
  gated.reset(`the server sent ${sentence}`)
  return 0
}

/** Fails early, and clearly, when an autocannon of another version looks different inside. */
export function assertClientShape(client: autocannon.Client): void {
  const parts = {
    _connect: client._connect,
    _doRequest: client._doRequest,
    _resetConnection: client._resetConnection,
    'parser.execute': client.parser?.execute,
    'pipelinedRequests.clear': client.pipelinedRequests?.clear,
    'requestIterator.nextRequest': client.requestIterator?.nextRequest,
  }
  const missing = Object.entries(parts).filter(([, part]) => typeof part !== 'function')
  if (missing.length > 0) {
    throw new Error(
      `this autocannon has no client.${missing.map(([name]) => name).join(', client.')}: use the version in package-lock.json`,
    )
  }
}
