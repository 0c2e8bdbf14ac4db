import { connect } from 'node:net'
import type autocannon from 'autocannon'
import type { Address } from '../../../apps/ask.ts'
import { type Gate, GatedClient } from './gate.ts'

/** What autocannon writes, and what has to stand there so that the server closes the connection (RFC 9112, section 9.6). */
const KEPT = 'Connection: keep-alive\r\n'
const CLOSED = 'Connection: close\r\n'

/** As much as Node reads at once by itself. Bytes. */
const BUFFER_BYTES = 64 * 1024

/** What all sockets of this process read into: nothing is kept of a chunk once it has been compared. */
const buffer = Buffer.alloc(BUFFER_BYTES)

/** A client that stays connected. */
export class KeptClient extends GatedClient {
  readonly connected: Promise<void>
  readonly #connect: () => void
  #hasAcknowledged = false

  constructor(client: autocannon.Client, gate: Gate) {
    super(client, gate)
    client._doRequest = () => (this.#hasAcknowledged ? this.#renew() : gate.offer(this))
    const connect = client._connect
    this.#connect = connect
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Nobody may be waiting for the connection any more when it fails; that must not end the load process.
    promise.catch(() => {})
    this.connected = promise
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
  }

  override acknowledge(): boolean {
    this.client.conn.write('\r\n')
    this.#hasAcknowledged = true
    return true
  }

  /**
   * A new connection after an empty line, before anything else is sent: Python's http.server, for one, takes the line for the end. Nothing is
   * lost by it, and nothing of it is the server's fault, so it does not count.
   */
  #renew(): void {
    const { client } = this
    this.#hasAcknowledged = false
    client.conn.removeAllListeners()
    client.conn.on('error', () => {})
    client.conn.destroy()
    this.#connect.call(client)
    client.conn.setNoDelay(true)
  }

  protected write(): void {
    this.writeRequest.call(this.client)
  }
}

/**
 * A client that opens a connection for every request, and is free again when the server has closed it. The server closes first, so the
 * sockets that have to wait (TIME_WAIT, a minute each) are on its side, and the ports of this side are free at once.
 */
export class FreshClient extends GatedClient {
  readonly connected: Promise<void>
  readonly #connect: () => void
  readonly #reached = Promise.withResolvers<void>()
  /** `trying` whether the server can be reached at all; `free`, without a connection; `asking`; `answered`, but not yet closed. */
  #state: 'trying' | 'free' | 'asking' | 'answered' = 'trying'
  #tries = 0

  constructor(client: autocannon.Client, gate: Gate) {
    super(client, gate)
    this.#connect = client._connect
    this.connected = this.#reached.promise
    // Nobody may be waiting for it any more when it fails.
    this.connected.catch(() => {})
    for (const request of client.requestIterator.requests) {
      const text = request.requestBuffer!.toString('latin1')
      request.requestBuffer = Buffer.from(text.replace(KEPT, CLOSED), 'latin1')
    }
    // Called by autocannon when it has begun to connect, and the socket keeps what is written until then; and after every answer.
    client._doRequest = () => {
      if (this.#state === 'asking') this.writeRequest.call(client)
    }
    client.on('response', () => {
      this.#state = 'answered'
      gate.closing++
    })
    // Called by autocannon's constructor, and whenever a connection has ended or failed.
    client._connect = () => (this.#state === 'trying' ? this.#try() : this.#ended())
  }

  override giveUpClosing(): void {
    if (this.#state !== 'answered') return
    this.gate.problem('the server did not close a connection that it was asked to close')
    this.gate.mayReconnect()
    this.#ended()
  }

  protected write(): void {
    const { client, gate } = this
    this.#state = 'asking'
    this.#connect.call(client)
    client.conn.once('connect', () => void gate.connectionEvents++)
  }

  #try(): void {
    const { client, gate } = this
    if (this.#tries++ > 0 && !gate.mayReconnect()) {
      this.#reached.reject(new Error(gate.firstProblem ?? 'cannot connect'))
      return
    }
    this.#connect.call(client)
    client.conn.once('connect', () => {
      this.#ended()
      this.#reached.resolve()
    })
  }

  /** The connection is over: as it should be after an answer, else with a request on it. */
  #ended(): void {
    const { client, gate } = this
    client.conn.removeAllListeners('error')
    client.conn.on('error', () => {})
    client.conn.destroy()
    gate.connectionEvents++
    if (this.#state === 'answered') gate.closing--
    if (this.#state === 'asking') {
      gate.problem('the server closed the connection')
      this.forgetRequest()
      gate.mayReconnect()
    }
    this.#state = 'free'
    gate.offer(this)
  }
}

/**
 * Lets a client's sockets read into one buffer, over and over. By itself Node takes a fresh one for every read; with answers of 100,000
 * bytes that is most of what the load generator does: 58 µs of user and 80 µs of system time per answer instead of 20 and 40. Does what
 * autocannon's `_connect` does otherwise, so it has to come before the gate takes the client in.
 */
export function readIntoOneBuffer(client: autocannon.Client, address: Address): void {
  const where = address.transport === 'unix' ? { path: address.path } : { host: address.host, port: address.port }
  client._connect = () => {
    const read = (length: number) => {
      client.pipelinedRequests.addByteCount(length)
      client.parser.execute(buffer.subarray(0, length))
      return true
    }
    client.conn = connect({ ...where, onread: { buffer, callback: read } })
    client.conn.on('error', (error) => {
      client.emit('connError', error)
      if (!client.destroyed) client._connect()
    })
    client.conn.on('end', () => {
      if (!client.destroyed) client._connect()
    })
    client._doRequest()
  }
}
