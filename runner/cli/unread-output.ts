import type { Writable } from 'node:stream'

/**
 * A reader that has seen enough closes the pipe, as `head` does: what is written after that is left out, and the command goes on to its
 * own end, with the exit status it would have had. A run that is measured keeps its results.
 * @param failed called when a stream cannot be written for another reason, such as a full disk
 */
export function allowUnread(streams: readonly Writable[], failed: (error: Error) => void): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') failed(error)
    })
  }
}
