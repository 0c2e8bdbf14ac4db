import { wrkDriver } from '../../../load/wrk.ts'
import { autocannonCommand, type LoadProgram, type LoadShape, runAutocannon, runWrk, wrkCommand } from './load-programs.ts'
import { costMicroseconds, load, startServer, unpinnedHost } from './people-servers.ts'
import { type Procedure, runSeconds } from './procedure.ts'

interface OneAfterAnother extends Pick<Procedure, 'id' | 'title' | 'missing'> {
  readonly program: LoadProgram
  readonly connections: number
  readonly pipelining: number
  /** In a full repetition. */
  readonly fullSeconds: number
  /** A run of the same kind before, of which only the load is of use. */
  readonly warmUp: boolean
  describe(shape: LoadShape): string
}

/** Start a server, load it, stop it, go on with the next one: the order is that of the list, as in most comparisons. */
function oneAfterAnother(kind: OneAfterAnother): Procedure {
  const { id, title, missing, program, connections, pipelining, fullSeconds } = kind
  const shapeFor = (seconds: number) => ({ connections, pipelining, seconds: runSeconds(fullSeconds, seconds) })
  return {
    id,
    title,
    missing,
    what: (seconds) => kind.describe(shapeFor(seconds)),
    async repeat({ servers, seconds, seed }, context) {
      const shape = shapeFor(seconds)
      const host = await unpinnedHost(context, seed)
      const requestsPerSecond: Record<string, number> = {}
      const costs: Record<string, number> = {}
      for (const server of servers) {
        if (context.signal.aborted) return null
        context.progress(`${title}: ${server.name}`)
        const deployment = await startServer(host, server)
        try {
          const run = (url: string) => program(url, shape, context.signal)
          if (kind.warmUp) await load(deployment, run)
          const loaded = await load(deployment, run)
          requestsPerSecond[server.name] = loaded.requestsPerSecond
          costs[server.name] = costMicroseconds([loaded])
        } finally {
          await deployment.stop()
        }
      }
      return { requestsPerSecond, costMicroseconds: costs, ratios: null }
    },
  }
}

/** What most blog posts do. */
export const sequentialAutocannon = oneAfterAnother({
  id: 'autocannon',
  title: 'autocannon, one after another',
  missing: async () => null,
  program: runAutocannon,
  connections: 10,
  pipelining: 1,
  fullSeconds: 10,
  warmUp: false,
  describe: (shape) => `autocannon ${autocannonCommand(shape).join(' ')}, one run per server, one server after another`,
})

/** What fastify/benchmarks does, in less time. */
export const fastifyBenchmarks = oneAfterAnother({
  id: 'fastify-benchmarks',
  title: 'fastify/benchmarks',
  missing: async () => null,
  program: runAutocannon,
  connections: 100,
  pipelining: 10,
  fullSeconds: 5,
  warmUp: true,
  describe: (shape) =>
    `the procedure of fastify/benchmarks: autocannon ${autocannonCommand(shape).join(' ')} twice per server, the first run to warm up; ` +
    `${shape.seconds} s each instead of 40 s, to take no longer than the others`,
})

export const sequentialWrk = oneAfterAnother({
  id: 'wrk',
  title: 'wrk, one after another',
  missing: async () => {
    const available = await wrkDriver.available()
    return 'missing' in available ? available.missing : null
  },
  program: runWrk,
  connections: 10,
  pipelining: 1,
  fullSeconds: 10,
  warmUp: false,
  describe: (shape) => `wrk ${wrkCommand(shape).join(' ')}, one run per server, one server after another`,
})
