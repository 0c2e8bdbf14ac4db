/** To one deployment: more than an app has as a rule, and few enough to be opened before every round. */
export const MOST_CONNECTIONS = 1024

/** How the load generator asks a deployment. */
export interface LoadShape {
  /** Connections kept open, or opened again and again. */
  readonly connections: number
  /** False: a new connection for every request. */
  readonly keepAlive: boolean
  /** The load generator's event loop sleeps between responses, as every usual client's does. */
  readonly sleeps: boolean
  /** Meant to keep the server busy all the time; false where it is known beforehand that it may idle. */
  readonly saturates: boolean
  readonly sliceMilliseconds: number
  /** Requests at times of their own, answered or not (open loop); null: the next request follows the answer (closed loop). */
  readonly arrivals: ArrivalShape | null
}

/** At which rate requests arrive. */
export type ArrivalShape =
  | { readonly ratePerSecond: number }
  /** So much, from 0 to 1, of what the slowest of these deployments last answered in a closed loop of the same round. */
  | { readonly share: number; readonly ofSlowest: readonly string[] }
