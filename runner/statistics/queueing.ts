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
