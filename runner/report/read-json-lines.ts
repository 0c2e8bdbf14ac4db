import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { Slice } from '../measure/sample.ts'

/**
 * The slices of a run, one after another, however many there are. A file that is missing, or cut off in the middle, ends the reading
 * where it ends: samples add to a report, they are never a reason not to have one.
 */
export async function* readSamples(path: string): AsyncGenerator<Slice> {
  const source = createReadStream(path)
  const gunzip = createGunzip().setEncoding('utf8')
  source.on('error', (error) => gunzip.destroy(error))
  let rest = ''
  try {
    for await (const text of source.pipe(gunzip) as AsyncIterable<string>) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const sample = parsed(line)
        if (sample !== null) yield sample
      }
    }
  } catch {
    // Missing, cut off, or no gzip: there is nothing more to read.
  } finally {
    source.destroy()
  }
}

function parsed(line: string): Slice | null {
  try {
    const value: unknown = JSON.parse(line)
    const isSlice = typeof value === 'object' && value !== null && 'deployment' in value && 'serverCpuNs' in value
    return isSlice ? ({ disturbance: null, ...value } as Slice) : null
  } catch {
    return null
  }
}
