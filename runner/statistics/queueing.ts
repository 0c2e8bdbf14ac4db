/**
 * Bounds of a closed loop without think time (Denning & Buzen 1978, "The operational analysis of queueing network models"):
 * X(N) ≤ min(N ÷ R(1), 1 ÷ D), and the knee N* = R(1) ÷ D: with fewer connections the server waits, with more requests do.
 * @param aloneSeconds response time of a request that is alone, R(1)
 * @param demandSeconds time of the busiest resource that a request takes, D
 * @throws RangeError when a time is not above zero
 */
export function asymptoticBounds(aloneSeconds: number, demandSeconds: number) {
  if (!(aloneSeconds > 0) || !(demandSeconds > 0)) throw new RangeError('times must be above zero')
  return {
    knee: aloneSeconds / demandSeconds,
    /** Bound on the requests per second with so many connections. */
    at: (connections: number) => Math.min(connections / aloneSeconds, 1 / demandSeconds),
  }
}

/**
 * Mean time in the queue of a server that serves one request at a time, in the order of their arrival, when requests arrive independently
 * of each other (M/G/1): the formula of Pollaczek and Khinchine, ρ D (1 + c²) ÷ (2 (1 - ρ)) with ρ the share of time in which the server is
 * busy and c the coefficient of variation of the time it takes for a request (Kleinrock 1975, "Queueing Systems", volume 1, 5.7).
 * @param load ρ, from 0 to below 1
 * @param service mean time of a request, D, in any unit
 * @param variation c; 0, when every request takes the same time (M/D/1), is the least wait there can be
 * @returns in the unit of the service time
 * @throws RangeError for a load at which the queue would grow for ever, or a negative number
 */
export function meanWait(load: number, service: number, variation = 0): number {
  if (!(load >= 0 && load < 1)) throw new RangeError(`a queue ends with a load from 0 to below 1, not ${load}`)
  if (!(service >= 0 && variation >= 0)) throw new RangeError('times and their variation must not be negative')
  return (load * service * (1 + variation ** 2)) / (2 * (1 - load))
}
