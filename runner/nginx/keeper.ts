// Entry of the child that keeps one nginx: node keeper.ts <folder> <address as JSON> <program> <arguments...>
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../../apps/address.ts'
import type { CloseNginx, NginxReady } from './messages.ts'

/** Between two looks whether nginx listens, milliseconds. */
const LOOK_MILLISECONDS = 5

const [folder, address, program, ...args] = process.argv.slice(2) as [string, string, string, ...string[]]

// Its words are the keeper's: the runner keeps the last lines of both.
const nginx = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })

let isClosing = false

// Whatever ends the keeper ends nginx, and leaves nothing behind. A runner that is gone is one of these ways.
process.on('exit', () => {
  nginx.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, close)
// Ctrl-C reaches every process of the terminal; which one stops when is the runner's decision.
process.on('SIGINT', () => {})
process.on('disconnect', close)
process.on('message', (message: CloseNginx) => {
  if (message.type === 'close') close()
})
nginx.on('error', ({ message }) => {
  console.error(message)
  process.exit(1)
})
nginx.on('exit', (code, signal) => {
  if (isClosing) process.exit()
  console.error(`nginx ended with ${signal ?? `status ${code}`}`)
  process.exit(1)
})

while (!(await listens(JSON.parse(address)))) await sleep(LOOK_MILLISECONDS)
process.send?.({ type: 'ready', pid: nginx.pid! } satisfies NginxReady)

/** Stays until nginx is gone, so that nobody else has to collect it. */
function close(): void {
  isClosing = true
  if (!nginx.kill('SIGKILL')) process.exit()
}

function listens(where: Address): Promise<boolean> {
  const socket = where.transport === 'unix' ? connect(where.path) : connect(where.port, where.host)
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).then((answer) => {
    socket.destroy()
    return answer as boolean
  })
}
