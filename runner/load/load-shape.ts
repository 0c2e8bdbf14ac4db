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
}
