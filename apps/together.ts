import { Agent } from 'node:http'
import { type Address, type AskLimits, ask, NoAnswerError } from './ask.ts'
import { type ContractOptions, type EndpointCheck, expectedAnswer } from './contract.ts'

/** Work behind an endpoint takes its time on one CPU, for one request after the other. */
const MILLISECONDS_PER_REQUEST = 20

interface TogetherOptions extends AskLimits {
  readonly connections: number
  readonly answers?: ContractOptions['answers']
}

/**
 * Asks for an endpoint on as many connections at once as the load generator will open; each stays open until all of them have been answered. A
 * server with one thread that waits for the next request of its first connection passes every other check, and starves the rest.
 *
 * @throws the signal's reason if it aborts
 */
export async function checkTogether(address: Address, endpoint: string, options: TogetherOptions): Promise<EndpointCheck> {
  const { connections, timeoutMs, answers } = options
  const { path, request } = expectedAnswer(endpoint, answers)
  const agents = Array.from({ length: connections }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const limits = { ...options, ...(request && { request }), timeoutMs: timeoutMs + connections * MILLISECONDS_PER_REQUEST }
  try {
    const answered = await Promise.all(agents.map((agent) => isAnswered(agent, address, path, limits)))
    const count = answered.filter((one) => one).length
    const violation = { what: 'together' as const, expected: String(connections), actual: String(count) }
    return { endpoint, headerBytes: null, headers: [], violations: count === connections ? [] : [violation] }
  } finally {
    for (const agent of agents) agent.destroy()
  }
}

async function isAnswered(agent: Agent, address: Address, path: string, limits: AskLimits): Promise<boolean> {
  try {
    return (await ask(agent, address, path, limits)).incomplete === null
  } catch (error) {
    if (error instanceof NoAnswerError) return false
    throw error
  }
}
