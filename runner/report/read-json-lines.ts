import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { Slice } from '../measure/sample.ts'

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

/** The slices of a run: samples add to a report, they are never a reason not to have one. */
export async function* readSamples(path: string, damaged?: () => void): AsyncGenerator<Slice> {
  for await (const entry of readJsonLines(path, damaged)) {
    // Files of the first suite know no disturbances: every slice counted. Nor do they know proxies.
    if ('deployment' in entry && 'serverCpuNs' in entry) yield { disturbance: null, proxyCpuNs: null, ...entry } as Slice
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
