import type autocannon from 'autocannon'

/** After so many reconnects per connection within one pulse the server is taken for gone; autocannon itself would retry forever. */
const RECONNECTS_PER_CONNECTION = 3

/** Errors of connecting that the server has no part in: no port, no file or no memory is left on this side. */
const OWN_FAULTS = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

/** Requests with times of their own, some of them due and not yet sent. */
export interface DueRequests {
  readonly length: number
  /** Takes the one that has waited longest: when it was due, on `performance.now()`'s clock; null: none waits. */
  take(): number | null
  /** Forgets those that wait. */
  drop(): void
}

/**
 * The gate between autocannon's clients and one deployment. While it is closed each client's next request is held back instead of being
 * written. Opening it lets all of them go, or lets them go one by one as requests are due; closing it stops new requests, and `owed` says
 * exactly how much is still to come.
 */
export class Gate {
  /** Requests written and not yet answered. */
  inFlight = 0
  /** Connections whose answer has come and that the server has not closed yet; only where every request has one of its own. */
  closing = 0
  /** Connections that were established or have ended, where every request has one of its own: work that no answer tells of. */
  connectionEvents = 0
  /** Requests that will never be answered because their connection broke. */
  lost = 0
  /** Connections opened again that were to be kept, or that failed. */
  reconnects = 0
  broken = false
  /** How often the gate was opened so far. */
  openings = 0
  firstProblem: string | null = null
  /** Why this side cannot open connections any more; null: it can. */
  ownFault: string | null = null
  #open = false
  #request = 0
  /** null: a free client sends at once. */
  #due: DueRequests | null = null
  readonly #clients: GatedClient[] = []
  readonly #held = new Set<GatedClient>()

  get isOpen(): boolean {
    return this.#open
  }

  /** What has to happen before a closed gate is quiet: answers, connections to be closed by the server, requests that are due. */
  get owed(): number {
    return this.inFlight + this.closing + (this.broken ? 0 : (this.#due?.length ?? 0))
  }

  /** Takes in a new client, before it connects. */
  admit(client: GatedClient): void {
    this.#clients.push(client)
  }

  /** Resolves when every client has reached the server. Rejects when it cannot be reached. */
  async connected(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.connected))
  }

  /**
   * Lets every held client send, from now on, the request of this index; a broken gate lets nothing through.
   * @param due where requests have times of their own: a client that becomes free sends the one that has waited longest
   */
  open(request: number, due: DueRequests | null = null): void {
    this.#request = request
    this.#due = due
    this.openings++
    this.#open = true
    if (this.broken || due !== null) return
    const released = [...this.#held]
    this.#held.clear()
    for (const client of released) client.send(request, 0)
  }

  /** A request that is due now: a free client sends it. False: none is free. */
  sendDue(dueAt: number): boolean {
    const [client] = this.#held
    if (client === undefined || this.broken) return false
    this.#held.delete(client)
    client.send(this.#request, dueAt)
    return true
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
    this.#due?.drop()
    const waiting = this.#clients.filter((client) => client.waiting)
    for (const client of waiting) client.reset(`no answer to a request within the drain limit`)
    for (const client of this.#clients) client.giveUpClosing()
    return waiting.length
  }

  destroy(): void {
    this.#open = false
    this.broken = true
    for (const client of this.#clients) client.destroy()
  }

  /** Called by a client that is free to send. */
  offer(client: GatedClient): void {
    const dueAt = this.broken ? null : this.#due === null ? (this.#open ? 0 : null) : this.#due.take()
    if (dueAt === null) this.#held.add(client)
    else client.send(this.#request, dueAt)
  }

  /** Called when a connection has to be opened again; false: do not try any more. */
  mayReconnect(): boolean {
    this.reconnects++
    if (this.reconnects > RECONNECTS_PER_CONNECTION * this.#clients.length) this.broken = true
    return !this.broken
  }

  problem(sentence: string): void {
    this.firstProblem ??= sentence
  }
}

/** One autocannon client whose requests pass the gate one at a time; made in autocannon's `setupClient`. */
export abstract class GatedClient {
  /** Resolves when the server has been reached; rejects when it cannot be. */
  abstract readonly connected: Promise<void>
  /** A request of this client is in flight. */
  waiting = false
  /** When its latest request was due, on `performance.now()`'s clock; 0 where requests have no times of their own. */
  dueAt = 0
  readonly client: autocannon.Client
  protected readonly gate: Gate
  protected readonly writeRequest: () => void

  constructor(client: autocannon.Client, gate: Gate) {
    this.client = client
    this.gate = gate
    gate.admit(this)
    this.writeRequest = client._doRequest
    // autocannon would walk through the list of requests; which one is sent is decided when the gate opens.
    client.requestIterator.nextRequest = () => client.requestIterator.currentRequest
    client.on('response', () => {
      this.waiting = false
      gate.inFlight--
    })
    client.on('connError', (error: NodeJS.ErrnoException) => {
      if (OWN_FAULTS.has(error.code ?? '')) gate.ownFault ??= error.message
      gate.problem(`connection error: ${error.message}`)
    })
  }

  send(request: number, dueAt: number): void {
    const { requestIterator } = this.client
    requestIterator.currentRequest = requestIterator.requests[request]!
    this.dueAt = dueAt
    this.waiting = true
    this.gate.inFlight++
    this.write()
  }

  /** Replaces the connection; a request in flight is lost. */
  reset(why: string): void {
    this.gate.problem(why)
    this.client._resetConnection()
  }

  /**
   * Acknowledges what has come so far of an answer, now instead of when the kernel likes to: an acknowledgement goes along with everything
   * that is sent, and an empty line before a request should be ignored (RFC 9112, section 2.2). False: this client cannot.
   */
  acknowledge(): boolean {
    return false
  }

  /** Waits no longer for the server to close a connection. */
  giveUpClosing(): void {}

  destroy(): void {
    this.forgetRequest()
    this.client.destroy()
  }

  protected abstract write(): void

  protected forgetRequest(): void {
    this.client.pipelinedRequests.clear()
    this.client.parser.reinitialize(this.client.parser.type)
    if (!this.waiting) return
    this.waiting = false
    this.gate.inFlight--
    this.gate.lost++
  }
}
