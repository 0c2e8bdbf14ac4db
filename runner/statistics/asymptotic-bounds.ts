/** What one server can give at most, and from where on it gives it. */
export interface AsymptoticBounds {
  /** Connections at which both bounds meet: with fewer the server waits, with more requests do. */
  readonly knee: number
  /** Bound on the requests per second with so many connections. */
  at(connections: number): number
}

/**
 * Bounds of a closed loop without think time (Denning & Buzen 1978, "The operational analysis of queueing network models"):
 * X(N) ≤ min(N ÷ R(1), 1 ÷ D), and the knee N* = R(1) ÷ D.
 * @param aloneSeconds response time of a request that is alone, R(1)
 * @param demandSeconds time of the busiest resource that a request takes, D
 * @throws RangeError when a time is not above zero
 */
export function asymptoticBounds(aloneSeconds: number, demandSeconds: number): AsymptoticBounds {
  if (!(aloneSeconds > 0) || !(demandSeconds > 0)) throw new RangeError('times must be above zero')
  return {
    knee: aloneSeconds / demandSeconds,
    at: (connections) => Math.min(connections / aloneSeconds, 1 / demandSeconds),
  }
}
