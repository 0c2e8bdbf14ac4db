import type { Deployment } from '../../../servers/deployment.ts'
import { seededRandom } from '../../../statistics/random.ts'
import { mean } from '../../../statistics/summary.ts'
import { autocannonCommand, runAutocannon } from './load-programs.ts'
import { costMicroseconds, type LoadedServer, load, startServer, unpinnedHost } from './people-servers.ts'
import type { Procedure } from './procedure.ts'

/** The shortest run that autocannon knows. */
const SHAPE = { connections: 10, pipelining: 1, seconds: 1 }

/** The better of the usual ways: all servers are up at once, and whole runs of autocannon go round among them in random order. */
export const interleavedAutocannon: Procedure = {
  id: 'interleaved',
  title: 'autocannon, interleaved runs',
  missing: async () => null,
  what: (seconds) =>
    `autocannon ${autocannonCommand(SHAPE).join(' ')} again and again for ${Math.round(seconds)} s, all servers up at once, ` +
    'each once a pass, in random order; mean over the passes',
  async repeat({ servers, seconds, seed }, context) {
    const { signal, now } = context
    const startedNs = now()
    const random = seededRandom(seed)
    const host = await unpinnedHost(context, seed)
    const running: { name: string; deployment: Deployment; runs: LoadedServer[] }[] = []
    try {
      for (const server of servers) {
        if (signal.aborted) return null
        running.push({ name: server.name, deployment: await startServer(host, server), runs: [] })
      }
      let passNs = 0
      for (let pass = 1; pass === 1 || now() - startedNs + passNs <= seconds * 1e9; pass++) {
        const beganNs = now()
        for (const { name, deployment, runs } of random.shuffle(running)) {
          if (signal.aborted) return null
          context.progress(`${this.title}: pass ${pass}, ${name}`)
          runs.push(await load(deployment, (url) => runAutocannon(url, SHAPE, signal)))
        }
        passNs = now() - beganNs
      }
    } finally {
      await Promise.all(running.map(({ deployment }) => deployment.stop()))
    }
    const byServer = <T>(of: (runs: readonly LoadedServer[]) => T) =>
      Object.fromEntries(running.map(({ name, runs }) => [name, of(runs)]))
    return {
      requestsPerSecond: byServer((runs) => mean(runs.map(({ requestsPerSecond }) => requestsPerSecond))),
      costMicroseconds: byServer(costMicroseconds),
      ratios: null,
    }
  },
}
