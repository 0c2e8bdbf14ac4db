import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Address } from '../../apps/ask.ts'
import { RunError } from '../result/errors.ts'
import { DeploymentError, type ProxyPlan } from './deployment.ts'
import { frontProgram } from './fronts.ts'
import { makePrivateFolder, removeFolder } from './keeper.ts'
import { freeAddress, runProgram } from './running-program.ts'

/** What stands in front; absent: nginx. */
type CheckedFront = Pick<ProxyPlan, 'kind' | 'path'>
type NamedFront = Pick<ProxyPlan, 'kind' | 'path' | 'name'>

/** How a front reaches an app. */
export interface Way {
  readonly transport: Address['transport']
  readonly keepAlive: boolean
}

/** Any address of 127.0.0.0/8 is this machine (RFC 1122); one that the front itself does not have cannot be there by accident. */
const CLIENT = '127.0.0.77'
/** What a client says of an earlier proxy (TEST-NET-3 of RFC 5737). */
const EARLIER = '203.0.113.9'
const TIMEOUT_MILLISECONDS = 5_000
const CONNECTIONS = 4

/**
 * Asks an echo server through a front, with the very configuration that apps are measured behind: an app has to see who asked.
 * @throws RunError when it sees somebody else
 */
export async function checkClientAddress(front: CheckedFront, ways: readonly Way[]): Promise<void> {
  const { kind = 'nginx' } = front
  for (const way of ways) {
    const problem = clientProblem(await seenThrough({ ...front, kind, name: kind }, way))
    const name = `${way.transport === 'unix' ? 'unix socket' : 'tcp'}, ${way.keepAlive ? 'connections kept' : 'a connection for every request'}`
    if (problem !== null) throw new RunError('client-address', `${kind} does not pass on who asked (${name}): ${problem}`)
  }
}

/** What is wrong with the headers that an app sees of a client at `CLIENT`; null: nothing. */
export function clientProblem(seen: Readonly<Record<string, string | undefined>>): string | null {
  const wanted = { 'x-real-ip': CLIENT, 'x-forwarded-for': `${EARLIER}, ${CLIENT}` }
  const wrong = Object.entries(wanted).find(([name, value]) => seen[name] !== value)
  if (wrong === undefined) return null
  const [name, value] = wrong
  return `the app sees ${name} ${JSON.stringify(seen[name] ?? null)}, not ${JSON.stringify(value)}`
}

async function seenThrough(front: NamedFront, { transport, keepAlive }: Way): Promise<Record<string, string>> {
  const folder = makePrivateFolder()
  const echo = createServer((request, response) => void response.end(JSON.stringify(request.headers)))
  try {
    const app = await freeAddress(transport, folder)
    await once(app.transport === 'unix' ? echo.listen(app.path) : echo.listen(app.port, app.host), 'listening')
    return await askThrough(front, app, keepAlive)
  } catch (error) {
    if (error instanceof RunError) throw error
    if (error instanceof DeploymentError) throw new RunError(error.code, lastWords(error), { hint: error.hint ?? undefined })
    const failed = `${front.name} was asked whether it passes on who asked, and failed: ${(error as Error).message}`
    throw new RunError('client-address', failed)
  } finally {
    echo.close()
    echo.closeAllConnections()
    removeFolder(folder)
  }
}

async function askThrough(front: NamedFront, app: Address, keepAlive: boolean): Promise<Record<string, string>> {
  const program = frontProgram({ ...front, connections: CONNECTIONS, keepAlive }, { apps: [app], speaks: 'http' })
  const { process, address } = await runProgram(program, { cpu: null, environmentPadding: 0, readyPath: '/' })
  try {
    const { host, port } = address as Extract<Address, { transport: 'tcp' }>
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS)
    const headers = { 'X-Forwarded-For': EARLIER }
    const request = get({ host, port, localAddress: CLIENT, headers, agent: false, signal })
    const [response] = await once(request, 'response')
    const body = await text(response)
    if (response.statusCode !== 200)
      throw new RunError('client-address', `${front.name} answers with status ${response.statusCode}`)
    return JSON.parse(body)
  } finally {
    await process.stop()
  }
}

function lastWords({ message, lastLines }: DeploymentError): string {
  return lastLines.length === 0 ? message : `${message}; its last lines:\n${lastLines.join('\n')}`
}
