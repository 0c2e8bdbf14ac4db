import type { Socket } from 'node:net'
import type { App } from '../app.ts'

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/**
 * An app that sends the head of every response in one write to the kernel and the body in another, as servers did that wrote both as they
 * came. Whatever the framework does, it is done below it, on the socket.
 */
export function inTwoWrites(app: App): App {
  return {
    title: `${app.title}, two writes`,
    // Not the package's plain figures any more.
    package: null,
    async createServer(workload) {
      const server = await app.createServer(workload)
      server.on('connection', splitWrites)
      return server
    },
  }
}

/** What Writable calls to hand on a chunk, or several at once. */
interface Writing {
  _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void
  _writev: ((chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], done: (error?: Error | null) => void) => void) | null
}

function splitWrites(socket: Socket): void {
  const writing = socket as unknown as Writing
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
