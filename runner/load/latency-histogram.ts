import * as hdr from 'hdr-histogram-js'

/** A response slower than this is no latency but a fault, and is counted as a timeout elsewhere. Microseconds. */
export const HIGHEST_LATENCY_MICROSECONDS = 60_000_000
/** What a fine histogram counts in. */
const TENTHS_PER_MILLISECOND = 10_000
const HIGHEST_TENTHS = HIGHEST_LATENCY_MICROSECONDS * 10

/** Latencies in whole microseconds, three significant digits, up to a minute. */
export function latencyHistogram(highestTrackableValue = HIGHEST_LATENCY_MICROSECONDS): hdr.Histogram {
  const precision = { lowestDiscernibleValue: 1, highestTrackableValue, numberOfSignificantValueDigits: 3 } as const
  return hdr.build({ ...precision, bitBucketSize: 32, useWebAssembly: false })
}

/** Times in tenths of a microsecond, as precise and as long: a fast server answers within some fifty microseconds. */
export function fineHistogram(): hdr.Histogram {
  return latencyHistogram(HIGHEST_TENTHS)
}

/** Takes a time into a fine histogram. */
export function recordFine(histogram: hdr.Histogram, milliseconds: number, times = 1): void {
  const tenths = Math.round(milliseconds * TENTHS_PER_MILLISECOND)
  histogram.recordValueWithCount(Math.min(HIGHEST_TENTHS, Math.max(0, tenths)), times)
}

/** For messages and files. */
export function encodeHistogram(histogram: hdr.Histogram): string {
  return hdr.encodeIntoCompressedBase64(histogram)
}

/** All of them in one. */
export function sumOfFine(encoded: readonly string[]): hdr.Histogram {
  const sum = fineHistogram()
  for (const one of encoded) sum.add(hdr.decodeFromCompressedBase64(one, 32, false))
  return sum
}
