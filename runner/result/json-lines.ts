import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import { replaceFile } from './run-folder.ts'

const compress = promisify(gzip)
/** Characters of JSON kept in memory should nobody flush; the rounds of the default options are smaller. */
const MOST_PENDING = 2 ** 20

/**
 * A compressed file with a line of JSON per entry, such as `samples.jsonl.gz` with one per slice. Every flush appends a complete gzip member (RFC 1952, 2.2: a file is one or more of them), so that the file is whole at every
 * moment between two flushes: `zcat` reads an interrupted run without a complaint, and a resumed one can go on appending. A member that
 * cannot be written as a whole, because the disk is full, is taken back.
 */
export async function openJsonLinesFile<Line>(path: string) {
  const file = await open(path, 'a')
  let pending = ''
  let isEmpty = true
  // Writes happen one after another; a failed one leaves the chain rejected, and later ones do not hide it.
  let written: Promise<void> = Promise.resolve()

  function writePending(): void {
    if (pending === '') return
    const text = pending
    isEmpty = false
    pending = ''
    written = written.then(() => appendMember(file, text))
    // The error is told by `flush`; until then it must not end the process as unhandled.
    written.catch(() => {})
  }

  return {
    /** Costs a JSON.stringify, no more: compressing and writing wait for `flush`, because slices are being measured. */
    append(entry: Line): void {
      pending += `${JSON.stringify(entry)}\n`
      if (pending.length > MOST_PENDING) writePending()
    },
    /** Everything appended so far is on the disk when this resolves. Rejects with the first error of any writing so far. */
    async flush(): Promise<void> {
      writePending()
      await written
    },
    async close(): Promise<void> {
      // No sample at all is still a gzip file.
      if (isEmpty && pending === '') written = written.then(() => appendMember(file, ''))
      writePending()
      try {
        await written
      } finally {
        await file.close()
      }
    },
  }
}

export type JsonLinesFile<Line> = Awaited<ReturnType<typeof openJsonLinesFile<Line>>>

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

/**
 * The entries of a compressed file with a line of JSON each, one after another, however many there are. A file that is missing, or cut
 * off in the middle, ends the reading where it ends; lines that are no JSON objects are left out.
 * @param damaged called when the file is missing or does not end as it should: what is appended to it will not be read
 */
export async function* readJsonLines(path: string, damaged: () => void = () => {}): AsyncGenerator<object> {
  const source = createReadStream(path)
  const gunzip = createGunzip().setEncoding('utf8')
  source.on('error', (error) => gunzip.destroy(error))
  let rest = ''
  try {
    for await (const text of source.pipe(gunzip) as AsyncIterable<string>) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const entry = parsed(line)
        if (entry !== null) yield entry
      }
    }
  } catch {
    // Missing, cut off, or no gzip: there is nothing more to read.
    damaged()
  } finally {
    source.destroy()
  }
}

function parsed(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** Puts other entries into a file of JSON lines, in parts that are written one after another; the old file stays until the new one is complete. */
export async function replaceLines(path: string, parts: readonly (readonly object[])[]): Promise<void> {
  await replaceFile(path, async (temporary) => {
    const file = await openJsonLinesFile<object>(temporary)
    try {
      for (const entries of parts) {
        for (const entry of entries) file.append(entry)
        await file.flush()
      }
    } finally {
      await file.close()
    }
  })
}
