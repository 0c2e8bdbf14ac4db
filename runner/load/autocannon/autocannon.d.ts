/** The part of autocannon 9 that the gate relies on; it ships no types of its own. `check-answers.ts` checks it at run time. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'

  namespace autocannon {
    interface BuiltRequest {
      method?: string
      path?: string
      requestBuffer?: Buffer
    }

    interface Client extends EventEmitter {
      conn: Socket
      destroyed: boolean
      parser: {
        execute(chunk: Buffer): number | Error
        reinitialize(type: string): void
        type: string
        state: string
        line: string
      } & {
        [handler: number]: () => void
      }
      pipelinedRequests: {
        setHeaders(headers: unknown): void
        addByteCount(bytes: number): void
        addBody(data: Buffer): void
        clear(): void
      }
      requestIterator: { requests: BuiltRequest[]; currentRequest: BuiltRequest; nextRequest(): BuiltRequest }
      _connect(): void
      _doRequest(): void
      _resetConnection(): void
      destroy(): void
    }

    interface Options {
      url: string
      socketPath?: string
      connections: number
      duration: number
      timeout: number
      sampleInt: number
      pipelining: number
      requests: readonly { method: string; path: string; headers?: Readonly<Record<string, string>>; body?: string }[]
      setupClient(client: Client): void
      histograms?: Record<'latencies' | 'requests' | 'throughput', unknown>
      skipAggregateResult?: boolean
    }
  }

  function autocannon(options: autocannon.Options, done: (error: Error | null) => void): EventEmitter & { stop?(): void }
  export = autocannon
}
