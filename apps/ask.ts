import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Where a deployment listens. A unix socket's path is absolute. */
export type Address =
  | { readonly transport: 'tcp'; readonly host: string; readonly port: number }
  | { readonly transport: 'unix'; readonly path: string }

/** The address as one line for people: `http://127.0.0.1:4711` or `unix:/tmp/app.sock`. */
export function formatAddress(address: Address): string {
  if (address.transport === 'unix') return `unix:${address.path}`
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return `http://${host}:${address.port}`
}

/** What is sent beside the path; absent: GET, without a body. */
export interface AskedRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Bounds of one request, so that a deployment that misbehaves can neither hang nor fill its examiner. */
export interface AskLimits {
  /** Time for the whole answer, its last byte included. */
  readonly timeoutMs: number
  /** What is longer is cut off; absent: 64 KiB. */
  readonly longestBodyBytes?: number
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal
  readonly request?: AskedRequest
}

export interface Answer {
  readonly status: number
  /** Statuses of informational responses (1xx) that came before it, each once. */
  readonly informational: readonly number[]
  /** Names and values as sent, in the order sent. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** Bytes of status line, headers and the blank line after them, as on the wire. */
  readonly headerBytes: number
  /** The body, or as much of it as the limits allow. */
  readonly body: Buffer
  /** Why the body did not arrive as a whole; null if it did. */
  readonly incomplete: string | null
  /** The connection the answer came on, to be compared by identity. */
  readonly connection: Socket
}

/** Not even a status line and headers came back. */
export class NoAnswerError extends Error {
  override readonly name: string = 'NoAnswerError'
  /** The other side closed the connection, rather than refusing it or staying silent. */
  readonly closed: boolean

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.code === 'HPE_HEADER_OVERFLOW' ? `headers of more than ${longestHeader / 1024} KiB` : cause.message, { cause })
    this.closed = cause.code === 'ECONNRESET' || cause.code === 'EPIPE'
  }
}

/** Of status line and headers, bytes; under load as well. */
export const longestHeader = 16 * 1024
/** Longer than any answer of the contract that all apps share. */
export const usualBodyBytes = 64 * 1024

/**
 * Sends one request over the agent's connections and reads the answer.
 *
 * @throws {NoAnswerError} if no headers came back in time, or none that are HTTP or shorter than 16 KiB
 */
export function ask(agent: Agent, address: Address, path: string, limits: AskLimits): Promise<Answer> {
  const { timeoutMs, longestBodyBytes: longestBody = usualBodyBytes, signal, request: asked } = limits
  const where = address.transport === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port }

  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const request = httpRequest({ ...where, path, agent, maxHeaderSize: longestHeader, ...sentWith(asked) })
    let response: IncomingMessage | undefined
    let bytesBefore = 0
    const informational = new Set<number>()
    const chunks: Buffer[] = []
    let bodyBytes = 0

    const finish = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => {
      finish(() => reject(signal?.reason))
      request.destroy()
    }
    // After headers an answer that breaks off still has things to tell; before them there is nothing to look at.
    const fail = (error: NodeJS.ErrnoException) => {
      finish(() => (response === undefined ? reject(new NoAnswerError(error)) : resolve(answer(response, error.message))))
      request.destroy()
    }
    const answer = (from: IncomingMessage, incomplete: string | null): Answer => {
      const body = Buffer.concat(chunks).subarray(0, longestBody)
      const headers = pairs(from.rawHeaders)
      const counted = request.socket!.bytesRead - bytesBefore - bodyBytes
      // The socket's count also holds the frames of a chunked body and whatever follows, so it is right for whole, plain answers only.
      const isPlain = incomplete === null && from.headers['content-length'] !== undefined
      const headerBytes = isPlain ? counted : spelledOut(from, headers)
      const before = { status: from.statusCode ?? 0, informational: [...informational] }
      return { ...before, headers, headerBytes, body, incomplete, connection: request.socket! }
    }

    const timer = setTimeout(() => fail(new Error(`not answered within ${timeoutMs} ms`)), timeoutMs)
    signal?.addEventListener('abort', abort)
    request.once('socket', (socket) => {
      bytesBefore = socket.bytesRead
    })
    request.on('error', fail)
    request.on('information', ({ statusCode }) => void informational.add(statusCode))
    // Without this Node would close the connection and say nothing.
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy()
      fail(new Error(`status ${statusCode} takes the connection for another protocol, which was not requested`))
    })
    request.on('response', (incoming) => {
      response = incoming
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bodyBytes += chunk.length
        if (bodyBytes > longestBody) fail(new Error(`body is longer than ${longestBody} bytes`))
      })
      incoming.on('error', (error) => fail(new Error(`broke off after ${bodyBytes} bytes of body (${error.message})`)))
      incoming.on('end', () => finish(() => resolve(answer(incoming, null))))
    })
    request.end(asked?.body)
  })
}

function pairs(rawHeaders: string[]): Array<readonly [string, string]> {
  return Array.from({ length: rawHeaders.length / 2 }, (_, i) => [rawHeaders[2 * i]!, rawHeaders[2 * i + 1]!] as const)
}

/** Bytes of the headers as servers usually write them: `Name: value`, CR LF. */
function spelledOut(response: IncomingMessage, headers: ReadonlyArray<readonly [string, string]>): number {
  const lines = [`HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`]
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  return Buffer.byteLength(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

function sentWith(asked: AskedRequest | undefined) {
  if (asked === undefined) return {}
  const { method, headers, body } = asked
  return { method, headers: body === undefined ? headers : { 'Content-Length': String(Buffer.byteLength(body)), ...headers } }
}
