import type autocannon from 'autocannon'

/** Errors of connecting that the server has no part in: no port, no file or no memory is left on this side. */
const OWN_FAULTS = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

/** What a client tells its gate, and asks of it. */
export interface ClientGate {
  inFlight: number
  closing: number
  /** Connections that were established or have ended, where every request has one of its own: work that no answer tells of. */
  connectionEvents: number
  lost: number
  /** Why this side cannot open connections any more; null: it can. */
  ownFault: string | null
  /** The client is free to send. */
  offer(client: GatedClient): void
  /** Called when a connection has to be opened again; false: do not try any more. */
  mayReconnect(): boolean
  readonly firstProblem: string | null
  problem(sentence: string): void
}

/** One autocannon client whose requests pass the gate one at a time. */
export abstract class GatedClient {
  /** Resolves when the server has been reached; rejects when it cannot be. */
  abstract readonly connected: Promise<void>
  /** A request of this client is in flight. */
  waiting = false
  /** When its latest request was due, on `performance.now()`'s clock; 0 where requests have no times of their own. */
  dueAt = 0
  readonly client: autocannon.Client
  protected readonly gate: ClientGate
  protected readonly writeRequest: () => void

  constructor(client: autocannon.Client, gate: ClientGate) {
    this.client = client
    this.gate = gate
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
   * that is sent, and an empty line before a request is ignored (RFC 9112, section 2.2). False: this client cannot.
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

/** A client that stays connected. */
export class KeptClient extends GatedClient {
  readonly connected: Promise<void>

  constructor(client: autocannon.Client, gate: ClientGate) {
    super(client, gate)
    client._doRequest = () => gate.offer(this)
    this.connected = this.#watchConnecting()
  }

  override acknowledge(): boolean {
    this.client.conn.write('\r\n')
    return true
  }

  protected write(): void {
    this.writeRequest.call(this.client)
  }

  #watchConnecting(): Promise<void> {
    const { client, gate } = this
    const connect = client._connect
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Nobody may be waiting for the connection any more when it fails; that must not end the load process.
    promise.catch(() => {})
    let connectedOnce = false
    let attempts = 0
    client._connect = () => {
      if (attempts++ > 0) {
        gate.problem('the server closed the connection')
        this.forgetRequest()
        if (!gate.mayReconnect()) {
          if (!connectedOnce) reject(new Error(gate.firstProblem ?? 'cannot connect'))
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
}
