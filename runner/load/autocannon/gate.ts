import type autocannon from 'autocannon'

/** After so many reconnects per connection within one pulse the server is taken for gone; autocannon itself would retry forever. */
const RECONNECTS_PER_CONNECTION = 3

/**
 * The gate between autocannon's clients and one deployment. Clients stay connected; while the gate is closed each one's next
 * request is held back instead of being written. Opening it lets all of them go, closing it stops new requests, and `inFlight`
 * says exactly how many answers are still owed.
 */
export class Gate {
  /** Requests written and not yet answered. */
  inFlight = 0
  /** Requests that will never be answered because their connection broke. */
  lost = 0
  /** Connections opened again after they had stood. */
  reconnects = 0
  broken = false
  /** How often the gate was opened so far. */
  openings = 0
  firstProblem: string | null = null
  #open = false
  #request = 0
  readonly #clients: GatedClient[] = []
  readonly #held = new Set<GatedClient>()

  get isOpen(): boolean {
    return this.#open
  }

  /** Takes in a client from autocannon's `setupClient`, before it connects. */
  admit(client: autocannon.Client): GatedClient {
    const gated = new GatedClient(client, this)
    this.#clients.push(gated)
    return gated
  }

  /** Resolves when every client's socket stands. Rejects when the server cannot be reached. */
  async connected(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.connected))
  }

  /** Lets every held client send, from now on, the request of this index; a broken gate lets nothing through. */
  open(request: number): void {
    this.#request = request
    this.openings++
    this.#open = true
    if (this.broken) return
    const released = [...this.#held]
    this.#held.clear()
    for (const client of released) client.send(request)
  }

  close(): void {
    this.#open = false
  }

  /** Counts from zero: once a pulse has been reported, so that what happens to idle connections is told by the next one. */
  startOver(): void {
    this.lost = 0
    this.reconnects = 0
    this.firstProblem = null
  }

  /** Gives up on answers that never came: their connections are replaced and their requests counted as lost. Returns how many. */
  abandon(): number {
    const waiting = this.#clients.filter((client) => client.waiting)
    for (const client of waiting) client.reset(`no answer to a request within the drain limit`)
    return waiting.length
  }

  destroy(): void {
    this.#open = false
    this.broken = true
    for (const client of this.#clients) client.destroy()
  }

  /** Called by a client that is free to send. */
  offer(client: GatedClient): void {
    if (this.#open && !this.broken) client.send(this.#request)
    else this.#held.add(client)
  }

  /** Called when a standing connection has to be opened again; false: do not try any more. */
  mayReconnect(): boolean {
    this.reconnects++
    if (this.reconnects > RECONNECTS_PER_CONNECTION * this.#clients.length) this.broken = true
    return !this.broken
  }

  problem(sentence: string): void {
    this.firstProblem ??= sentence
  }
}

/** One autocannon client whose requests pass the gate one at a time. */
export class GatedClient {
  readonly connected: Promise<void>
  /** A request of this client is in flight. */
  waiting = false
  readonly client: autocannon.Client
  readonly #gate: Gate
  readonly #writeRequest: () => void

  constructor(client: autocannon.Client, gate: Gate) {
    this.client = client
    this.#gate = gate
    this.#writeRequest = client._doRequest
    client._doRequest = () => gate.offer(this)
    // autocannon would walk through the list of requests; which one is sent is decided when the gate opens.
    client.requestIterator.nextRequest = () => client.requestIterator.currentRequest
    client.on('response', () => {
      this.waiting = false
      gate.inFlight--
    })
    client.on('connError', (error: Error) => gate.problem(`connection error: ${error.message}`))
    this.connected = this.#watchConnecting()
  }

  send(request: number): void {
    const { requestIterator } = this.client
    requestIterator.currentRequest = requestIterator.requests[request]!
    this.waiting = true
    this.#gate.inFlight++
    this.#writeRequest.call(this.client)
  }

  /** Replaces the connection; a request in flight is lost. */
  reset(why: string): void {
    this.#gate.problem(why)
    this.client._resetConnection()
  }

  destroy(): void {
    this.#forgetRequest()
    this.client.destroy()
  }

  #watchConnecting(): Promise<void> {
    const { client } = this
    const connect = client._connect
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Nobody may be waiting for the connection any more when it fails; that must not end the load process.
    promise.catch(() => {})
    let connectedOnce = false
    let attempts = 0
    client._connect = () => {
      if (attempts++ > 0) {
        this.#gate.problem('the server closed the connection')
        this.#forgetRequest()
        if (!this.#gate.mayReconnect()) {
          if (!connectedOnce) reject(new Error(this.#gate.firstProblem ?? 'cannot connect'))
          return
        }
      }
      connect.call(client)
      client.conn.setNoDelay(true)
      client.conn.once('connect', () => {
        connectedOnce = true
        resolve()
      })
    }
    return promise
  }

  #forgetRequest(): void {
    this.client.pipelinedRequests.clear()
    this.client.parser.reinitialize(this.client.parser.type)
    if (!this.waiting) return
    this.waiting = false
    this.#gate.inFlight--
    this.#gate.lost++
  }
}
