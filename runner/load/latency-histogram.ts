import * as hdr from 'hdr-histogram-js'

/** A response slower than this is no latency but a fault, and is counted as a timeout elsewhere. Microseconds. */
export const HIGHEST_LATENCY_MICROSECONDS = 60_000_000

/** Latencies in whole microseconds, three significant digits, up to a minute. */
export function latencyHistogram(): hdr.Histogram {
  return hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_LATENCY_MICROSECONDS,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  })
}
