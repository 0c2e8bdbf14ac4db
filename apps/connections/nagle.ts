import type { App } from '../app.ts'

/**
 * An app whose connections have Nagle's algorithm on (TCP_NODELAY off), as they were by default until Node 16: a small segment waits for
 * as long as an earlier one is not acknowledged.
 */
export function withNagle(app: App): App {
  return {
    title: `${app.title}, Nagle on`,
    // Not the package's plain figures any more.
    package: null,
    async createServer(workload) {
      const server = await app.createServer(workload)
      server.on('connection', (socket) => void socket.setNoDelay(false))
      return server
    },
  }
}
