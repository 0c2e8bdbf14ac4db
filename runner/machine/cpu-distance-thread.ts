/** What a side of a CpuDistanceMeter is given. */
export interface Throw {
  readonly shared: SharedArrayBuffer
  /** 0 throws and measures, 1 throws back. */
  readonly role: number
  readonly roundTrips: number
}

/**
 * One side of a CpuDistanceMeter: throws one word of shared memory back and forth. Runs in a thread from its own text too, so it may use
 * nothing from outside: a thread that loads TypeScript takes 20 MB for the compiler alone.
 * @returns nanoseconds per round trip on the side that measures, zero on the other; null when the partner stayed away
 */
export function throwBall({ shared, role, roundTrips }: Throw): number | null {
  const turn = new Int32Array(shared)
  // The word that is thrown, and the counts of readings that say when to begin, on cache lines of their own.
  const ball = 0
  const ready = 32
  // The quickest of many short stretches: an interrupt, or a partner that has just woken up, lengthens some of them only.
  const stretch = 200
  // A partner that is not running where it should must not be waited for for ever.
  const patience = 50_000_000

  const waitFor = (met: () => boolean) => {
    for (let look = 0; look < patience; look++) if (met()) return true
    return false
  }
  const readings = Atomics.add(turn, ready + role, 1) + 1
  if (!waitFor(() => Atomics.load(turn, ready + 1 - role) >= readings)) return null
  let quickest = Number.POSITIVE_INFINITY
  let startedAt = performance.now()
  for (let trip = 1; trip <= roundTrips; trip++) {
    if (role === 0) Atomics.store(turn, ball, 1)
    if (!waitFor(() => Atomics.load(turn, ball) === (role === 0 ? 0 : 1))) return null
    if (role === 1) Atomics.store(turn, ball, 0)
    if (trip % stretch === 0) {
      const now = performance.now()
      quickest = Math.min(quickest, now - startedAt)
      startedAt = now
    }
  }
  return role === 0 ? (quickest * 1e6) / stretch : 0
}

/** The code of a thread: throws when it is told to. */
export const throwingThread = `
  const { workerData, parentPort } = require('node:worker_threads')
  const throwBall = ${throwBall}
  parentPort.on('message', () => parentPort.postMessage(throwBall(workerData)))
  parentPort.postMessage('ready')
`
