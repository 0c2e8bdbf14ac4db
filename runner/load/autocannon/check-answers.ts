import type autocannon from 'autocannon'
import type { Answer, ComingBody, Pattern } from './answer.ts'
import type { AnswersInPieces } from './answers-in-pieces.ts'
import type { GatedClient } from './gate.ts'

const UNASKED = 'bytes that were not requested'

/** What a client tells about each response. */
export interface AnswerListener {
  right(bytes: number): void
  wrong(sentence: string): void
  readonly inPieces: AnswersInPieces
}

/**
 * Puts the check of every response in front of a client's parser. Keeps at most one answer of the right length per client.
 * @param current the answer expected at the moment: that of the request the gate was opened for.
 */
export function checkAnswers(gated: GatedClient, current: () => Answer, listener: AnswerListener): void {
  const { client } = gated
  const { parser } = client
  const parse = parser.execute
  const reinitialize = parser.reinitialize
  const messageComplete = (parser.constructor as unknown as { kOnMessageComplete: number }).kOnMessageComplete
  /** The pattern that the response under way has been equal to so far, and how far; its bytes have not been parsed. */
  let followed: Pattern | null = null
  let equalBytes = 0
  /** Chunks of the response that is being parsed. */
  let parsedChunks: Buffer[] = []
  let parsedBytes = 0
  let head: { statusCode: number } | null = null
  let body: ComingBody = current().newBody()
  let completed = 0
  let allRight = true
  let recognised = false
  let surplus = false
  let guarded = false

  client.on('headers', (parsed: { statusCode: number; headers: string[] }) => {
    head = { ...parsed }
    body = current().newBody()
  })
  client.on('body', (part: Buffer) => body.add(part))
  client.on('response', (status: number, bytes: number) => {
    completed++
    if (!recognised) {
      const fault = current().fault(status, body)
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

  const isAtStart = () => parser.state === 'RESPONSE_LINE' && parser.line === ''

  const follow = (pattern: Pattern | null) => {
    followed = pattern
    equalBytes = 0
  }

  /** True when the chunk is the next part of a response that is known; the last part completes it. */
  const recognise = (pattern: Pattern, chunk: Buffer): boolean => {
    if (!pattern.continues(chunk, equalBytes)) return false
    equalBytes += chunk.length
    if (equalBytes < pattern.length) return true
    follow(null)
    client.pipelinedRequests.setHeaders(pattern.head)
    recognised = true
    parser[messageComplete]!()
    recognised = false
    return true
  }

  const takeLongWay = (chunk: Buffer, answer: Answer): number | Error => {
    if (isAtStart()) {
      parsedChunks = []
      parsedBytes = 0
      allRight = true
    }
    parsedBytes += chunk.length
    // Sockets may read into one buffer: what is kept has to be copied.
    parsedChunks.push(Buffer.from(chunk))
    surplus = false
    const parsed = parse.call(parser, chunk)
    if (surplus) return refuse(gated, listener, UNASKED)
    if (parsed instanceof Error) return refuse(gated, listener, `bytes that are no HTTP response (${parsed.message})`)
    if (completed === 0 && parsedBytes > answer.mostBytes) return refuse(gated, listener, answer.excess(parser.state))
    if (completed === 1 && isAtStart()) {
      if (allRight) answer.learn(parsedChunks, head)
      parsedChunks = []
    }
    return parsed
  }

  // Nobody reads the text that autocannon would make of every body, however long.
  client.pipelinedRequests.addBody = () => {}
  // A new connection starts with a new response.
  parser.reinitialize = (type) => {
    follow(null)
    reinitialize.call(parser, type)
  }

  const read = (chunk: Buffer): number | Error => {
    // autocannon sets its handlers only after `setupClient`.
    if (!guarded) guard()
    completed = 0
    // Bytes nobody requested would crash autocannon's queue.
    if (!gated.waiting) return refuse(gated, listener, UNASKED)
    const answer = current()
    if (followed === null && isAtStart()) follow(answer.pattern)
    const pattern = followed
    if (pattern !== null) {
      if (recognise(pattern, chunk)) return chunk.length
      const unparsed = pattern.beginning(equalBytes)
      follow(null)
      if (unparsed.length > 0) takeLongWay(unparsed, answer)
    }
    return takeLongWay(chunk, answer)
  }

  parser.execute = (chunk) => {
    const wasAsked = gated.waiting
    const result = read(chunk)
    if (completed > 0) listener.inPieces.last(gated)
    else if (wasAsked && gated.waiting) listener.inPieces.piece(gated)
    return result
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
    'parser.reinitialize': client.parser?.reinitialize,
    'pipelinedRequests.addByteCount': client.pipelinedRequests?.addByteCount,
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
