import { formatNumber } from '../../result/format.ts'
import { shellQuote } from '../../result/plain-text.ts'
import { cgroupFiles } from '../kernel-counters.ts'
import { type Machine, readWord } from '../machine-reader.ts'
import { allowedCpus } from '../topology.ts'
import { asRoot, good, graded, type Probe, type Scene, setting, writeInto } from './probe.ts'

/** Node.js asks for this many waiting connections when a server listens (node:net, `server.listen`, backlog). */
const BACKLOG = 511
/** A connection that was closed keeps its port for a minute; a run with fresh processes every few seconds opens some thousands. */
const LEAST_PORTS = 10_000
/** The load generator holds a connection to each app, and to the baseline's second copy; the rest is what Node.js opens on its own. */
const FILES_PER_CONNECTION = 6
const FILES_BESIDE = 200
/** Servers and load generator keep a CPU busy each; the runner and the kernel need a little on top. */
const BUSY_CPUS = 3
const LEAST_MEMORY_BYTES = 2 ** 30
/** Version 1 writes "no limit" as the largest number of pages. */
const NO_LIMIT_BYTES = 2 ** 60
const NO_LIMIT = 'no limit'

/** What limits how fast connections can be opened. */
export const networkProbes: readonly Probe[] = [
  {
    id: 'accept-queue',
    title: 'accept queue (somaxconn)',
    good: `${BACKLOG} or more`,
    why: 'All connections of an app are opened at once; those that do not fit into the queue are tried again a second later.',
    ...setting('net.core.somaxconn', '4096', (length) => [length >= BACKLOG, String(length)]),
  },
  {
    id: 'syn-queue',
    title: 'half-open connections',
    good: `${BACKLOG} or more`,
    why: 'Connections wait here until the handshake is done; what does not fit is dropped and tried again a second later.',
    ...setting('net.ipv4.tcp_max_syn_backlog', '2048', (length) => [length >= BACKLOG, String(length)]),
  },
  {
    id: 'local-ports',
    title: 'ports for connections',
    good: `${formatNumber(LEAST_PORTS, 0)} or more`,
    why: 'Every connection to an app takes a port and keeps it for a minute after it was closed.',
    ...setting('net.ipv4.ip_local_port_range', '"32768 60999"', (first, last) => {
      if (last === undefined) return null
      const ports = last - first + 1
      return [ports >= LEAST_PORTS, `${formatNumber(ports, 0)} (${first} to ${last})`]
    }),
  },
  {
    id: 'port-reuse',
    title: 'reuse of closed ports',
    good: 'on, at least for loopback',
    why: 'Without it, many connections that were opened and closed within a minute use up all ports.',
    ...setting('net.ipv4.tcp_tw_reuse', '2', (position) => [
      position !== 0,
      ['off', 'on', 'on for loopback'][position] ?? String(position),
    ]),
  },
]

/** What a shell or a container allows. */
export const limitProbes: readonly Probe[] = [
  {
    id: 'open-files',
    title: 'open files',
    good: `${FILES_PER_CONNECTION} per connection and ${FILES_BESIDE} besides`,
    source: '`Max open files` of `/proc/self/limits`',
    why: 'A connection that cannot be opened for lack of a file descriptor ends the run.',
    read({ machine, connections }) {
      const limit = /^Max open files\s+(\d+|unlimited)/m.exec(machine.readFile('/proc/self/limits') ?? '')?.[1]
      if (limit === undefined) return null
      if (limit === 'unlimited') return good(NO_LIMIT)
      const needed = FILES_PER_CONNECTION * connections + FILES_BESIDE
      const most = Math.max(0, Math.floor((Number(limit) - FILES_BESIDE) / FILES_PER_CONNECTION))
      const value = `${formatNumber(Number(limit), 0)}, enough for ${formatNumber(most, 0)} connections per app`
      return graded(Number(limit) >= needed, value, asRoot(machine, `prlimit --pid $$ --nofile=${needed}:${needed}`))
    },
  },
  {
    id: 'container-cpu',
    title: 'CPU limit of the container',
    good: `none, or ${BUSY_CPUS} CPUs and more`,
    source: '`cpu.max`, `cpu.cfs_quota_us` of the control group and those above it',
    why: 'A group that has used up its share stands still until the next tenth of a second: servers would stop in the middle of slices.',
    read: readCpuQuota,
  },
  {
    id: 'container-memory',
    title: 'memory limit of the container',
    good: 'none, or 1 GiB and more',
    source: '`memory.max`, `memory.limit_in_bytes` of the control group and those above it',
    why: 'Runner, load generator and apps live in it together, and the kernel ends one of them when it is full.',
    read({ machine }) {
      const files = cgroupFiles(machine, 'memory', { v2: 'memory.max', v1: 'memory.limit_in_bytes' })
      const limits = files.map(({ text }) => Number(text)).filter((bytes) => bytes < NO_LIMIT_BYTES)
      if (limits.length === 0) return unlimited(machine)
      const least = Math.min(...limits)
      return graded(least >= LEAST_MEMORY_BYTES, `${(least / 2 ** 30).toFixed(1)} GiB`)
    },
  },
  {
    id: 'container-cpus',
    title: 'CPUs of the container',
    good: 'two or more',
    source: '`cpuset.cpus.effective`, `cpuset.effective_cpus` of the control group',
    why: 'A cpuset decides which CPUs there are to choose from.',
    read({ machine }) {
      const [nearest] = cgroupFiles(machine, 'cpuset', { v2: 'cpuset.cpus.effective', v1: 'cpuset.effective_cpus' })
      if (nearest === undefined || nearest.text === '') return unlimited(machine)
      const online = readWord(machine, '/sys/devices/system/cpu/online')
      const value = nearest.text === online ? `all (${nearest.text})` : `${nearest.text}${online === null ? '' : ` of ${online}`}`
      return graded(/[,-]/.test(nearest.text), value)
    },
  },
]

function readCpuQuota({ machine }: Scene) {
  const quotas = cgroupFiles(machine, 'cpu', { v2: 'cpu.max', v1: 'cpu.cfs_quota_us' }).flatMap(({ path, text }) => {
    // `max 100000` or `150000 100000` (version 2); `-1` or `150000` with the period in a file beside it (version 1).
    const [quota, period = readWord(machine, path.replace(/quota_us$/, 'period_us'))] = text.split(' ')
    const cpus = Number(quota) / Number(period)
    return cpus > 0 && Number.isFinite(cpus) ? [{ path, cpus }] : []
  })
  const tightest = quotas.sort((a, b) => a.cpus - b.cpus)[0]
  if (tightest === undefined) return unlimited(machine)
  const isEnough = tightest.cpus >= BUSY_CPUS || tightest.cpus > allowedCpus(machine).length
  const none = tightest.path.endsWith('cpu.max') ? 'max' : '-1'
  return graded(isEnough, `${Number(tightest.cpus.toFixed(2))} CPUs`, writeInto(machine, none, shellQuote(tightest.path)))
}

/** The root group has no such files, and neither has a group without the controller: then nothing limits it. */
function unlimited({ readFile }: Machine) {
  return readFile('/proc/self/cgroup') === null ? null : good(NO_LIMIT)
}
