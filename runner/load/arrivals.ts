import { seededRandom } from '../statistics/random.ts'

/** When requests are to be sent. */
export interface Arrivals {
  readonly ratePerSecond: number
  /** The same seed gives the same sequence at every rate, stretched: apps that are compared get the same luck. */
  readonly seed: number
}

/**
 * Times of a Poisson process: the gaps are independent and exponential, as those of many visitors who know nothing of each other.
 * @returns milliseconds from the start, ascending, all below the length
 */
export function arrivalTimes({ ratePerSecond, seed }: Arrivals, milliseconds: number): number[] {
  const random = seededRandom(seed)
  const meanGapMilliseconds = 1000 / ratePerSecond
  const times: number[] = []
  // 1 - u is never zero, so its logarithm is finite.
  const gap = () => -Math.log(1 - random.float()) * meanGapMilliseconds
  for (let at = gap(); at < milliseconds; at += gap()) times.push(at)
  return times
}
