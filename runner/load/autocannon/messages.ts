import type { CellLatencies, LoadTarget, Pulse, PulseOrder } from '../driver.ts'

/** Argument of the load process: let the event loop sleep between responses. */
export const SLEEPS_FLAG = '--sleeps'

/** What the runner asks of the load process: one method, one argument, one reply each. */
export interface LoadMethods {
  connect: { argument: LoadTarget; reply: null }
  pulse: { argument: PulseOrder; reply: Pulse }
  latencies: { argument: null; reply: CellLatencies[] }
}

export type LoadRequest = {
  [M in keyof LoadMethods]: { id: number; method: M; argument: LoadMethods[M]['argument'] }
}[keyof LoadMethods]

export type LoadReply =
  | { type: 'ready' }
  | { id: number; reply: LoadMethods[keyof LoadMethods]['reply'] }
  | { id: number; error: string }
