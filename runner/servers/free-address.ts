import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Address } from '../../apps/address.ts'
import { DeploymentError } from './deployment.ts'

/** The shortest limit among our platforms (macOS: 104 bytes with the final NUL). */
const LONGEST_SOCKET_PATH = 103
const LOWEST_PORT = 20_000
/** Where Linux starts to take ports for outgoing connections, unless it was told otherwise; others start higher. */
const USUAL_LOWEST_OUTGOING = 32_768
const TRIES = 50

/**
 * An address where nothing listens yet: a socket in the private folder, or a port of 127.0.0.1 below those that the kernel takes for outgoing
 * connections, so that none of them takes it before the server does.
 * @throws DeploymentError when the path of the socket is too long, or no port is free
 */
export async function freeAddress(transport: Address['transport'], folder: string): Promise<Address> {
  if (transport === 'unix') return { transport, path: socketPath(folder) }
  const end = Math.max(LOWEST_PORT + 1_000, lowestOutgoingPort())
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (end - LOWEST_PORT))
    if (await isFree(port)) return { transport, host: '127.0.0.1', port }
  }
  throw new DeploymentError('no-port', `no free port was found between ${LOWEST_PORT} and ${end - 1} in ${TRIES} tries`)
}

function socketPath(folder: string): string {
  const path = join(folder, 'app.sock')
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path
  throw new DeploymentError('no-socket', `the path of a unix socket may have ${LONGEST_SOCKET_PATH} bytes: ${path}`, {
    hint: 'set TMPDIR to a folder with a shorter path',
  })
}

function lowestOutgoingPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/)[0])
  } catch {
    return USUAL_LOWEST_OUTGOING
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
