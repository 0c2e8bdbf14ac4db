import { pulse } from './pulse.ts'
import type { LoadMethods, LoadReply, LoadRequest } from './session.ts'
import { PulsedTarget } from './target.ts'

/**
 * The load process: stays connected to every deployment and pulses the one it is told to. It prints nothing, decides nothing and
 * ends when the runner is gone.
 */
const targets = new Map<string, PulsedTarget>()

const methods: LoadMethods = {
  async connect(wanted) {
    const target = new PulsedTarget(wanted)
    await target.gate.connected()
    targets.set(target.id, target)
  },
  async pulse(order) {
    const target = targets.get(order.target)
    if (target === undefined) throw new Error(`not connected to ${order.target}`)
    return pulse(target, order)
  },
  latencies: async () => [...targets.values()].flatMap((target) => target.latencies()),
}

process.on('disconnect', () => process.exit(0))
process.on('message', ({ id, method, argument }: LoadRequest) => {
  const answer: (argument: never) => Promise<unknown> = methods[method]
  answer(argument as never).then(
    (reply) => send({ id, reply }),
    (error: unknown) => send({ id, error: error instanceof Error ? error.message : String(error) }),
  )
})
send({ type: 'ready' })

function send(reply: LoadReply): void {
  if (process.connected) process.send?.(reply)
}
