/**
 * How connections come to the workers that share an address: the primary accepts them and hands them out in turn (`round-robin`, the
 * default of node:cluster), all workers accept from one listening socket that the primary opened (`shared`), or every worker opens a
 * socket of its own on the same port and the kernel chooses by a hash of the addresses (`reuse-port`, SO_REUSEPORT).
 */
export const schedulings = ['round-robin', 'shared', 'reuse-port'] as const
export type Scheduling = (typeof schedulings)[number]

/** Several processes that serve one app at one address. One worker is a team of its own: a primary that serves nothing, and a worker. */
export interface TeamWish {
  readonly workers: number
  readonly scheduling: Scheduling
}

/** What a primary prints once all of its workers listen. */
export function allWorkersListen(workers: number): string {
  return `all ${workers} workers listen`
}
