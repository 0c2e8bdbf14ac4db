import { type LoadReply, type LoadRequest, SLEEPS_FLAG } from './messages.ts'
import { pulse } from './pulse.ts'
import { PulsedTarget } from './target.ts'

/**
 * The load process: stays connected to every deployment and pulses the one it is told to. It prints nothing, decides nothing and
 * ends when the runner is gone.
 */
const targets = new Map<string, PulsedTarget>()
const sleeps = process.argv.includes(SLEEPS_FLAG)

process.on('disconnect', () => process.exit(0))
process.on('message', (request: LoadRequest) => {
  answer(request).then(
    (reply) => send({ id: request.id, reply }),
    (error: unknown) => send({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
  )
})
send({ type: 'ready' })

async function answer(request: LoadRequest) {
  switch (request.method) {
    case 'connect': {
      const target = new PulsedTarget(request.argument)
      await target.gate.connected()
      targets.set(target.id, target)
      return null
    }
    case 'pulse': {
      const target = targets.get(request.argument.target)
      if (target === undefined) throw new Error(`not connected to ${request.argument.target}`)
      return pulse(target, request.argument, request.argument.sleeps ?? sleeps)
    }
    case 'latencies':
      return [...targets.values()].flatMap((target) => target.latencies())
  }
}

function send(reply: LoadReply): void {
  if (process.connected) process.send?.(reply)
}
