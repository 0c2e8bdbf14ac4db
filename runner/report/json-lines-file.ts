import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)
/** Characters of JSON kept in memory should nobody flush; the rounds of the default options are smaller. */
const MOST_PENDING = 2 ** 20

/** A compressed file with a line of JSON per entry, such as `samples.jsonl.gz` with one per slice. */
export interface JsonLinesFile<Line> {
  /** Costs a JSON.stringify, no more: compressing and writing wait for `flush`, because slices are being measured. */
  append(entry: Line): void
  /** Everything appended so far is on the disk when this resolves. Rejects with the first error of any writing so far. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Every flush appends a complete gzip member (RFC 1952, 2.2: a file is one or more of them), so that the file is whole at every
 * moment between two flushes: `zcat` reads an interrupted run without a complaint, and a resumed one can go on appending. A member that
 * cannot be written as a whole, because the disk is full, is taken back.
 */
export async function openJsonLinesFile<Line>(path: string): Promise<JsonLinesFile<Line>> {
  const file = await open(path, 'a')
  let pending: string[] = []
  let isEmpty = true
  let size = 0
  // Writes happen one after another; a failed one leaves the chain rejected, and later ones do not hide it.
  let written: Promise<void> = Promise.resolve()

  function writePending(): void {
    if (pending.length === 0) return
    const text = pending.join('')
    isEmpty = false
    pending = []
    size = 0
    written = written.then(() => appendMember(file, text))
    // The error is told by `flush`; until then it must not end the process as unhandled.
    written.catch(() => {})
  }

  return {
    append(entry) {
      const line = `${JSON.stringify(entry)}\n`
      pending.push(line)
      size += line.length
      if (size > MOST_PENDING) writePending()
    },
    async flush() {
      writePending()
      await written
    },
    async close() {
      // No sample at all is still a gzip file.
      if (isEmpty && pending.length === 0) written = written.then(() => appendMember(file, ''))
      writePending()
      try {
        await written
      } finally {
        await file.close()
      }
    },
  }
}

async function appendMember(file: FileHandle, text: string): Promise<void> {
  const { size } = await file.stat()
  try {
    await file.appendFile(await compress(text))
    await file.datasync()
  } catch (error) {
    // The first error is the one to tell. Half a member would hide all that is appended later.
    await file.truncate(size).catch(() => {})
    throw error
  }
}
