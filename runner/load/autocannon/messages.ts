import type { CellLatencies, LoadTarget, Pulse, PulseOrder } from '../driver.ts'

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
