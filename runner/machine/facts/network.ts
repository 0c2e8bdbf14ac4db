import { formatNumber } from '../../result/format.ts'
import { readNumber, readWord } from '../machine-reader.ts'
import { asRoot, good, type Probe, poor, unknown } from './probe.ts'

/** Node.js asks for this many waiting connections when a server listens (node:net, `server.listen`, backlog). */
const BACKLOG = 511
/** A connection that was closed keeps its port for a minute; a run with fresh processes every few seconds opens some thousands. */
const LEAST_PORTS = 10_000

const NOT_HERE = 'not known here'

/** What limits how fast connections can be opened. */
export const networkProbes: readonly Probe[] = [
  {
    id: 'accept-queue',
    group: 'network',
    title: 'accept queue (somaxconn)',
    good: `${BACKLOG} or more`,
    source: '`/proc/sys/net/core/somaxconn`',
    why: 'All connections of an app are opened at once; those that do not fit into the queue are tried again a second later.',
    read({ machine }) {
      const length = readNumber(machine, '/proc/sys/net/core/somaxconn')
      if (length === null) return unknown(NOT_HERE)
      return length < BACKLOG ? poor(String(length), asRoot(machine, 'sysctl -w net.core.somaxconn=4096')) : good(String(length))
    },
  },
  {
    id: 'syn-queue',
    group: 'network',
    title: 'half-open connections',
    good: `${BACKLOG} or more`,
    source: '`/proc/sys/net/ipv4/tcp_max_syn_backlog`',
    why: 'Connections wait here until the handshake is done; what does not fit is dropped and tried again a second later.',
    read({ machine }) {
      const length = readNumber(machine, '/proc/sys/net/ipv4/tcp_max_syn_backlog')
      if (length === null) return unknown(NOT_HERE)
      return length < BACKLOG
        ? poor(String(length), asRoot(machine, 'sysctl -w net.ipv4.tcp_max_syn_backlog=2048'))
        : good(String(length))
    },
  },
  {
    id: 'local-ports',
    group: 'network',
    title: 'ports for connections',
    good: `${formatNumber(LEAST_PORTS, 0)} or more`,
    source: '`/proc/sys/net/ipv4/ip_local_port_range`',
    why: 'Every connection to an app takes a port and keeps it for a minute after it was closed.',
    read({ machine }) {
      const [first, last] = (readWord(machine, '/proc/sys/net/ipv4/ip_local_port_range') ?? '').split(/\s+/).map(Number)
      if (!first || !last) return unknown(NOT_HERE)
      const ports = last - first + 1
      const value = `${formatNumber(ports, 0)} (${first} to ${last})`
      return ports < LEAST_PORTS
        ? poor(value, asRoot(machine, 'sysctl -w net.ipv4.ip_local_port_range="32768 60999"'))
        : good(value)
    },
  },
  {
    id: 'port-reuse',
    group: 'network',
    title: 'reuse of closed ports',
    good: 'on, at least for loopback',
    source: '`/proc/sys/net/ipv4/tcp_tw_reuse`',
    why: 'Without it, many connections that were opened and closed within a minute use up all ports.',
    read({ machine }) {
      const setting = readNumber(machine, '/proc/sys/net/ipv4/tcp_tw_reuse')
      if (setting === null) return unknown(NOT_HERE)
      const names = ['off', 'on', 'on for loopback']
      const value = names[setting] ?? String(setting)
      return setting === 0 ? poor(value, asRoot(machine, 'sysctl -w net.ipv4.tcp_tw_reuse=2')) : good(value)
    },
  },
]
