import autocannon from 'autocannon'
import * as hdr from 'hdr-histogram-js'
import type { CellLatencies, LoadTarget } from '../driver.ts'
import { encodeHistogram, HIGHEST_LATENCY_MICROSECONDS, latencyHistogram } from '../latency-histogram.ts'
import { Answer } from './answer.ts'
import { AnswersInPieces } from './answers-in-pieces.ts'
import { type AnswerListener, assertClientShape, checkAnswers } from './check-answers.ts'
import { FreshClient, KeptClient, readIntoOneBuffer } from './clients.ts'
import { Gate } from './gate.ts'
import type { OpenLoop } from './open-loop.ts'

/** autocannon must not stop by itself: the runner says when, and a lost runner ends the process. Seconds. */
const FOREVER_SECONDS = 86_400
/** Answers that come in several chunks are read in a cheaper way; the short ones of a comparison as autocannon always does. */
const LONG_BODY_BYTES = 32 * 1024

/** The connections to one deployment, its gate, and what is counted while the gate is open. */
export class PulsedTarget implements AnswerListener {
  readonly id: string
  readonly connections: number
  readonly gate = new Gate()
  readonly inPieces = new AnswersInPieces()
  /** Right answers since the last pulse ended. */
  rightAnswers = 0
  wrongAnswers = 0
  receivedBytes = 0
  /** `performance.now()` of the first and the latest right answer since the last pulse ended. */
  firstAnswerAt = 0
  lastAnswerAt = 0
  /**
   * A lap is as many answers as there are connections. How many answers whole laps have so far, and when the first and the latest ended;
   * the lap that is under way when the gate closes is the last one that counts.
   */
  lapAnswers = 0
  firstLapAt = 0
  lastLapAt = 0
  #lastLapEnded = false
  #request = 0
  #recordLatency = false
  #openLoop: OpenLoop | null = null
  readonly #answers: Answer[]
  readonly #latencies: hdr.Histogram[]

  constructor(target: LoadTarget) {
    this.id = target.id
    this.connections = target.connections
    this.#answers = target.requests.map((request) => new Answer(request))
    this.#latencies = target.requests.map(() => latencyHistogram())
    const { address } = target
    autocannon(
      {
        url: address.transport === 'tcp' ? `http://${address.host}:${address.port}` : 'http://localhost',
        ...(address.transport === 'unix' ? { socketPath: address.path } : {}),
        connections: target.connections,
        pipelining: 1,
        duration: FOREVER_SECONDS,
        timeout: FOREVER_SECONDS,
        sampleInt: 1000,
        requests: target.requests.map(({ path, request }) => ({ method: 'GET', path, ...request })),
        setupClient: (client) => {
          if (target.requests.some(({ body }) => body.length > LONG_BODY_BYTES)) readIntoOneBuffer(client, address)
          this.#setUp(client, target.keepAlive ?? true)
        },
        // Its own histograms hold whole milliseconds and several megabytes each; nobody reads them.
        histograms: { latencies: tinyHistogram(), requests: tinyHistogram(), throughput: tinyHistogram() },
        skipAggregateResult: true,
      },
      () => {},
    )
  }

  /** Opens the gate for the request of this index; @param openLoop where requests have times of their own */
  open(request: number, recordLatency: boolean, openLoop: OpenLoop | null = null): void {
    this.#request = request
    this.#recordLatency = recordLatency
    this.#openLoop = openLoop
    this.inPieces.open(request, !recordLatency)
    this.gate.open(request, openLoop)
  }

  /** Counts from zero, for the next pulse: it also tells of bytes that nobody requested and of connections closed before it. */
  startOver(): void {
    this.rightAnswers = 0
    this.lapAnswers = 0
    this.#lastLapEnded = false
    this.wrongAnswers = 0
    this.receivedBytes = 0
    this.gate.startOver()
  }

  right(bytes: number): void {
    this.lastAnswerAt = performance.now()
    if (this.rightAnswers++ === 0) this.firstAnswerAt = this.lastAnswerAt
    if (this.rightAnswers % this.connections === 0 && !this.#lastLapEnded) this.#lapEnded()
    this.receivedBytes += bytes
  }

  wrong(sentence: string): void {
    this.wrongAnswers++
    this.gate.problem(`the server answered with ${sentence}`)
  }

  latencies(): CellLatencies[] {
    const { id: target } = this
    return this.#latencies.map((histogram, request) => ({ target, request, histogram: encodeHistogram(histogram) }))
  }

  #lapEnded(): void {
    if (this.lapAnswers === 0) this.firstLapAt = this.lastAnswerAt
    this.lastLapAt = this.lastAnswerAt
    this.lapAnswers = this.rightAnswers
    this.#lastLapEnded = !this.gate.isOpen
  }

  #setUp(client: autocannon.Client, keepAlive: boolean): void {
    assertClientShape(client)
    const gated = keepAlive ? new KeptClient(client, this.gate) : new FreshClient(client, this.gate)
    checkAnswers(gated, () => this.#answers[this.#request]!, this)
    let openingOfLast = 0
    client.on('response', (_status: number, _bytes: number, milliseconds: number) => {
      if (this.#openLoop !== null) return this.#openLoop.answered(gated.dueAt)
      // All connections send at once when the gate opens: the first answer of each one tells of the rush, not of the load.
      const first = openingOfLast !== this.gate.openings
      openingOfLast = this.gate.openings
      if (first || !this.#recordLatency) return
      const microseconds = Math.min(HIGHEST_LATENCY_MICROSECONDS, Math.max(1, Math.round(milliseconds * 1000)))
      this.#latencies[this.#request]!.recordValue(microseconds)
    })
  }
}

function tinyHistogram(): hdr.Histogram {
  return hdr.build({ numberOfSignificantValueDigits: 1, autoResize: true, bitBucketSize: 32, useWebAssembly: false })
}
