import type { Socket } from 'node:net'
import { type App, variantOf } from '../app.ts'

/** How an app is to write its responses, where that is not as it does by itself. */
export interface Writing {
  /**
   * Nagle's algorithm is on (TCP_NODELAY off), as it was by default until Node 16: a small segment waits for as long as an earlier one is
   * not acknowledged.
   */
  readonly nagle?: boolean
  /**
   * The head of every response goes to the kernel in one write and the body in another, as servers did that wrote both as they came.
   * Whatever the framework does, it is done below it, on the socket.
   */
  readonly twoWrites?: boolean
}

/** The app, writing in another way. */
export function writtenOtherwise(app: App, { nagle = false, twoWrites = false }: Writing): App {
  return variantOf(app, [twoWrites && 'two writes', nagle && 'Nagle on'].filter(Boolean).join(', '), async (workload) => {
    const server = await app.createServer(workload)
    if (twoWrites) server.on('connection', splitWrites)
    if (nagle) server.on('connection', (socket) => void socket.setNoDelay(false))
    return server
  })
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** What Writable calls to hand on a chunk, or several at once. */
interface Writable {
  _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void
  _writev: ((chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], done: (error?: Error | null) => void) => void) | null
}

function splitWrites(socket: Socket): void {
  const writing = socket as unknown as Writable
  const write = writing._write
  writing._write = (chunk, encoding, done) => {
    const bytes = bytesOf(chunk, encoding)
    const end = bytes.indexOf(END_OF_HEAD)
    const bodyAt = end + END_OF_HEAD.length
    if (end < 0 || bodyAt === bytes.length) return write.call(socket, chunk, encoding, done)
    write.call(socket, bytes.subarray(0, bodyAt), 'buffer' as BufferEncoding, (error) => {
      if (error) done(error)
      else write.call(socket, bytes.subarray(bodyAt), 'buffer' as BufferEncoding, done)
    })
  }
  // What Node has gathered to send at once comes as one chunk, so that it is split as well.
  writing._writev = (chunks, done) => {
    const all = Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)))
    writing._write(all, 'buffer' as BufferEncoding, done)
  }
}

function bytesOf(chunk: Buffer | string, encoding: BufferEncoding): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
}
